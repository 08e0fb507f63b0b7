"""Fréchet distance between two sets of features; of Inception features it is the FID."""

from dataclasses import dataclass
from typing import Iterable, Optional, Union

import numpy as np

from ms_gan.errors import GanError, UsageError

BLOCK_SAMPLES = 1024  # samples of an array turned into float64 at a time
SAMPLES_PER_FEATURE = 10  # samples for each number of a feature vector


def checked_features(features: np.ndarray) -> np.ndarray:
    """Features (n, d) as they came.

    Raises:
        ValueError: not a matrix.
        GanError: infinite numbers or NaN among them.
    """
    features = np.asarray(features)
    if features.ndim != 2:
        raise ValueError(f"features have shape {features.shape}; allowed: (samples, width)")
    if not np.isfinite(features).all():
        raise GanError(
            "features hold NaN or infinite numbers; check that the generator's weights are finite", code="diverged"
        )
    return features


@dataclass
class Moments:
    """Mean and scatter of features that come in blocks.

    Blocks are merged as in Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances" (1979), so a large common offset costs no precision.

    Attributes:
        count: samples so far, n.
        mean: (d,), float64.
        scatter: sum of outer products about the mean, (d, d), float64.
    """

    count: int
    mean: np.ndarray
    scatter: np.ndarray

    @classmethod
    def empty(cls, width: int) -> "Moments":
        """Moments of no samples yet."""
        return cls(0, np.zeros(width), np.zeros((width, width)))

    def add(self, block: np.ndarray) -> None:
        """Take in features (m, d) of any float type.

        Raises:
            ValueError: not a matrix, or of another width.
            GanError: infinite numbers or NaN among them.
        """
        block = checked_features(block).astype(np.float64)
        if block.shape[1] != len(self.mean):
            raise ValueError(f"features are {block.shape[1]} wide; those before were {len(self.mean)} wide")
        if not len(block):
            return
        total = self.count + len(block)
        mean = block.mean(axis=0)
        block -= mean
        step = mean - self.mean
        self.scatter += block.T @ block + np.outer(step, step * (self.count * len(block) / total))
        self.mean = self.mean + step * (len(block) / total)
        self.count = total

    @property
    def covariance(self) -> np.ndarray:
        """Unbiased covariance (d, d).

        Raises:
            UsageError: fewer than two samples.
        """
        if self.count < 2:
            raise UsageError(f"a covariance of {self.count} samples is undefined; take at least 2", code="few")
        return self.scatter / (self.count - 1)


def moments(features: Union[np.ndarray, Iterable[np.ndarray]]) -> Moments:
    """Moments of features (n, d), or of any number of blocks (m, d) of them.

    Raises:
        ValueError: no block, or blocks that are no matrices of one width.
        GanError: infinite numbers or NaN among them.
    """
    if isinstance(features, np.ndarray):
        features = [features[start : start + BLOCK_SAMPLES] for start in range(0, len(features), BLOCK_SAMPLES)]
    found = None
    for block in features:
        found = found or Moments.empty(np.shape(block)[-1])
        found.add(block)
    if found is None:
        raise ValueError("no features; at least one block of them is needed")
    return found


def frechet_distance(a: Moments, b: Moments) -> float:
    """|m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)): Heusel et al. 2017 (arXiv:1706.08500), eq. 6.

    The squared distance of two Gaussians by Dowson and Landau, "The Fréchet distance between multivariate normal
    distributions" (1982). With C_a = A A^T and C_b = B B^T the last trace is the sum of the singular values of A^T B:
    real, never negative, and exact for singular covariances too, where the square root of C_a C_b has no stable form.

    Raises:
        ValueError: features of two widths.
        UsageError: fewer than two samples.
    """
    if len(a.mean) != len(b.mean):
        raise ValueError(f"features are {len(a.mean)} and {len(b.mean)} wide; a distance needs one width")
    step = a.mean - b.mean
    covariances = a.covariance, b.covariance
    overlap = np.linalg.svd(_factor(covariances[0]).T @ _factor(covariances[1]), compute_uv=False).sum()
    distance = step @ step + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * overlap
    return max(0.0, float(distance))  # rounding may take equal sets a little below zero


def too_few(count: int, width: int) -> Optional[str]:
    """A warning for fewer samples than ten times the features' width, None for enough of them.

    The distance of few samples is biased upwards, by an amount that depends on the generator (Chong and Forsyth 2020,
    arXiv:1911.07023).
    """
    if count >= SAMPLES_PER_FEATURE * width:
        return None
    return (
        f"{count} samples are few for features {width} wide: their Frechet distance is too large and compares only "
        f"with that of equally many; take at least {SAMPLES_PER_FEATURE * width}"
    )


def _factor(covariance: np.ndarray) -> np.ndarray:
    """A (d, r) with A A^T = covariance of rank r.

    Eigenvalues that are rounding errors count as zero: their square roots would not be small.
    """
    values, vectors = np.linalg.eigh(covariance)
    kept = values > values[-1] * len(values) * np.finfo(np.float64).eps
    return vectors[:, kept] * np.sqrt(values[kept])
