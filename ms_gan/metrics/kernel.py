"""Kernel distance between two sets of features; of Inception features it is the KID."""

from typing import NamedTuple

import numpy as np

from ms_gan.errors import UsageError
from ms_gan.metrics.frechet import checked_features


class KernelDistance(NamedTuple):
    """Mean and standard deviation over subsets; the mean may lie a little below zero where the sets are alike."""

    mean: float
    deviation: float


def polynomial_kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(x . y / d + 1)^3 of every pair, (n, m), for x (n, d) and y (m, d)."""
    base = x @ y.T / x.shape[1] + 1
    return base * base * base


def squared_mmd(x: np.ndarray, y: np.ndarray) -> float:
    """Unbiased estimate of the squared maximum mean discrepancy of x (n, d) and y (m, d), float64.

    Gretton et al., "A Kernel Two-Sample Test" (JMLR 13, 2012), eq. 3, with the polynomial kernel.
    """
    return float(_mean_of_pairs(x) + _mean_of_pairs(y) - 2 * polynomial_kernel(x, y).mean())


def kernel_distance(
    a: np.ndarray, b: np.ndarray, random: np.random.Generator, subsets: int = 100, size: int = 1000
) -> KernelDistance:
    """The squared discrepancy of random subsets: Binkowski et al. 2018 (arXiv:1801.01401), section 4.

    Unlike the Fréchet distance it has no bias, however few the samples.

    Args:
        a, b: features (n, d) and (m, d).
        random: chooses the subsets, without replacement.
        subsets: how many, 1 or more.
        size: samples of each set in a subset, 2 or more; fewer where a set is smaller. Where that takes all of both
            sets, every subset is the same and the deviation, zero, says nothing.

    Raises:
        ValueError: features that are no matrices of one width.
        UsageError: fewer than two samples, or subsets out of range.
        GanError: infinite numbers or NaN among the features.
    """
    a, b = checked_features(a), checked_features(b)
    if a.shape[1] != b.shape[1]:
        raise ValueError(f"features are {a.shape[1]} and {b.shape[1]} wide; a distance needs one width")
    size = min(size, len(a), len(b))
    if size < 2 or subsets < 1:
        raise UsageError(
            f"{subsets} subsets of {size} samples give no kernel distance; take at least 1 of 2", code="few"
        )
    found = [squared_mmd(_subset(a, size, random), _subset(b, size, random)) for _ in range(subsets)]
    return KernelDistance(float(np.mean(found)), float(np.std(found)))


def _mean_of_pairs(x: np.ndarray) -> float:
    """Mean kernel of two different samples: a sample with itself would bias the estimate."""
    values = polynomial_kernel(x, x)
    return (values.sum() - np.trace(values)) / (len(x) * (len(x) - 1))


def _subset(features: np.ndarray, size: int, random: np.random.Generator) -> np.ndarray:
    return features[random.choice(len(features), size, replace=False)].astype(np.float64)
