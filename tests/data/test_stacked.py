import numpy as np

from ms_gan.config.data_section import DataConfig
from ms_gan.data import load
from ms_gan.data.expected import expected
from ms_gan.data.held_out import load_held_out
from tests.data.idx_files import random_digits, write_mnist
from tests.refusals import refused

IMAGES, _ = random_digits()


def test_stacks_are_digits_side_by_side_in_depth_and_the_same_for_every_seed(tmp_path):
    config = DataConfig(source="stacked_mnist", dir=str(write_mnist(tmp_path)), limit=300)
    data, again = load(config, seed=0), load(config, seed=5)
    assert data.images.shape == (300, 3, 28, 28) == (300, *expected(config).shape) and data.labels is None
    assert np.array_equal(data.images, again.images)
    found = [[(digit == IMAGES).all((1, 2)).argmax() for digit in stack] for stack in data.images]
    assert all(np.array_equal(IMAGES[places], stack) for places, stack in zip(found, data.images))
    assert len({tuple(places) for places in found}) > 250  # the three are drawn apart
    assert data.name == "stacks of files in MNIST's format, 300 images"
    assert load_held_out(config, data, 0) is None  # there are no test digits beside these


def test_they_are_padded_and_have_no_classes(tmp_path):
    config = DataConfig(source="stacked_mnist", dir=str(write_mnist(tmp_path)), limit=5, image_size=32)
    assert load(config, 0).images.shape == (5, 3, 32, 32)
    config.classes = ["3"]
    with refused("data.classes"):
        expected(config)
