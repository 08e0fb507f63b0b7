"""Labels, the classes that a conditional generator is asked for, as functions of a seed and a number."""

from typing import List, Optional, Sequence

import numpy as np

from ms_gan.data.classes import class_number
from ms_gan.errors import UsageError
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


def wanted_classes(text: Optional[str], names: Sequence[str]) -> List[int]:
    """The classes of a list such as "3,7,cat", by name or by number, in its order; "all": all of them.

    Args:
        text: what --classes says; None: nothing.
        names: of the generator's classes; none where it takes no labels.

    Raises:
        UsageError: a class that the generator does not have, or a generator that has none.
    """
    if text is None:
        return []
    if not names:
        raise UsageError(f"--classes {text}: this generator was trained without classes; remove the option")
    if text.strip().lower() == "all" and "all" not in names:
        return list(range(len(names)))
    return [class_number(part, names, "--classes") for part in text.split(",")]
