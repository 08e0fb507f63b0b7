"""Where is my picture? The latent whose image is nearest to a given one.

Gradient descent on the latent alone, through the generator in evaluation mode, as in Image2StyleGAN (Abdal, Qin and
Wonka 2019, arXiv:1904.03189), on the mean squared difference of pixels; and latents stay where those of the training
lay, as in GLO (Bojanowski et al. 2018, arXiv:1707.05776). For digits, a distance of coarser pictures beside that of
pixels, and a penalty on the latent's length, made no difference; starts at the nearest of many samples did.
"""

import math
from typing import List, NamedTuple, Optional

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.generators.latents import is_spherical, sample_latents
from ms_gan.generators.sampling import Sampler
from ms_gan.models.layers import clamped, total
from ms_gan.runtime.progress import tracked

CANDIDATES = 1024  # random samples, the nearest of which the searches start from
WITHIN = 0.01  # the weight of differences within the margin: enough to choose among pictures that are all within it
SHOWN_PICTURES = 7  # pictures of a search before its end


class Projection(NamedTuple):
    """What a search found. Distances are root mean squared differences of pixels on [-1, 1].

    Attributes:
        latent: (1, width), float32.
        label: the class of what was found, of a generator of classes.
        steps: after which the pictures were taken, the first 0, the last all of them.
        images: (n, C, H, W), float32, of the best search after those steps; the last one is what was found.
        distance: of what was found.
        nearest: of the nearest of CANDIDATES random samples.
        typical: of the median one.
    """

    latent: np.ndarray
    label: Optional[int]
    steps: List[int]
    images: np.ndarray
    distance: float
    nearest: float
    typical: float


class SearchStep(nn.Cell):
    """One update of all searches by Adam.

    Args:
        generator: in evaluation mode.
        starts: latents (N, width), float32.
        rates: the learning rate of each update.
        spherical: whether latents stay at the length of the square root of the width, where nearly all of N(0, 1) is;
            else in the cube [-1, 1].
        labels: (N,), int32, the class of each search, which stays; or None.
        margin: see `cost`.

    Inputs:
        target: (1, C, H, W), float32 in [-1, 1], or one for each search, (N, C, H, W).

    Outputs:
        float32 (): the cost, summed over the searches.
    """

    def __init__(
        self,
        generator: nn.Cell,
        starts: np.ndarray,
        rates: List[float],
        spherical: bool,
        labels: Optional[np.ndarray] = None,
        margin: float = 0.0,
    ):
        super().__init__(auto_prefix=False)
        self.margin = margin
        self.labels = None if labels is None else ms.Parameter(ms.Tensor(labels), name="labels", requires_grad=False)
        self.generator, self.spherical = generator, spherical
        self.latents = ms.Parameter(ms.Tensor(starts), name="latents")
        self.optimizer = nn.Adam([self.latents], learning_rate=rates)
        self.gradient = ms.value_and_grad(self.loss, None, self.optimizer.parameters)

    def loss(self, target):
        """Each search has its own latent, so the gradient of the sum is the gradients of all of them."""
        given = self.generator(self.latents) if self.labels is None else self.generator(self.latents, self.labels)
        difference = given - target
        squares = difference * difference
        if self.margin:
            beyond = ops.relu(ops.abs(difference) - self.margin)
            squares = beyond * beyond + WITHIN * squares
        return total(squares.mean((1, 2, 3)))

    def construct(self, target):
        loss, gradients = self.gradient(target)
        self.optimizer(gradients)
        if self.spherical:
            latents = self.latents * ops.rsqrt((self.latents * self.latents).mean(1, keep_dims=True))
        else:
            latents = clamped(self.latents, -1.0, 1.0)
        ops.assign(self.latents, latents)
        return loss


