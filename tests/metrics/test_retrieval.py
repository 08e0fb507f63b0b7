"""Partners found among pictures of the other kind."""

import numpy as np
import pytest

from ms_gan.metrics.retrieval import retrieval
from tests.refusals import refused


def test_counts_those_that_find_their_partner():
    others = 10.0 * np.eye(6, dtype=np.float32)
    partners = np.array([3, 0, 5, 1])
    made = others[partners] + np.float32(0.1)
    assert retrieval(made, others, partners) == 1
    made[2] = others[4]  # this one shows what another one shows
    assert retrieval(made, others, partners) == 0.75
    assert retrieval(made, others, (partners + 1) % 6) == 0


def test_a_picture_that_lies_there_twice_is_found_by_either():
    others = np.array([[0.0, 1], [5, 5], [0, 1]])
    made = np.array([[0.0, 1.5], [0, 1.5]])
    assert retrieval(made, others, np.array([0, 2])) == 1


def test_guesses_find_one_in_as_many_as_there_are():
    random = np.random.default_rng(0)
    made, others = random.normal(size=(2000, 3)), random.normal(size=(4, 3))
    assert retrieval(made, others, random.integers(0, 4, 2000)) == pytest.approx(0.25, abs=0.04)


def test_refusals():
    some = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"2 pictures with partners \(1,\)"):
        retrieval(some, some, np.array([0]))
    with refused(code="few"):
        retrieval(some, some[:0], np.array([0, 0]))
