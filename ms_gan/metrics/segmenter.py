"""A network that sees the map in a picture, trained on real pairs: it tells how well pictures keep to their maps."""

from itertools import count, islice
from typing import Iterator, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.data.legend import UNKNOWN
from ms_gan.errors import GanError
from ms_gan.models.blocks import Concatenated
from ms_gan.models.initialisers import initialise
from ms_gan.models.layers import chain, conv
from ms_gan.models.resampling import Pooled, Upsampled
from ms_gan.pictures.pixels import to_float
from ms_gan.runtime.progress import tracked
from ms_gan.seeds import Purpose, stream

WIDTH = 24  # channels of the first layer
STEPS, BATCH, RATE = 600, 16, 2e-3
LOOKED_AT = 64  # pictures at once
ORDER = 1 << 41  # a place in the stream of random numbers


class Segmenter(nn.Cell):
    """Pictures to logits of classes: a U-Net (Ronneberger et al. 2015, arXiv:1505.04597) with two halvings.

    Args:
        channels: of the pictures.
        classes: K.

    Inputs:
        (N, C, H, W), float32 in [-1, 1], H and W multiples of 4.

    Outputs:
        (N, K, H, W).
    """

    def __init__(self, channels: int, classes: int):
        super().__init__()
        w = WIDTH

        def pair(inputs, outputs):
            return [conv(inputs, outputs, 3, 1, "pad", 1), nn.ReLU()]

        lowest = [Pooled(), *pair(2 * w, 4 * w), *pair(4 * w, 2 * w), Upsampled()]
        lower = [Pooled(), *pair(w, 2 * w), Concatenated(lowest), *pair(4 * w, w), Upsampled()]
        self.layers = chain([*pair(channels, w), Concatenated(lower), *pair(2 * w, w), conv(w, classes, 1)])

    def construct(self, images):
        return self.layers(images)


class SegmenterStep(nn.Cell):
    """One step: the cross-entropy of the pixels whose class is known, and the optimizer's update.

    Inputs:
        images (N, C, H, W), float32; maps (N, H, W), int32.

    Outputs:
        the loss before the update, float32.
    """

    def __init__(self, network: Segmenter, optimizer: nn.Cell):
        super().__init__(auto_prefix=False)
        self.network, self.optimizer = network, optimizer
        self.cross_entropy = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="none")
        self.gradient = ms.value_and_grad(self.loss, None, optimizer.parameters)

    def loss(self, images, numbers, known):
        """The mean over the known pixels."""
        logits = self.network(images)
        rows = logits.transpose((0, 2, 3, 1)).reshape((-1, logits.shape[1]))
        return (self.cross_entropy(rows, numbers) * known).sum() / (known.sum() + 1.0)

    def construct(self, images, maps):
        numbers = maps.reshape((-1,))
        known = ops.not_equal(numbers, UNKNOWN).astype(ms.float32)
        numbers = (numbers.astype(ms.float32) * known).astype(ms.int32)
        loss, gradients = self.gradient(images, numbers, known)
        self.optimizer(gradients)
        return loss


def fit_segmenter(images: np.ndarray, maps: np.ndarray, classes: int, steps: int = STEPS) -> Segmenter:
    """Train a segmenter on pairs: the same pairs give the same weights.

    Args:
        images: uint8 (N, C, H, W).
        maps: uint8 (N, H, W).
        classes: of the maps.
        steps: of training.

    Raises:
        GanError: the loss stopped being a number.
    """
    network = Segmenter(images.shape[1], classes)
    initialise(network, "he_normal", stream(0, Purpose.FEATURES, ORDER))
    rates = (RATE * (0.5 + 0.5 * np.cos(np.pi * np.arange(steps) / steps))).tolist()
    step = SegmenterStep(network, nn.Adam(network.trainable_params(), learning_rate=rates))
    step.set_train()
    batches = islice(_batches(images, maps), steps)
    for given, numbers in tracked(batches, "training the segmenter", steps, "step"):
        loss = step(ms.Tensor(given), ms.Tensor(numbers))
    if not np.isfinite(loss.asnumpy()):
        raise GanError("training the segmenter failed: its loss stopped being a number")
    return network.set_train(False)


def _batches(images: np.ndarray, maps: np.ndarray) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
    size = min(BATCH, len(images))
    for epoch in count():
        order = stream(0, Purpose.FEATURES, ORDER + 1, epoch).permutation(len(images))
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            yield to_float(images[chosen]), maps[chosen].astype(np.int32)


def seen_by(network: Segmenter, images: np.ndarray) -> np.ndarray:
    """The maps that a segmenter sees in pictures, uint8 (N, H, W), of uint8 (N, C, H, W)."""
    found = np.empty((len(images), *images.shape[2:]), np.uint8)
    for start in range(0, len(images), LOOKED_AT):
        part = images[start : start + LOOKED_AT]
        padded = np.zeros((LOOKED_AT, *images.shape[1:]), np.uint8)
        padded[: len(part)] = part
        logits = network(ms.Tensor(to_float(padded))).asnumpy()[: len(part)]
        found[start : start + len(part)] = logits.argmax(1)
    return found
