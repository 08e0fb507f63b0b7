"""How far an attacked picture may be from the clean one, and how far it is. Bounds are those of pixels in [0, 1]."""

from typing import NamedTuple, Tuple

import numpy as np

PER_UNIT = 2.0  # pixels are in [-1, 1] here, so what is 1 apart in [0, 1] is 2 apart
LEVELS = 255  # of a uint8 picture, from black to white
SLACK = 1e-3  # of a level: what float32 may lose before a whole level is taken for less


class Norms(NamedTuple):
    """The mean over pictures of a perturbation's norms, and the largest, for pixels in [0, 1]."""

    linf: float
    l2: float
    largest_linf: float
    largest_l2: float


def on_our_range(bound: float) -> float:
    """A bound for pixels in [0, 1] as one for pixels in [-1, 1]."""
    return PER_UNIT * bound


def norms_of(attacked: np.ndarray, clean: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """L-infinity and L2 norms (N,) of the difference of pictures (N, C, H, W) in [-1, 1], as for pixels in [0, 1]."""
    difference = (attacked.astype(np.float64) - clean).reshape(len(clean), -1) / PER_UNIT
    return np.abs(difference).max(axis=1), np.sqrt(np.square(difference).sum(axis=1))


def summed_up(attacked: np.ndarray, clean: np.ndarray) -> Norms:
    """The norms of perturbations, of pictures (N, C, H, W), float32 in [-1, 1]."""
    linf, l2 = norms_of(attacked, clean)
    return Norms(*(float(value) for value in (linf.mean(), l2.mean(), linf.max(), l2.max())))


def as_written(attacked: np.ndarray, clean: np.ndarray) -> np.ndarray:
    """An attacked picture as a file holds it: pixels rounded towards the clean ones, so that bounds still hold.

    Args:
        attacked: float32 (N, C, H, W) in [-1, 1].
        clean: uint8 (N, C, H, W).

    Returns:
        uint8 (N, C, H, W).
    """
    levels = (attacked.astype(np.float64) + 1) * (LEVELS / PER_UNIT) - clean
    whole = np.trunc(levels + np.sign(levels) * SLACK)
    return np.clip(clean + whole, 0, LEVELS).astype(np.uint8)
