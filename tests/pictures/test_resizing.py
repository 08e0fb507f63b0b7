import numpy as np
from PIL import Image

from ms_gan.pictures.resizing import from_pillow, resized, to_pillow


def test_grey_and_coloured_pictures_go_to_pillow_and_back():
    for channels in (1, 3):
        picture = np.random.default_rng(0).integers(0, 256, (channels, 5, 9), dtype=np.uint8)
        assert to_pillow(picture).size == (9, 5) and np.array_equal(from_pillow(to_pillow(picture)), picture)


def test_a_part_of_a_picture_is_scaled():
    picture = np.zeros((3, 16, 16), np.uint8)
    picture[:, :, 4:] = 100
    assert (resized(picture, (6, 10), (7.5, 0, 16, 9)) == 100).all() and resized(picture, (6, 10)).shape == (3, 6, 10)
    assert (resized(picture, (6, 10), (0, 0, 16, 9))[:, :, 0] == 0).all()
    whole = np.asarray(Image.fromarray(picture[0]).resize((4, 4), Image.BICUBIC))
    assert np.array_equal(resized(picture, (4, 4))[1], whole)