class Searches:
    """Many searches at once, for many pictures one after another, in one compiled graph.

    Args:
        sampler: the generator; not one of an exported file, which has no gradients.
        rows: searches side by side.
        steps: updates of each.
        lr: learning rate of the first update; it falls to zero along half a cosine.
        labels: (rows,), int32, the class of each search, of a generator that takes labels; they may be changed.
        margin: see `cost`.
    """

    def __init__(
        self, sampler: Sampler, rows: int, steps: int, lr: float, labels: Optional[np.ndarray] = None,
        margin: float = 0.0,
    ):  # fmt: skip
        latent = sampler.card.latent
        self.spherical, self.width, self.steps = is_spherical(latent), latent.width, steps
        starts = np.ones((rows, latent.width), np.float32)
        self._step = SearchStep(sampler.network, starts, falling(lr, steps), self.spherical, labels, margin)
        self._step.set_train(False)
        self._first = [(one, one.asnumpy().copy()) for one in self._step.optimizer.get_parameters()]

    def __call__(self, starts: np.ndarray, targets: np.ndarray, labels: Optional[np.ndarray] = None) -> np.ndarray:
        """The latents (rows, width) that were found, from starts (rows, width), for targets (rows, C, H, W)."""
        for parameter, value in self._first:  # Adam begins anew
            parameter.set_data(ms.Tensor(value))
        if self.spherical:
            starts = on_the_sphere(starts)
        self._step.latents.set_data(ms.Tensor(starts))
        if labels is not None:
            self._step.labels.set_data(ms.Tensor(labels))
        given = ms.Tensor(targets)
        for _ in range(self.steps):
            self._step(given)
        return self._step.latents.asnumpy().copy()


def cost(images: np.ndarray, targets: np.ndarray, margin: float = 0.0) -> np.ndarray:
    """What a search makes small: mean squared differences of pixels, (N,), of images (N, C, H, W) from targets.

    Args:
        images: on [-1, 1].
        targets: the same shape, or one that broadcasts to it.
        margin: differences count by what they are beyond it, on [-1, 1], and within it next to nothing: where an attack
            may move each pixel by so much, every picture that near may be the one that was attacked. 0: all count.
    """
    difference = images - targets
    squares = np.square(difference)
    if margin:
        squares = np.square(np.maximum(np.abs(difference) - margin, 0)) + WITHIN * squares
    return squares.mean((1, 2, 3), dtype=np.float64)


def falling(lr: float, steps: int) -> List[float]:
    """The learning rate of each update: down to zero along half a cosine."""
    return [0.5 * lr * (1 + math.cos(math.pi * step / steps)) for step in range(steps)]


def on_the_sphere(latents: np.ndarray) -> np.ndarray:
    """Latents (N, width) in the same directions, as long as the square root of their width."""
    return latents * (math.sqrt(latents.shape[1]) / np.linalg.norm(latents, axis=1, keepdims=True))


def find_latent(
    sampler: Sampler, target: np.ndarray, seed: int, steps: int, starts: int, lr: float, margin: float = 0.0
) -> Projection:
    """Search for the latent of an image.

    Args:
        sampler: the generator; not one of an exported file, which has no gradients.
        target: (C, H, W), float32 in [-1, 1].
        seed: of the random samples that the searches start from.
        steps: updates.
        starts: searches side by side, 1 to CANDIDATES.
        lr: learning rate of the first update; it falls to zero along half a cosine.
        margin: differences of pixels on [0, 1] that count next to nothing; see `cost`.

    Raises:
        GanError: the generator produces NaN or infinite pixels.
    """
    latent = sampler.card.latent
    spherical = is_spherical(latent)
    candidates = sample_latents(seed, 0, CANDIDATES, latent)
    classes = len(sampler.card.classes)
    # Each class gets as many: the nearest samples are of the picture's class, or of those that look like it.
    labels = np.arange(CANDIDATES, dtype=np.int32) % classes if classes else None
    samples = sampler.generate(candidates, labels)
    far = _distances(samples, target)
    nearest = np.argsort(cost(samples, target, 2 * margin), kind="stable")[:starts]
    best, labels = candidates[nearest], labels[nearest] if classes else None
    if spherical:
        best = on_the_sphere(best)
    search = SearchStep(sampler.network, best, falling(lr, steps), spherical, labels, 2 * margin)
    search.set_train(False)
    image = ms.Tensor(target[np.newaxis])
    shown = sorted({0, *(steps >> shift for shift in range(SHOWN_PICTURES))})
    taken = [best]
    for step in tracked(range(1, steps + 1), "Searching", steps, "step"):
        search(image)
        if step in shown:
            taken.append(search.latents.asnumpy().copy())
    ends = sampler.generate(taken[-1], labels)
    found = _distances(ends, target)
    winner = int(cost(ends, target, 2 * margin).argmin())
    way = np.stack([latents[winner] for latents in taken])
    label = int(labels[winner]) if classes else None
    images = sampler.generate(way, None if label is None else np.full(len(way), label, np.int32))
    return Projection(
        latent=way[-1:], label=label, steps=shown, images=images, distance=float(found[winner]),
        nearest=float(far.min()), typical=float(np.median(far)),
    )  # fmt: skip


def _distances(images: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Root mean squared differences (N,) of images (N, C, H, W) from one (C, H, W)."""
    return np.sqrt(cost(images, target))
