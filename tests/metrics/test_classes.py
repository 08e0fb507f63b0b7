import numpy as np
import pytest

from ms_gan.metrics.classes import class_balance, class_counts
from tests.refusals import failed, refused

PROBABILITIES = np.array([[0.95, 0.05, 0], [0.5, 0.3, 0.2], [0.05, 0.9, 0.05], [0.6, 0.2, 0.2]])


def counted(*counts):
    """Sure samples, so many of each class."""
    return class_counts(np.repeat(np.eye(len(counts)), counts, axis=0))


def test_samples_count_for_their_likeliest_class():
    found = class_counts(PROBABILITIES)
    assert found.counts.tolist() == [3, 1, 0] and found.confident == 2  # 0.9 itself is enough
    assert class_counts(PROBABILITIES, threshold=0.55).confident == 3


def test_the_balance_of_a_case_by_hand():
    found = class_balance(class_counts(PROBABILITIES, threshold=0.55), np.array([10, 10, 20]))
    assert found.histogram.tolist() == [0.75, 0.25, 0] and found.confident == 0.75
    assert found.distance == pytest.approx((0.5 + 0 + 0.5) / 2)
    assert (found.covered, found.smallest, found.largest) == (2, 0, 0.75)


def test_the_data_itself_is_balanced_and_another_class_is_as_far_as_can_be():
    same = class_balance(counted(5, 10, 85), np.array([1, 2, 17]))
    assert (same.distance, same.covered, same.confident) == (pytest.approx(0), 3, 1)
    assert class_balance(counted(0, 9), np.array([4, 0])).distance == 1


def test_a_class_is_covered_from_a_tenth_of_its_share():
    data = np.array([80, 20])
    assert class_balance(counted(979, 21), data).covered == 2
    assert class_balance(counted(981, 19), data).covered == 1
    assert class_balance(counted(79, 921), data).covered == 1
    assert class_balance(counted(981, 19), data, floor=0.05).covered == 2


def test_classes_that_the_data_lacks_are_not_asked_for():
    found = class_balance(counted(1, 7, 2), np.array([0, 30, 0]))
    assert (found.covered, found.smallest, found.largest) == (1, 0.7, 0.7)
    assert found.distance == pytest.approx(0.3)


def test_what_cannot_be_counted_is_refused():
    for probabilities in (np.ones(3), np.array([[3.0, -2.0]]), np.array([[5.0, 1.0]])):
        with pytest.raises(ValueError):
            class_counts(probabilities)
    with refused(code="few"):
        class_counts(np.zeros((0, 10)))
    with failed("diverged"):
        class_counts(np.array([[np.nan, 0.5]]))
    for data in (np.ones(4), np.zeros(3)):
        with pytest.raises(ValueError, match="3 classes"):
            class_balance(counted(1, 1, 1), data)
