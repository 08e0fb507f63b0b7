import io

import numpy as np
import pytest
from PIL import Image

from ms_gan.data.decode import Unreadable, allowing
from ms_gan.data.whole import decode_whole

WHITE = (255, 255, 255)


def content(array, ending="png", mode=None, **how):
    file = io.BytesIO()
    Image.fromarray(array, mode).save(file, ending, **how)
    return file


def test_every_pixel_stays_and_transparency_is_told():
    picture = np.random.default_rng(0).integers(0, 256, (9, 14, 4), np.uint8)
    picture[..., 3] = 255
    picture[2, 3, 3] = 0
    pixels, alpha = decode_whole(content(picture), 3, (10, 20, 30))
    assert pixels.shape == (3, 9, 14) and np.array_equal(alpha, picture[..., 3])
    assert pixels[:, 2, 3].tolist() == [10, 20, 30] and pixels[:, 0, 0].tolist() == picture[0, 0, :3].tolist()
    pixels, alpha = decode_whole(content(picture[..., 0]), 3, WHITE)
    assert alpha is None and (pixels == picture[..., 0]).all()


def test_it_is_turned_upright_and_made_smaller():
    exif = Image.Exif()
    exif[0x0112] = 8  # a quarter to the left
    picture = np.zeros((20, 40), np.uint8)
    picture[:, 20:] = 255
    pixels, _ = decode_whole(content(picture, "jpeg", exif=exif), 1, WHITE, most=10)
    assert pixels.shape == (1, 10, 5) and pixels[0, :4].min() > 240 and pixels[0, 6:].max() < 15


def test_what_cannot_be_decoded():
    with pytest.raises(Unreadable, match="cannot identify"):
        decode_whole(io.BytesIO(b"text"), 3, WHITE)
    with allowing(99), pytest.raises(Unreadable, match="10x10 pixels are more than 99"):
        decode_whole(content(np.zeros((10, 10), np.uint8)), 3, WHITE)
