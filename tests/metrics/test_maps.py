import numpy as np
import pytest

from ms_gan.metrics.maps import agreement, diversity, in_mean_colours


def test_agreement_counts_known_pixels_and_classes_that_occur():
    maps = np.array([[[0, 0, 1, 255]]], np.uint8)
    seen = np.array([[[0, 1, 1, 2]]], np.uint8)
    assert agreement(maps, seen, 3) == pytest.approx({"pixel_accuracy": 2 / 3, "miou": (1 / 2 + 1 / 2) / 2})
    assert agreement(maps, maps, 3) == {"pixel_accuracy": 1.0, "miou": 1.0}


def test_diversity_is_the_difference_between_styles():
    dark, light = np.zeros((2, 1, 4, 4), np.uint8), np.full((2, 1, 4, 4), 255, np.uint8)
    assert diversity([dark, dark]) == 0 and diversity([dark, light]) == 1
    assert diversity([dark, dark, light]) == pytest.approx(2 / 3)


def test_mean_colours_are_those_of_each_class():
    maps = np.array([[[0, 1], [1, 255]]], np.uint8)
    images = np.array([[[[10, 100], [200, 90]]]], np.uint8)
    painted = in_mean_colours(maps, images, np.array([[[1, 0], [255, 2]]], np.uint8), 3)
    assert painted.tolist() == [[[[150, 10], [100, 100]]]]
