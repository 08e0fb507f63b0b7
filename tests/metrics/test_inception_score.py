from pathlib import Path

import numpy as np
import pytest
from make_metrics import LOGITS

from ms_gan.metrics.inception_score import inception_score
from tests.refusals import failed, refused

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "metrics.npz")


@pytest.mark.parametrize("splits", [1, 10])
def test_the_score_is_that_of_published_code(splits):
    exponentials = np.exp(LOGITS)
    score = inception_score(exponentials / exponentials.sum(axis=1, keepdims=True), splits)
    np.testing.assert_allclose(score, GOLDEN[f"inception score {splits}"], rtol=1e-6)


def test_sure_and_even_is_the_best_and_one_for_all_the_worst():
    sure = np.eye(7, dtype=np.float32)
    assert inception_score(np.tile(sure, (10, 1)), 10) == pytest.approx((7, 0), abs=1e-12)
    assert inception_score(np.repeat(sure[:1], 20, axis=0), 1) == pytest.approx((1, 0), abs=1e-12)
    assert inception_score(np.full((20, 7), 1 / 7)) == pytest.approx((1, 0), abs=1e-12)


def test_a_case_by_hand():
    """The first half is sure of two classes, the second says nothing: scores 2 and 1."""
    probabilities = np.array([[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]])
    assert inception_score(probabilities, 2) == pytest.approx((1.5, 0.5), rel=1e-12)
    # All at once: half of the samples diverge from the mean by log 2.
    assert inception_score(probabilities, 1).mean == pytest.approx(np.sqrt(2), rel=1e-12)


@pytest.mark.parametrize("splits", [0, 4])
def test_splits_without_samples_are_refused(splits):
    with refused(code="few"):
        inception_score(np.eye(3), splits)


def test_what_is_no_distribution_is_refused():
    for probabilities in (np.ones(3), np.array([[2.0, -1.0]]), np.array([[0.2, 0.2]])):
        with pytest.raises(ValueError):
            inception_score(probabilities, 1)
    with failed("diverged"):
        inception_score(np.array([[np.nan, 1]]), 1)
    with refused(code="few"):
        inception_score(np.zeros((0, 3)))
