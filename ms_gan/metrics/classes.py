"""What a classifier sees in generated images: which classes, how evenly, how surely."""

from typing import NamedTuple

import numpy as np

from ms_gan.errors import GanError, UsageError
from ms_gan.metrics.measures import CONFIDENT

FLOOR = 0.1  # least share of a covered class, as a part of its share in the data


class ClassCounts(NamedTuple):
    """Samples by their likeliest class, counts (k,), and how many of them were confident."""

    counts: np.ndarray
    confident: int


class ClassBalance(NamedTuple):
    """Shares of samples, each 0 to 1.

    Attributes:
        confident: samples whose likeliest class has at least the threshold's probability.
        histogram: samples of each class, (k,).
        distance: total variation between that and the data's histogram, half the sum of absolute differences: the
            share of samples that would have to change class.
        covered: how many of the data's classes have at least the floor's share.
        smallest, largest: share of the rarest and of the commonest of the data's classes.
    """

    confident: float
    histogram: np.ndarray
    distance: float
    covered: int
    smallest: float
    largest: float


def checked_probabilities(probabilities: np.ndarray) -> np.ndarray:
    """Class probabilities (n, k) in float64.

    Raises:
        ValueError: not a matrix, or rows that are no distributions, such as logits.
        UsageError: no samples.
        GanError: infinite numbers or NaN among them.
    """
    probabilities = np.asarray(probabilities, dtype=np.float64)
    if probabilities.ndim != 2:
        raise ValueError(f"probabilities have shape {probabilities.shape}; allowed: (samples, classes)")
    if not len(probabilities):
        raise UsageError("no samples to judge; take at least 1", code="few")
    if not np.isfinite(probabilities).all():
        raise GanError("class probabilities hold NaN; check that the generator's weights are finite", code="diverged")
    if (probabilities < 0).any() or (np.abs(probabilities.sum(axis=1) - 1) > 1e-3).any():
        raise ValueError("class probabilities must be 0 or more and sum to 1 in each row; these may be logits")
    return probabilities


def class_counts(probabilities: np.ndarray, threshold: float = CONFIDENT) -> ClassCounts:
    """Samples counted by their likeliest class.

    Args:
        probabilities: (n, k), each row a distribution over the classes.
        threshold: least probability of a confident sample's class, 0 to 1.

    Raises:
        ValueError: not a matrix, or rows that are no distributions.
        UsageError: no samples.
        GanError: NaN among them.
    """
    probabilities = checked_probabilities(probabilities)
    counts = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])
    return ClassCounts(counts, int((probabilities.max(axis=1) >= threshold).sum()))


def class_balance(generated: ClassCounts, data: np.ndarray, floor: float = FLOOR) -> ClassBalance:
    """How the classes of generated images, (N,), compare with the data's.

    Args:
        generated: from `class_counts`.
        data: images of each class in the data, (k,); zero for classes that it lacks.
        floor: least share of a covered class, as a part of its share in the data. A classifier's own mistakes put a
            few samples into classes that the generator never makes, so one sample alone covers nothing.

    Raises:
        ValueError: another number of classes, or no data.
    """
    data = np.asarray(data, dtype=np.float64)
    if data.shape != generated.counts.shape or not data.sum() > 0:
        raise ValueError(f"the data's histogram {data} must count images of {len(generated.counts)} classes")
    expected = data / data.sum()
    histogram = generated.counts / generated.counts.sum()
    held = histogram[data > 0]
    return ClassBalance(
        confident=generated.confident / int(generated.counts.sum()),
        histogram=histogram,
        distance=float(np.abs(histogram - expected).sum() / 2),
        covered=int((held >= floor * expected[data > 0]).sum()),
        smallest=float(held.min()),
        largest=float(held.max()),
    )
