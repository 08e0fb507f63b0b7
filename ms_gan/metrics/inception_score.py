"""Inception score: how sure a classifier is of each sample and how evenly the samples spread over its classes."""

from typing import NamedTuple

import numpy as np

from ms_gan.errors import UsageError
from ms_gan.metrics.classes import checked_probabilities


class InceptionScore(NamedTuple):
    """Mean and standard deviation over splits, each from 1 to the number of classes."""

    mean: float
    deviation: float


def inception_score(probabilities: np.ndarray, splits: int = 10) -> InceptionScore:
    """exp(E_x KL(p(y|x) || p(y))), p(y) the mean of p(y|x): Salimans et al. 2016 (arXiv:1606.03498), section 4.

    The mean divergence is the entropy of p(y) less the mean entropy of p(y|x), which zeros among the probabilities
    leave finite.

    Args:
        probabilities: p(y|x), (n, k), each row a distribution over the classes.
        splits: equal parts, in the order given, that are scored one by one: images that are sorted by class must be
            shuffled before. Fewer samples score lower: compare only
            scores of equally many samples and splits.

    Raises:
        ValueError: not a matrix, or rows that are no distributions.
        UsageError: splits out of range.
        GanError: NaN among them.
    """
    probabilities = checked_probabilities(probabilities)
    count = len(probabilities)
    if not 1 <= splits <= count:
        raise UsageError(f"{splits} splits are out of range; allowed for {count} samples: 1 to {count}", code="few")
    bounds = [i * count // splits for i in range(splits + 1)]
    parts = [probabilities[start:end] for start, end in zip(bounds, bounds[1:])]
    scores = [np.exp(_entropy(part.mean(axis=0)) - _entropy(part).mean()) for part in parts]
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)))


def _entropy(distributions: np.ndarray) -> np.ndarray:
    """Entropy in nats along the last axis."""
    logarithms = np.log(distributions, out=np.zeros_like(distributions), where=distributions > 0)
    return -(distributions * logarithms).sum(axis=-1)
