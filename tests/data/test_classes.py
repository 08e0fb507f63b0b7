import numpy as np
import pytest

from ms_gan.config.data_section import DataConfig
from ms_gan.data import ImageData, load
from ms_gan.data.classes import keep_classes
from tests.refusals import refused

LABELS = np.array([0, 1, 2, 1, 0], np.uint8)
DATA = ImageData(np.arange(5, dtype=np.uint8)[:, None, None, None], LABELS, "Animals", "here", ("cat", "dog", "frog"))


@pytest.mark.parametrize(
    "wanted, kept, title",
    [
        (["frog"], [2], "Animals, class frog"),
        ([1], [1, 3], "Animals, class dog"),
        (["2", "Cat", 2], [0, 2, 4], "Animals, classes cat and frog"),
    ],
)
def test_classes_are_kept_by_name_or_number(wanted, kept, title):
    data = keep_classes(DATA, wanted)
    assert data.images.ravel().tolist() == kept and data.title == title
    np.testing.assert_array_equal(data.labels, LABELS[kept])


@pytest.mark.parametrize("wanted", ["cow", 3, "-1"])
def test_an_unknown_class_lists_those_that_exist(wanted):
    with refused("data.classes", says=rf"no class {wanted}; there are cat \(0\), dog \(1\), frog \(2\)"):
        keep_classes(DATA, [wanted])


def test_classes_that_leave_nothing_are_refused():
    with refused("data.classes", says="no images of class"):
        keep_classes(DATA, [])


def test_a_source_without_classes_says_so():
    with refused("data.classes", says="no classes"):
        keep_classes(ImageData(DATA.images, None, "Photos", "here"), ["cat"])


def test_classes_size_and_colours_go_together():
    data = load(DataConfig(source="synthetic", limit=100, classes=[7], image_size=32, channels="rgb"), 0)
    assert set(data.labels) == {7} and data.images.shape == (len(data.labels), 3, 32, 32)
