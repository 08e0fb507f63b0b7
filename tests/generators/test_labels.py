import numpy as np
import pytest

from ms_gan.generators.labels import draw_labels, sample_labels, wanted_classes
from tests.refusals import refused

NAMES = ["cat", "Dog", "7"]


def test_classes_come_as_often_as_in_the_training_images():
    labels = draw_labels(np.random.default_rng(0), 20_000, [30, 0, 10])
    assert labels.dtype == np.int32
    assert np.bincount(labels, minlength=3) / 20_000 == pytest.approx([0.75, 0, 0.25], abs=0.01)


def test_more_labels_of_a_seed_begin_with_the_same_ones():
    whole = sample_labels(3, 0, 200, [1, 1, 1])
    assert np.array_equal(sample_labels(3, 0, 70, [1, 1, 1]), whole[:70])
    assert np.array_equal(sample_labels(3, 60, 100, [1, 1, 1]), whole[60:160])
    assert not np.array_equal(sample_labels(4, 0, 200, [1, 1, 1]), whole)
    assert sample_labels(3, 5, 0, [1, 1]).shape == (0,)


@pytest.mark.parametrize(
    "text, numbers", [("cat", [0]), (" dog , CAT", [1, 0]), ("7,1", [2, 1]), ("all", [0, 1, 2]), ("2,2", [2, 2])]
)
def test_classes_go_by_name_then_by_number(text, numbers):
    assert wanted_classes(text, NAMES) == numbers


def test_names_may_differ_in_the_case_of_letters_alone():
    assert wanted_classes("cat,Cat,CAT", ["Cat", "cat"]) == [1, 0, 0]


@pytest.mark.parametrize("text, names", [("3", NAMES), ("-1", NAMES), ("", NAMES), ("cat,,dog", NAMES), ("0", [])])
def test_a_class_that_is_not_there_is_refused(text, names):
    with refused("--classes"):
        wanted_classes(text, names)


def test_no_option_asks_for_no_class():
    assert wanted_classes(None, NAMES) == [] == wanted_classes(None, [])
