import shutil

import numpy as np
import pytest
from PIL import Image

from ms_gan.config.translation_sections import PairsConfig
from ms_gan.data import load
from ms_gan.data.expected import expected
from ms_gan.data.two_folders import held_out_names
from ms_gan.errors import GanError, UsageError
from tests.data.two_sides import fill, numbered, side_by_side, values


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path):
    return tmp_path / "pictures"


def pairs(**options):
    options = {name: str(value) if name in ("a", "b", "dir") else value for name, value in options.items()}
    config = PairsConfig(image_size=8, **options)
    data = load(config, 0)
    assert expected(config).shape == data.images.shape[1:] and (expected(config).most or 1000) >= len(data.images)
    return data


def match(data):
    """Whether each target is the negative of its input, in the order of the names, the held-out ones too."""
    parts = [data] if data.held_out is None else [data, data.held_out]
    assert all(list(part.names) == sorted(part.names) for part in parts)
    return all(
        values(part.inputs) == numbered(part.names) and values(part.images) == numbered(part.names, True)
        for part in parts
    )


def test_partners_have_the_same_name_whatever_their_ending_and_nesting(root):
    fill(root / "sketches/deep", range(20))
    fill(root / "photos/deep", range(20), True, ending="bmp")
    data = pairs(a=root / "sketches", b=root / "photos")
    assert match(data) and len(data.names) + len(data.held_out.names) == 20 and len(data.held_out.names) > 0
    assert data.name == f"pairs in sketches and photos, {len(data.names)} pairs" and data.notices == ()
    assert isinstance(data.images, np.memmap) and isinstance(data.held_out.inputs, np.memmap)
    assert set(data.arrays) == {"images", "inputs"}
    back = pairs(a=root / "photos", b=root / "sketches", direction="ba")
    assert match(back) and back.names == data.names


@pytest.mark.parametrize("layout", ["trainA", "train_a", "A", "A/train", "inside"])
def test_subfolders_tell_the_sides_apart(root, layout):
    first, test = {
        "trainA": ("trainA", "testA"), "train_a": ("train_a", "val_a"), "A": ("A", None),
        "A/train": ("A/train", "A/val"), "inside": ("maps/trainA", "maps/testA"),
    }[layout]  # fmt: skip
    for folder, names in ((first, range(9)), (test, range(20, 24))):
        if folder:
            fill(root / folder, names)
            fill(root / folder.replace("A", "B").replace("_a", "_b"), names, True)
    data = pairs(dir=root)
    assert match(data)
    if test:
        assert len(data.names) == 9 and len(data.held_out.names) == 4
    else:
        assert len(data.names) + len(data.held_out.names) == 9


def test_files_with_both_pictures_side_by_side(root):
    side_by_side(root / "train", range(9))
    side_by_side(root / "test", range(20, 23), (25, 12))
    data = pairs(dir=root)
    assert match(data) and len(data.names) == 9 and len(data.held_out.names) == 3
    assert len(pairs(dir=root, limit=4).names) == 4
    back = pairs(dir=root, direction="ba")
    assert np.array_equal(back.images, data.inputs) and np.array_equal(back.inputs, data.images)
    Image.new("RGB", (30, 12)).save(root / "train/odd.png")
    data = pairs(dir=root)
    assert match(data) and "odd.png (30x12 pixels are not twice as wide as high)" in data.notices[0]


def test_one_folder_whose_pictures_are_degraded(root):
    fill(root, range(20))
    data = pairs(dir=root, degrade="mask")
    assert data.inputs is None and values(data.images) == numbered(data.names) and set(data.arrays) == {"images"}
    assert data.held_out.names and not set(data.names) & set(data.held_out.names)
    digits = load(PairsConfig(source="synthetic", limit=30, degrade="jpeg"), 0)
    everything = load(PairsConfig(source="synthetic", limit=30, degrade="jpeg", held_out=0), 0)
    assert everything.held_out is None and len(everything.images) == 30 and digits.images.shape[1:] == (1, 28, 28)
    for part in (digits, digits.held_out):
        assert np.array_equal(part.images, everything.images[[int(name) for name in part.names]])


def test_a_pair_of_which_one_picture_cannot_be_read_is_left_out(root):
    fill(root / "a", range(20))
    fill(root / "b", range(20), True)
    (root / "a/3.png").write_bytes(b"broken")
    (root / "b/7.png").write_bytes((root / "b/7.png").read_bytes()[:40])
    (root / "b/11.txt").write_text("a note")
    for _ in range(2):  # decoded, and from the cache
        data = pairs(dir=root)
        assert match(data) and not {"3", "7"} & {*data.names, *data.held_out.names}
        assert len(data.names) + len(data.held_out.names) == 18 and "2 pairs left out" in data.notices[-1]
    for number in range(8, 14):
        (root / f"a/{number}.png").write_bytes(b"broken")
    with pytest.raises(GanError, match="8 of 20 pairs cannot be read"):
        pairs(dir=root)
    for number in range(20):
        (root / f"a/{number}.png").write_bytes(b"broken")
    with pytest.raises(GanError, match="20 of 20 pairs cannot be read"):
        pairs(dir=root, max_unreadable=1.0)


