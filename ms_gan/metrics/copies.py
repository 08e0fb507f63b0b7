"""Whether a generator copies its training images: how near samples lie to them, and the nearest beside the samples."""

import math
from typing import Dict, NamedTuple, Optional, Tuple

import numpy as np

from ms_gan.metrics.blocks import image_blocks, measured_blocks
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.images import Images
from ms_gan.metrics.neighbours import manifold, nearest
from ms_gan.runtime.progress import progress

SHOWN_SAMPLES = 16  # samples of each kind in the picture
FEW = 1_000  # training images below which copies are looked for without being asked
SEARCHED = 1_000  # samples, at most, whose nearest training images are looked for
NEAR = 0.01  # share of real images that are as near to a training image as what counts as near
DEVIATIONS = 3  # of chance, by which the share of near samples must be above that to be warned of
SAME = 1e-9  # squared distance, as a part of the features' squared length, within which two images are the same
OTHERS, UNSEEN = "the other training images", "real images that training never saw"


class Nearness(NamedTuple):
    """How near samples lie to the training images, beside real images.

    Attributes:
        copied: share of the samples that are nearer to a training image than 99 % of the real images are; about
            `NEAR` where a generator makes images of its own.
        samples, real: medians of the distances of both.
        copies: whether that share is above `NEAR` by more than `DEVIATIONS` standard deviations of it, as the numbers
            of samples and of real images have them: with few of these it varies much.
        among: what the real images are.
    """

    copied: float
    samples: float
    real: float
    copies: bool
    among: str

    @property
    def warning(self) -> Optional[str]:
        """A sentence for a person where there are copies."""
        if not self.copies:
            return None
        return (
            f"the generator copies: {self.copied:.0%} of its samples are nearer to a training image than 99 % of "
            f"{self.among} are; the best remedy is more images, and before that regularise.augment"
        )


class Pairs(NamedTuple):
    """Images (n, C, H, W) and their nearest training images, uint8, and how far those are, (n,)."""

    images: np.ndarray
    nearest: np.ndarray
    distances: np.ndarray


class Copies(NamedTuple):
    """What the search found.

    Attributes:
        searched: how many samples have been compared with all training images.
        median: of their distances to the nearest one.
        unseen: the same of as many real images that training never saw, or None where there are none. A median far
            below it tells of copies.
        first: the first samples, as a fair impression.
        closest: those nearest to a training image, the nearest first.
        nearness: of the samples beside unseen images, or where there are none beside the training images themselves;
            None with `FEW` training images or more.
    """

    searched: int
    median: float
    unseen: Optional[float]
    first: Pairs
    closest: Pairs
    nearness: Optional[Nearness] = None


def nearness(samples: np.ndarray, real: np.ndarray, among: str) -> Optional[Nearness]:
    """Compare distances to the nearest training image.

    Args:
        samples: of samples, (n,).
        real: of real images, (m,), without those that are training images themselves.
        among: what these are.

    Returns:
        None without real images.
    """
    if not len(real):
        return None
    copied = float(np.mean(samples < np.quantile(real, NEAR)))
    chance = math.sqrt(NEAR * (1 - NEAR) * (1 / len(samples) + 1 / len(real)))
    copies = copied > NEAR + DEVIATIONS * chance
    return Nearness(copied, float(np.median(samples)), float(np.median(real)), copies, among)


def distances_to_others(features: np.ndarray) -> np.ndarray:
    """Distance of each of the features (n, d) to the nearest other one, (m,); of images that are there twice none."""
    if len(features) < 2:
        return np.empty(0)
    squared = manifold(features, 1).squared_radii
    return np.sqrt(squared[squared > SAME * np.square(features, dtype=np.float64).sum(axis=1)])


def find_copies(
    source: Images, features: Features, train: np.ndarray, test: Optional[np.ndarray], seed: int, count: int
) -> Copies:
    """Look for the nearest training image, by features, of each of the first `count` images of a source.

    Args:
        source: the images.
        features: the extractor.
        train: the training images, uint8 (N, C, H, W), all of which are searched, a block at a time.
        test: real images that training never saw, or None.
        seed: of a generator's latents.
        count: images of the source, 1 or more.
    """
    samples = np.concatenate([features(images)[0] for images in measured_blocks(source, seed, count)])
    unseen = [] if test is None else [features(images)[0] for images in image_blocks(test, min(count, len(test)))]
    index, distances = _nearest_of_all(np.concatenate([samples, *unseen]), features, train)
    own = distances[:count]
    chosen = np.arange(min(SHOWN_SAMPLES, count)), np.argsort(own, kind="stable")[:SHOWN_SAMPLES]
    pictures = _pick(source, seed, count, np.concatenate(chosen))
    first, closest = (
        Pairs(np.stack([pictures[i] for i in numbers]), train[index[numbers]], own[numbers]) for numbers in chosen
    )
    median = float(np.median(distances[count:])) if unseen else None
    near = None
    if len(train) < FEW:
        others = [features(block)[0] for block in image_blocks(train, len(train))] if not unseen else []
        real = distances[count:] if unseen else distances_to_others(np.concatenate(others))
        near = nearness(own, real, UNSEEN if unseen else OTHERS)
    return Copies(count, float(np.median(own)), median, first, closest, near)


def _nearest_of_all(queries: np.ndarray, features: Features, train: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Number (n,) and distance (n,) of the training image nearest to each of the features (n, d)."""
    index, distance = np.zeros(len(queries), np.int64), np.full(len(queries), np.inf)
    start = 0
    with progress("Searching copies", len(train), "image") as update:
        for block in image_blocks(train, len(train)):
            found, far = nearest(queries, features(block)[0])
            nearer = far < distance
            index[nearer], distance[nearer] = start + found[nearer], far[nearer]
            start += len(block)
            update(len(block))
    return index, distance


def _pick(source: Images, seed: int, count: int, numbers: np.ndarray) -> Dict[int, np.ndarray]:
    """The samples with these numbers, made again: keeping all of them would take memory for each."""
    wanted = set(numbers.tolist())
    blocks = source.stream(seed, count)
    return {i: image for start, images in blocks for i, image in enumerate(images, start) if i in wanted}
