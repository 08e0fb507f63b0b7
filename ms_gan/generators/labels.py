"""Labels, the classes that a conditional generator is asked for, as functions of a seed and a number."""

from typing import Sequence

import numpy as np

from ms_gan.generators.latents import BLOCK_LATENTS
from ms_gan.seeds import Purpose, stream


def draw_labels(random: np.random.Generator, count: int, counts: Sequence[int]) -> np.ndarray:
    """Labels (count,), int32, 0 to K - 1: each class as often as the training images have it.

    Args:
        random: where they come from.
        count: how many.
        counts: (K,), training images of each class.
    """
    ends = np.cumsum(np.asarray(counts, np.float64))
    found = np.searchsorted(ends, random.random(count) * ends[-1], side="right")
    return np.minimum(found, len(ends) - 1).astype(np.int32)


def sample_labels(seed: int, start: int, count: int, counts: Sequence[int]) -> np.ndarray:
    """Labels of samples number `start` to `start + count` of a seed, (count,), int32.

    Label i is a function of (seed, i) alone, as latent i is.
    """
    first, last = start // BLOCK_LATENTS, (start + count - 1) // BLOCK_LATENTS
    blocks = [
        draw_labels(stream(seed, Purpose.SAMPLE_LABELS, block), BLOCK_LATENTS, counts)
        for block in range(first, last + 1)
    ]
    return np.concatenate([np.zeros(0, np.int32), *blocks])[start - first * BLOCK_LATENTS :][:count]
