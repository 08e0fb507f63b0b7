import hashlib
import pickle
import tarfile

import numpy as np
import pytest

from ms_gan.config.data_section import DataConfig
from ms_gan.data import cifar, load
from ms_gan.data.cifar import ARCHIVE, BATCHES, UNPACKED
from ms_gan.runtime import paths
from tests.data.cifar_files import ALL, CONTENT, archive_members, write_archive
from tests.refusals import failed, refused


@pytest.fixture(autouse=True)
def bare_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MS_GAN_DATA", raising=False)
    monkeypatch.setattr(paths, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(cifar, "URL", f"https://no.such.host.invalid/{ARCHIVE}")


def load_cifar(folder, **options):
    return load(DataConfig(source="cifar10", dir=folder and str(folder), **options), 0)


def write_layout(layout, root):
    if layout == "archive":
        write_archive(root / ARCHIVE, archive_members(**{"readme.html": b"text"}))
        return root
    unpacked = root / UNPACKED
    unpacked.mkdir()
    for name, content in CONTENT.items():
        (unpacked / name).write_bytes(content)
    return root if layout == "unpacked inside" else unpacked


@pytest.mark.parametrize("layout", ["archive", "unpacked inside", "unpacked itself"])
def test_all_layouts_give_the_same_images(tmp_path, layout):
    data = load_cifar(write_layout(layout, tmp_path))
    np.testing.assert_array_equal(data.images.reshape(len(ALL), -1), ALL[:, 1:])
    np.testing.assert_array_equal(data.labels, ALL[:, 0])
    assert data.images.shape[1:] == (3, 32, 32) and data.notices


def test_frogs_alone(tmp_path):
    data = load_cifar(write_layout("archive", tmp_path), classes=["frog"])
    np.testing.assert_array_equal(data.images.reshape(len(data.images), -1), ALL[ALL[:, 0] == 6, 1:])
    assert len(load_cifar(tmp_path, classes=[6], limit=3).labels) == 3
    with refused("data.classes", says="there are airplane .0., .* frog .6."):
        load_cifar(tmp_path, classes=["cow"])


def test_a_genuine_archive_in_the_cache_is_named_and_a_damaged_one_is_not_used(tmp_path, monkeypatch):
    archive = write_archive(tmp_path / "cache/data/cifar10" / ARCHIVE, archive_members())
    with failed("network"):
        load_cifar(None)
    monkeypatch.setattr(cifar, "ARCHIVE_MD5", hashlib.md5(archive.read_bytes()).hexdigest())
    data = load_cifar(None)
    assert data.name == "CIFAR-10, training split, 100 images" and data.notices == ()


@pytest.mark.parametrize("name", ["../evil", f"{UNPACKED}/../../evil", "/tmp/evil"])
def test_an_archive_with_unsafe_names_is_refused(tmp_path, name):
    write_archive(tmp_path / ARCHIVE, {**archive_members(), name: b"x"})
    with failed("damaged", says="unsafe name"):
        load_cifar(tmp_path)


def test_a_link_is_not_followed(tmp_path):
    with tarfile.open(tmp_path / ARCHIVE, "w:gz") as tar:
        for name in BATCHES:
            info = tarfile.TarInfo(f"{UNPACKED}/{name}")
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(info)
    with failed("damaged", says=f"holds no {UNPACKED}/data_batch_1.bin"):
        load_cifar(tmp_path)


def test_an_archive_of_absurd_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar, "ARCHIVE_BYTES", 100_000)
    with failed("damaged", says="more than 100,000 bytes"):
        load_cifar(write_layout("archive", tmp_path))


BAD_FILES = {
    "cut": (CONTENT[BATCHES[2]][:-1], "61,459 bytes are not a whole number"),
    "empty": (b"", "0 bytes"),
    "class": (bytes([10]) + CONTENT[BATCHES[2]][1:], "class 10 found"),
}


@pytest.mark.parametrize("content, says", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_named(tmp_path, content, says):
    write_archive(tmp_path / ARCHIVE, archive_members(**{BATCHES[2]: content}))
    with failed("damaged", says=f"{ARCHIVE}: data_batch_3.bin: .*{says}"):
        load_cifar(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    folder = write_layout("unpacked itself", tmp_path)
    (folder / BATCHES[4]).unlink()
    with failed("missing", says="data_batch_5.bin"):
        load_cifar(folder)


@pytest.mark.parametrize("keep", [1000, -1000])
def test_a_cut_archive_is_named(tmp_path, keep):
    archive = write_archive(tmp_path / ARCHIVE, archive_members())
    archive.write_bytes(archive.read_bytes()[:keep])
    with failed("damaged"):
        load_cifar(tmp_path)


def test_the_layout_that_needs_pickle_is_not_read(tmp_path):
    (tmp_path / "cifar-10-batches-py").mkdir()
    (tmp_path / "cifar-10-batches-py/data_batch_1").write_bytes(pickle.dumps({"labels": [0]}))
    with refused("--data-dir"):
        load_cifar(tmp_path)
