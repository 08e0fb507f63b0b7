import numpy as np
import pytest
from PIL import Image

from ms_gan.config.data_section import DataConfig
from ms_gan.data import load
from ms_gan.data.held_out import DRAWN, load_held_out
from ms_gan.data.labels import labelled
from tests.data.cifar_files import archive_members, records, write_archive
from tests.data.idx_files import random_digits, write_idx, write_mnist
from tests.refusals import failed


def held_out(**options):
    config = DataConfig(**options)
    return load_held_out(config, load(config, 0), 0)


@pytest.mark.parametrize("source", ["mnist", "fashion_mnist"])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_idx_files_beside_the_training_split(tmp_path, source, ending):
    folder = write_mnist(tmp_path / "mnist" if source == "mnist" else tmp_path, 20)
    images, labels = random_digits(30)
    write_idx(folder / f"t10k-images-idx3-ubyte{ending}", images)
    write_idx(folder / f"t10k-labels-idx1-ubyte{ending}", labels)
    data = held_out(source=source, dir=str(tmp_path), limit=5, image_size=32)
    assert np.array_equal(data.images[:, 0, 2:30, 2:30], images) and data.images.shape == (30, 1, 32, 32)
    assert np.array_equal(data.labels, labels)
    threes = held_out(source=source, dir=str(tmp_path), classes=[3])
    assert np.array_equal(threes.images[:, 0], images[labels == 3])


def test_idx_files_that_are_missing_or_no_pair(tmp_path):
    folder = write_mnist(tmp_path, 20)
    assert held_out(dir=str(folder)) is None
    write_idx(folder / "t10k-images-idx3-ubyte", random_digits(4)[0])
    write_idx(folder / "t10k-labels-idx1-ubyte", random_digits(5)[1])
    with failed("mismatch"):
        held_out(dir=str(folder))


def test_cifar10(tmp_path):
    write_archive(tmp_path / "cifar-10-binary.tar.gz", archive_members(**{"test_batch.bin": records(9).tobytes()}))
    data = held_out(source="cifar10", dir=str(tmp_path))
    assert np.array_equal(data.images.reshape(len(data.images), -1), records(9)[:, 1:])
    assert np.array_equal(data.labels, records(9)[:, 0])


def test_cifar10_without_a_test_batch(tmp_path):
    write_archive(tmp_path / "cifar-10-binary.tar.gz", archive_members())
    assert held_out(source="cifar10", dir=str(tmp_path)) is None


def test_drawn_digits_are_other_ones_of_the_same_kind():
    training = load(DataConfig(source="synthetic", limit=300), 0)
    data = held_out(source="synthetic", limit=300)
    assert data.images.shape == (DRAWN, 1, 28, 28) and len(set(data.labels)) == 10
    seen = {image.tobytes() for image in training.images}
    assert not any(image.tobytes() in seen for image in data.images)
    grown = held_out(source="synthetic", limit=300, image_size=40, channels="rgb")
    assert grown.images.shape == (DRAWN, 3, 40, 40)


def test_a_folder_of_pictures_has_none(tmp_path):
    Image.new("RGB", (20, 20)).save(tmp_path / "one.png")
    assert held_out(source="folder", dir=str(tmp_path), image_size=16) is None


def test_digits_that_no_training_sees_say_so_and_name_their_classes_once():
    data = held_out(source="synthetic", limit=300, classes=[3])
    assert data.title == "synthetic digits that no training sees (drawn, not handwritten), class 3"


def test_labels_number_the_chosen_classes_of_both_splits_alike():
    config = DataConfig(source="synthetic", limit=300, classes=[3, 8])
    training = labelled(load(config, 0))
    test = labelled(load_held_out(config, training, 0))
    assert test.classes == training.classes == ("3", "8")
    np.testing.assert_array_equal(test.labels, load_held_out(config, load(config, 0), 0).labels == 8)


@pytest.mark.parametrize("source", ["mnist", "cifar10"])
def test_files_of_ones_own_say_that_they_are_the_test_split(tmp_path, source):
    if source == "mnist":
        images, labels = random_digits(30)
        write_mnist(tmp_path, 20)
        write_idx(tmp_path / "t10k-images-idx3-ubyte", images)
        write_idx(tmp_path / "t10k-labels-idx1-ubyte", labels)
    else:
        write_archive(tmp_path / "cifar-10-binary.tar.gz", archive_members(**{"test_batch.bin": records(9).tobytes()}))
    config = DataConfig(source=source, dir=str(tmp_path))
    training = load(config, 0)
    assert load_held_out(config, training, 0).title == f"{training.title}, test split"
