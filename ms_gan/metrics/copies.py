"""Whether a generator copies its training images: generated images beside the nearest of them."""

from typing import Dict, NamedTuple, Optional, Tuple

import numpy as np

from ms_gan.metrics.blocks import image_blocks, measured_blocks
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.images import Images
from ms_gan.metrics.neighbours import nearest
from ms_gan.runtime.progress import progress

SHOWN_SAMPLES = 16  # samples of each kind in the picture


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
    """

    searched: int
    median: float
    unseen: Optional[float]
    first: Pairs
    closest: Pairs


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
    return Copies(count, float(np.median(own)), median, first, closest)


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
