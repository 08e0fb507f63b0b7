import numpy as np

from ms_gan.attacks.defense_gan import auc
from ms_gan.attacks.measures import success_rate
from ms_gan.pictures.pixels import perturbation


def test_only_pictures_that_were_classified_right_count():
    labels, before, after = (np.array(row) for row in ([0, 1, 2, 3], [0, 1, 2, 0], [1, 1, 0, 0]))
    assert success_rate(before, after, labels) == 2 / 3
    assert success_rate(before, after, labels, target=0) == 1 / 2, "pictures of class 0 are no target"
    assert success_rate(1 - before, before, before + 5) == 0.0


def test_a_perturbation_is_shown_around_grey():
    clean = np.array([100, 100, 100, 0], np.uint8).reshape(1, 1, 2, 2)
    attacked = np.array([100, 103, 90, 200], np.uint8).reshape(1, 1, 2, 2)
    assert perturbation(attacked, clean, 10).ravel().tolist() == [128, 158, 28, 255]


def test_the_area_under_the_curve():
    assert auc(np.array([1.0, 2]), np.array([3.0, 4])) == 1
    assert auc(np.array([1.0, 3]), np.array([2.0, 4])) == 0.75
