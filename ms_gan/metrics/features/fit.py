"""Training the classifier whose last hidden layer serves as features."""

from dataclasses import dataclass
from itertools import count, islice
from typing import Iterator, List, Optional, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.data import ImageData
from ms_gan.errors import GanError
from ms_gan.metrics.features.classifier import Classifier
from ms_gan.models.initialisers import initialise
from ms_gan.pictures.pixels import to_float
from ms_gan.runtime.progress import tracked
from ms_gan.seeds import Purpose, stream

WEIGHTS, ORDER, SHIFTS, RANDOM = range(4)  # places in the stream of random numbers


@dataclass(frozen=True)
class ClassifierRecipe:
    """How the classifier is trained. Part of its name, so that another recipe makes another classifier.

    Attributes:
        version: raise it whenever the network or the training changes in a way that the other numbers do not show.
        epochs: passes over the training split,
        least_steps: or so many steps, where a small data set would come to fewer.
        batch_size: images in one step.
        lr: the highest learning rate of the cycle.
        warm_up: share of the steps in which the learning rate rises to it.
        shift: each image is moved by up to so many pixels, down or up and to the right or the left.
        seed: fixes initial weights, order and shifts.
    """

    version: int = 1
    epochs: int = 5
    least_steps: int = 500
    batch_size: int = 128
    lr: float = 4e-3
    warm_up: float = 0.15
    shift: int = 2
    seed: int = 0


RECIPE = ClassifierRecipe()


class FitStep(nn.Cell):
    """One step of supervised training: the cross-entropy's gradient, and the optimizer's update.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1]; labels (N,), int32.

    Outputs:
        the loss before the update, float32.
    """

    def __init__(self, network: Classifier, optimizer: nn.Cell):
        super().__init__(auto_prefix=False)
        self.network = network
        self.optimizer = optimizer
        self.cross_entropy = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
        self.gradient = ms.value_and_grad(self.loss, None, optimizer.parameters)

    def loss(self, images, labels):
        """The mean cross-entropy."""
        _, logits = self.network(images)
        return self.cross_entropy(logits, labels)

    def construct(self, images, labels):
        loss, gradients = self.gradient(images, labels)
        self.optimizer(gradients)
        return loss


def fit(data: ImageData, recipe: ClassifierRecipe, network: Optional[nn.Cell] = None) -> nn.Cell:
    """Train a classifier on labelled images: the same recipe and images give the same weights.

    Args:
        data: the training images, with labels and the names of their classes.
        recipe: how.
        network: images (N, C, H, W) to features and logits (N, classes), as Classifier has them; None: a Classifier.

    Returns:
        the network, in evaluation mode.

    Raises:
        GanError: the loss stopped being a number.
    """
    size = min(recipe.batch_size, len(data.images))
    steps = max(recipe.least_steps, recipe.epochs * (len(data.images) // size))
    network = network or Classifier(data.images.shape[1:], len(data.classes))
    initialise(network, "glorot_uniform", stream(recipe.seed, Purpose.FEATURES, WEIGHTS))
    step = FitStep(network, nn.Adam(network.trainable_params(), learning_rate=one_cycle(recipe, steps)))
    network.set_train(True)
    batches = islice(_batches(data, recipe, size), steps)
    for images, labels in tracked(batches, "Training the features", steps, "step"):
        loss = step(ms.Tensor(images), ms.Tensor(labels))
    if not np.isfinite(loss.asnumpy()):
        raise GanError(f"training a classifier of {data.name} failed: its loss stopped being a number", code="diverged")
    return network.set_train(False)


def one_cycle(recipe: ClassifierRecipe, steps: int) -> List[float]:
    """The learning rate of each step: up in a line, down in half a cosine (Smith and Topin 2017, arXiv:1708.07120)."""
    done = np.arange(1, steps + 1) / steps
    falling = 0.5 + 0.5 * np.cos(np.pi * (done - recipe.warm_up) / (1 - recipe.warm_up))
    return (recipe.lr * np.where(done < recipe.warm_up, done / recipe.warm_up, falling)).tolist()


def _batches(data: ImageData, recipe: ClassifierRecipe, size: int) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
    """Shifted images, float32 in [-1, 1], and labels, int32, epoch after epoch without end."""
    for epoch in count():
        order = stream(recipe.seed, Purpose.FEATURES, ORDER, epoch).permutation(len(data.images))
        shifts = stream(recipe.seed, Purpose.FEATURES, SHIFTS, epoch)
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            images = shifted(data.images[chosen], recipe.shift, shifts)
            yield to_float(images), data.labels[chosen].astype(np.int32)


def shifted(images: np.ndarray, most: int, random: np.random.Generator) -> np.ndarray:
    """Images (N, C, H, W), each moved by up to `most` pixels along both axes; its border is repeated behind it."""
    margins = (most, most)
    padded = np.pad(images, ((0, 0), (0, 0), margins, margins), "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, images.shape[2:], (2, 3))
    rows, columns = random.integers(0, 2 * most + 1, (2, len(images)))
    return windows[np.arange(len(images)), :, rows, columns]
