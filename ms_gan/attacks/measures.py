"""How well attacks do."""

from typing import Optional

import numpy as np


def success_rate(before: np.ndarray, after: np.ndarray, labels: np.ndarray, target: Optional[int] = None) -> float:
    """The share of pictures, 0 to 1, that fool a classifier after an attack, of those that it got right before.

    Args:
        before, after: what it takes the clean and the attacked pictures for, (N,).
        labels: their true classes, (N,).
        target: the class to be taken for, whose own pictures do not count; None: any other than the true one.

    Returns:
        the share; 0 where no picture counts.
    """
    counts = before == labels
    if target is not None:
        counts &= labels != target
    fooled = after != labels if target is None else after == target
    return float(fooled[counts].mean()) if counts.any() else 0.0
