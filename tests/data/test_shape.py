import numpy as np
import pytest
from PIL import Image

from ms_gan.data.shape import padded, with_channels
from tests.refusals import refused

RANDOM = np.random.default_rng(0)
COLOUR = RANDOM.integers(0, 256, (3000, 3, 4, 4), np.uint8)
GREY = RANDOM.integers(0, 256, (10, 1, 28, 28), np.uint8)


def test_grey_is_what_pillow_makes_of_the_colours():
    grey = with_channels(COLOUR, "grey")
    assert grey.shape == (3000, 1, 4, 4)
    for i in (0, 1023, 1024, 2999):
        expected = Image.fromarray(np.ascontiguousarray(COLOUR[i].transpose(1, 2, 0))).convert("L")
        np.testing.assert_array_equal(grey[i, 0], np.asarray(expected))


def test_grey_becomes_three_equal_colours_without_a_copy():
    colour = with_channels(GREY, "rgb")
    assert colour.shape == (10, 3, 28, 28) and np.shares_memory(colour, GREY)
    assert all((colour[:, i] == GREY[:, 0]).all() for i in range(3))


def test_what_fits_already_stays():
    assert with_channels(COLOUR, "own") is COLOUR and with_channels(COLOUR, "rgb") is COLOUR
    assert with_channels(GREY, "grey") is GREY and padded(GREY, 28) is GREY


@pytest.mark.parametrize("side, before", [(32, 2), (33, 2), (64, 18)])
def test_images_are_padded_with_black_around_the_middle(side, before):
    larger = padded(GREY, side)
    assert larger.shape == (10, 1, side, side)
    inside = (..., slice(before, before + 28), slice(before, before + 28))
    np.testing.assert_array_equal(larger[inside], GREY)
    assert larger.sum(dtype=int) == GREY.sum(dtype=int)


def test_images_are_never_cut():
    with refused("data.image_size", says="16 .* 28 to 1024"):
        padded(GREY, 16)


def test_images_are_padded_to_a_height_and_a_width():
    larger = padded(GREY, "28x32")
    assert larger.shape == (10, 1, 28, 32) and np.array_equal(larger[..., 2:30], GREY)
    with refused("data.image_size", says="40x16 .* 28 to 1024"):
        padded(GREY, "40x16")