def test_pictures_without_a_partner_are_left_out_and_named(root):
    fill(root / "a", range(12))
    fill(root / "b", range(3, 20), True)
    data = pairs(a=root / "a", b=root / "b")
    assert match(data) and len(data.names) + len(data.held_out.names) == 9
    assert "3 without a partner left out: 0, 1, 2" in data.notices[0] and "--data.a" in data.notices[0]
    assert "8 without a partner" in data.notices[1] and "and 3 more" in data.notices[1]


def test_partners_of_different_shapes_are_told(root):
    fill(root / "a", range(5))
    fill(root / "b", range(5), True, size=(24, 24))
    assert pairs(dir=root).notices == ()
    fill(root / "b", [3], True, size=(30, 12))
    assert "1 of 5 pairs" in pairs(dir=root).notices[0] and "3 12x12 and 30x12" in pairs(dir=root).notices[0]


def test_zip_files_are_unpacked(root, tmp_path):
    fill(root / "A", range(9))
    fill(root / "B", range(9), True)
    zips = {name: shutil.make_archive(tmp_path / name, "zip", root, name) for name in ("A", "B")}
    both = shutil.make_archive(tmp_path / "both", "zip", tmp_path, "pictures")
    assert match(pairs(a=zips["A"], b=zips["B"])) and match(pairs(dir=both))
    assert len(pairs(dir=zips["A"], degrade="mask", held_out=0).names) == 9


WRONG = {
    "neither": ({}, "--data.a, --data.b: two folders are needed, or --data-dir with subfolders trainA and trainB"),
    "one": ({"a": "a"}, "--data.b: is missing; two folders"),
    "both": ({"a": "a", "b": "b", "dir": "a"}, "--data-dir: cannot be combined"),
    "gone": ({"a": "a", "b": "nowhere"}, "--data.b: .*nowhere does not exist; give an existing folder"),
    "file": ({"a": "a/1.png", "b": "b"}, "--data.a: .*1.png is a file, not a folder"),
    "empty": ({"a": "a", "b": "notes"}, "--data.b: .*notes holds no images.*there are: .txt 1"),
    "alone": ({"a": "a", "b": "others"}, "no picture has a partner: .*--data.a .*has 0.*--data.b .*has x8"),
    "twice": ({"a": "a", "b": "twice"}, "--data.b .*: 1.bmp and 1.png have the same name but for the ending"),
    "single": ({"a": "a", "b": "single"}, "only one pair"),
    "no side": ({"dir": "half"}, "--data-dir: .*half has no pictures in trainB; it should have subfolders"),
    "squares": (
        {"dir": "a"},
        "--data-dir: .*a holds no pairs: .*subfolders trainA.*twice as wide as high.*data.degrade",
    ),
    "degraded": ({"a": "a", "b": "b", "degrade": "jpeg"}, "data.degrade: jpeg makes the inputs .*--data-dir"),
    "degrade what": ({"degrade": "jpeg"}, "--data-dir"),
    "strength": ({"dir": "a", "degrade": "jpeg", "strength": 0.5}, "data.strength: 0.5 is not allowed"),
    "attack": ({"dir": "a", "degrade": "attack"}, "data.degrade: attack needs a classifier.*set data.source to mnist"),
    "grey": ({"dir": "a", "degrade": "grey", "channels": "grey"}, "data.degrade: grey needs pictures in colour"),
    "source": ({"source": "synthetic"}, "data.source: synthetic has no pairs; set data.degrade"),
    "source and a": ({"source": "synthetic", "degrade": "mask", "a": "a"}, "data.source: synthetic is not read from"),
    "all held out": ({"dir": "tests"}, "all pictures lie in folders that are held out"),
    "classes": ({"a": "a", "b": "b", "classes": ["cat"]}, "data.classes: "),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_folders_is_said(root, case):
    fill(root / "a", range(6))
    fill(root / "b", range(6), True)
    fill(root / "others", ["x8", "x9"])
    fill(root / "twice", range(3))
    fill(root / "twice", [1], ending="bmp")
    fill(root / "single", [3])
    fill(root / "half/trainA", range(3))
    fill(root / "tests/val/A", range(3))
    (root / "tests/val/A").rename(root / "tests/val/x")
    (root / "notes").mkdir()
    (root / "notes/1.txt").write_text("x")
    options, message = WRONG[case]
    options = {name: str(root / value) if name in ("a", "b", "dir") else value for name, value in options.items()}
    if case == "all held out":
        options["degrade"] = "mask"
    with pytest.raises(UsageError, match=message):
        load(PairsConfig(image_size=8, **options), 0)


def test_names_held_out_stay_so_when_others_come_and_go():
    names = [f"picture {number}" for number in range(1000)]
    held = held_out_names(names, 0.1)
    assert 60 < len(held) < 140 and held == held_out_names(names[::-1], 0.1)
    assert held_out_names(names[:500], 0.1) == held & set(names[:500]) and held < held_out_names(names, 0.3)
    assert held_out_names(names, 0) == set() and len(held_out_names(names[:2], 0.01)) == 1
    assert all(1 <= len(held_out_names(names[start : start + 2], 0.5)) <= 1 for start in range(50))
    assert held_out_names([*names, "test/1", "Val/2", "test"], 0.1) == {"test/1", "Val/2"}
