"""Defense-GAN: for each picture the nearest that a generator makes (Samangouei et al. 2018, arXiv:1805.06605).

What differs from the paper: Adam in place of gradient descent with momentum; starts at the nearest of many samples in
place of random latents: fewer restarts end in another digit; and a margin, which the attack's bound is known to need:
without it the search copies an attack that moved every pixel, as grey fog.
"""

from dataclasses import asdict, dataclass
from typing import Any, Dict, NamedTuple, Tuple

import numpy as np

from ms_gan.errors import UsageError
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.projection import CANDIDATES, Searches, cost
from ms_gan.generators.sampling import Sampler
from ms_gan.runtime.progress import progress

PICTURES = 100  # washed at once


@dataclass(frozen=True)
class WashPlan:
    """How pictures are washed.

    Attributes:
        steps: L, updates of each search.
        starts: R, searches for each picture.
        lr: Adam's learning rate of the first update.
        seed: of the samples that searches start from.
        nearest: whether the starts are the nearest of `CANDIDATES` samples; otherwise they are samples, the same R for
            all pictures.
        margin: differences of pixels on [0, 1] that count next to nothing, such as an attack's bound; see
            `ms_gan.generators.projection.cost`.
    """

    steps: int = 200
    starts: int = 10
    lr: float = 0.1
    seed: int = 0
    nearest: bool = True
    margin: float = 0.0

    def to_dict(self) -> Dict[str, Any]:
        """All of it, for JSON."""
        return asdict(self)


class Washed(NamedTuple):
    """What a search found: pictures (N, C, H, W), float32 in [-1, 1], and their root mean squared distances (N,)."""

    images: np.ndarray
    distances: np.ndarray


class DefenseGan:
    """Washes pictures: batched searches through a generator of latents, one graph for all of them.

    Args:
        sampler: a generator of latents, or of latents and labels, of pictures in the same number of colours.
        plan: how.
        shape: (C, H, W) of the pictures; smaller ones than the generator's stand in the middle of black.
        pictures: washed at once.

    Raises:
        UsageError: pictures that the generator cannot make; a generator that takes no latents, or of an exported file.
    """

    def __init__(self, sampler: Sampler, plan: WashPlan, shape: Tuple[int, int, int], pictures: int = PICTURES):
        made = sampler.card.image.shape
        if sampler.card.kind not in ("latent", "latent+label"):
            raise UsageError(f"a generator of {sampler.card.kind} has no latents to search; give one of latents")
        if sampler.card.sha256 is not None:
            raise UsageError("an exported generator has no gradients to search by; give the run or its generator.ckpt")
        if made[0] != shape[0] or made[1] < shape[1] or made[2] < shape[2]:
            sizes = ["x".join(map(str, one)) for one in (made, shape)]
            raise UsageError(f"the generator makes pictures of {sizes[0]}, and those to clean are {sizes[1]}")
        self.sampler, self.plan, self.shape, self.pictures = sampler, plan, shape, pictures
        top, left = (made[1] - shape[1]) // 2, (made[2] - shape[2]) // 2
        self._middle = (slice(None), slice(None), slice(top, top + shape[1]), slice(left, left + shape[2]))
        latents, classes = sampler.card.latent, len(sampler.card.classes)
        # Each class gets as many candidates; whichever are nearest are searched from.
        count = CANDIDATES if plan.nearest else plan.starts
        self._candidates = sample_latents(plan.seed, 0, count, latents)
        self._labels = np.arange(count, dtype=np.int32) % classes if classes else None
        self._samples = sampler.generate(self._candidates, self._labels) if plan.nearest else None
        rows, labels = (
            pictures * plan.starts,
            None if self._labels is None else np.zeros(pictures * plan.starts, np.int32),
        )
        self._margin = 2 * plan.margin  # on [-1, 1]
        self._searches = Searches(sampler, rows, plan.steps, plan.lr, labels, self._margin)

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Washed pictures (N, C, H, W), float32 in [-1, 1], of pictures of the same shape."""
        return self.wash(images).images

    def wash(self, images: np.ndarray) -> Washed:
        """Washed pictures (N, C, H, W), and how far each is from what was given (N,)."""
        made, distances = np.empty(images.shape, np.float32), np.empty(len(images))
        with progress("Washing", len(images), "picture") as tick:
            for start in range(0, len(images), self.pictures):
                part = images[start : start + self.pictures]
                end = start + len(part)
                made[start:end], distances[start:end] = self._block(part)
                tick(len(part))
        return Washed(made, distances)

    def _block(self, images: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        targets = np.full((self.pictures, *self.sampler.card.image.shape), -1, np.float32)
        targets[self._middle][: len(images)] = images
        chosen = self._starts(targets)
        labels = None if self._labels is None else self._labels[chosen]
        rows = targets.repeat(self.plan.starts, axis=0)
        found = self.sampler.generate(self._searches(self._candidates[chosen], rows, labels), labels)
        best = cost(found, rows, self._margin).reshape(self.pictures, -1).argmin(axis=1)
        made = found.reshape(self.pictures, self.plan.starts, *found.shape[1:])[range(self.pictures), best]
        return made[self._middle][: len(images)], np.sqrt(cost(made, targets))[: len(images)]

    def _starts(self, targets: np.ndarray) -> np.ndarray:
        """The numbers of the candidates that the searches start from, (pictures * starts,)."""
        if self._samples is None:
            return np.tile(np.arange(self.plan.starts), self.pictures)
        far = np.stack([cost(self._samples, target[np.newaxis], self._margin) for target in targets])
        return np.argsort(far, axis=1, kind="stable")[:, : self.plan.starts].reshape(-1)


def auc(clean: np.ndarray, attacked: np.ndarray) -> float:
    """How well a distance tells attacked pictures (N,) from clean ones (M,): the area under the ROC curve, 0.5 to 1."""
    order = np.concatenate([clean, attacked]).argsort(kind="stable").argsort(kind="stable") + 1.0
    ranks = order[len(clean) :].sum() - len(attacked) * (len(attacked) + 1) / 2
    return float(ranks / (len(clean) * len(attacked)))
