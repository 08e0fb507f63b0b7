import numpy as np
import pytest
from PIL import Image

from ms_gan.data.pixel_range import Extremes, common_range, eight_bit, extremes


@pytest.mark.parametrize(
    "found, expected",
    [
        ([None, None], None),
        ([Extremes(0, 200), None], (0, 255)),
        ([Extremes(3, 900), Extremes(0, 4000)], (0, 4095)),
        ([Extremes(0, 65_000)], (0, 65_535)),
        ([Extremes(0, 100_000)], (0, 100_000)),
        ([Extremes(0, 0.5), Extremes(0.2, 1)], (0, 1)),
        ([Extremes(-0.9, 0.7)], (-1, 1)),
        ([Extremes(-1000, 3000)], (-1000, 3000)),
        ([Extremes(-5, -5)], (-5, -4)),
    ],
)
def test_one_range_holds_all_pictures(found, expected):
    assert common_range(found) == expected


def test_values_beyond_black_and_white_are_black_and_white():
    image = Image.fromarray(np.float32([[-2, -1, 0, 1, 9, np.nan]]))
    assert np.asarray(eight_bit(image, -1, 1)).tolist() == [[0, 0, 128, 255, 255, 128]]


def test_infinities_and_what_is_no_number_do_not_set_the_range():
    image = Image.fromarray(np.float32([[np.inf, 5, 9, np.nan, -np.inf]]))
    assert extremes(image) == (5, 9)
    assert extremes(Image.fromarray(np.float32([[np.nan]]))) == (0, 0)


def test_pictures_of_8_bits_are_not_looked_at():
    assert extremes(Image.new("RGB", (3, 3))) is None
    assert extremes(Image.fromarray(np.uint16([[7, 300]]))) == (7, 300)
