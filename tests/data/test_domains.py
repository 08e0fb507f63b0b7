import numpy as np
import pytest

from ms_gan.config.translation_sections import TwoFoldersConfig
from ms_gan.data import load
from ms_gan.data.expected import expected
from tests.data.two_sides import fill, numbered, values
from tests.refusals import failed, refused


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))


def domains(**options):
    return load(TwoFoldersConfig(image_size=8, **{name: str(value) for name, value in options.items()}), 0)


def belong(part):
    return values(part.images) == numbered(part.names) and values(part.other) == numbered(part.other_names, True)


def test_two_folders_hold_out_the_same_names(tmp_path):
    fill(tmp_path / "a", range(40))
    fill(tmp_path / "b", range(10, 51), True, ending="bmp")
    data = domains(a=tmp_path / "a", b=tmp_path / "b")
    held = data.held_out
    assert belong(data) and belong(held) and set(data.arrays) == {"images", "other"}
    assert len(data.names) + len(held.names) == 40 and len(data.other_names) + len(held.other_names) == 41
    # A picture of one side must not be learnt where its partner, should there be one, is held out.
    assert not {*data.names, *data.other_names} & {*held.names, *held.other_names}
    assert isinstance(data.other, np.memmap) and isinstance(held.images, np.memmap)
    assert data.name == f"images in a and b, {len(data.names)} of a and {len(data.other_names)} of b"
    most = expected(TwoFoldersConfig(image_size=8, a=str(tmp_path / "a"), b=str(tmp_path / "b")))
    assert most == ((3, 8, 8), max(len(data.names), len(data.other_names)))


def test_subfolders_for_training_and_test(tmp_path):
    for folder, names in (("train", range(9)), ("test", range(20, 23))):
        fill(tmp_path / f"{folder}A", names)
        fill(tmp_path / f"{folder}B", list(names)[1:], True)
    (tmp_path / "trainB/broken.png").write_bytes(b"x")
    data = load(TwoFoldersConfig(image_size=8, dir=str(tmp_path), limit=6, max_unreadable=0.5), 0)
    assert belong(data) and belong(data.held_out) and data.names == tuple(f"train/{number}" for number in range(6))
    assert data.held_out.other_names == ("test/21", "test/22")
    for path in (tmp_path / "testA").iterdir():
        path.unlink()
    (tmp_path / "trainB/broken.png").unlink()
    held = domains(dir=tmp_path).held_out  # chosen by name where a side has no folder of its own for it
    assert belong(held) and len(held.names) == 1 and set(held.other_names) == {"test/21", "test/22", *held.names}
    (tmp_path / "trainB/broken.png").write_bytes(b"x")
    with failed("unreadable", says="1 of 11 image files .*broken.png"):
        load(TwoFoldersConfig(image_size=8, dir=str(tmp_path), max_unreadable=0.01), 0)


def test_a_source_without_sides_is_set_against_its_negatives():
    data = load(TwoFoldersConfig(source="synthetic", limit=40), 0)
    assert data.images.shape[1:] == (1, 28, 28) and data.images.mean() < 80 < 170 < data.other.mean()
    assert not set(data.names) & set(data.other_names) and "negatives" in data.title
    assert np.array_equal(data.held_out.other, 255 - data.held_out.images)
    with refused("data.source"):
        load(TwoFoldersConfig(source="synthetic", a="x", b="y"), 0)


def test_a_folder_without_sides_is_refused(tmp_path):
    fill(tmp_path / "x", range(5))
    fill(tmp_path / "tests/valA", range(3))
    fill(tmp_path / "tests/valB", range(3))
    with refused("--data-dir", says="should have subfolders trainA and trainB .*; or name --data.a DIR"):
        domains(dir=tmp_path / "x")
    with refused("--data-dir", says="all of 3 are held out"):
        domains(dir=tmp_path / "tests")
    with refused("data.classes"):
        load(TwoFoldersConfig(a=str(tmp_path / "x"), b=str(tmp_path / "x"), classes=["x"]), 0)
