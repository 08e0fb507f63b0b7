"""Images a block at a time, so that the memory for looking at them does not grow with their number."""

from typing import Any, Iterator, Optional, Sequence

import numpy as np

from ms_gan.data.batches import evenly_spaced
from ms_gan.pictures.pixels import unload

MOST_AT_ONCE, BYTES_AT_ONCE = 1024, 32 * 2**20  # images in a block, and their pixels


def at_once(image_shape: Sequence[int]) -> int:
    """How many uint8 images (C, H, W) make a block."""
    return max(1, min(MOST_AT_ONCE, BYTES_AT_ONCE // int(np.prod(image_shape))))


def image_blocks(images: np.ndarray, count: int, among: Optional[np.ndarray] = None) -> Iterator[np.ndarray]:
    """Blocks of `count` of the images (N, C, H, W), evenly spaced: a folder's come sorted by name.

    Args:
        images: the images.
        count: how many.
        among: numbers of those that are chosen from, (n,); None: all.
    """
    chosen = evenly_spaced(len(images) if among is None else len(among), count)
    chosen, block = chosen if among is None else among[chosen], at_once(images.shape[1:])
    for start in range(0, len(chosen), block):
        # Where all are wanted, a slice copies nothing.
        part = slice(start, start + block) if len(chosen) == len(images) else chosen[start : start + block]
        yield images[part]
        unload(images)


def measured_blocks(source: Any, seed: int, count: int) -> Iterator[np.ndarray]:
    """Blocks (n, C, H, W) of the first `count` images of an `Images`: its own are too small for the features."""
    block, held = at_once(source.shape), []
    for _, images in source.stream(seed, count):
        if held and sum(map(len, held)) + len(images) > block:
            yield np.concatenate(held)
            held = []
        held.append(images)
    yield np.concatenate(held)
