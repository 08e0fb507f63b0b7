import json
import os
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from PIL import Image

from ms_gan.data import decoded as module
from ms_gan.data.decoded import ABOUT, PIXELS, Decoding, decoded
from ms_gan.data.folder import find_pictures
from tests.refusals import failed

RECIPE = Decoding(8, 3, (255, 255, 255))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures").mkdir()
    for number in range(5):
        Image.new("RGB", (9, 9), (number,) * 3).save(tmp_path / f"pictures/{number}.png")
    return tmp_path / "pictures"


def get(folder, recipe=RECIPE):
    return decoded(folder, find_pictures(folder).files, recipe, folder.parent / "cache")


def kept(folder):
    """The folders in the cache that are complete."""
    return sorted(path.parent for path in (folder.parent / "cache").glob(f"*/{ABOUT}"))


def test_options_and_contents_are_the_key(folder):
    get(folder)
    get(folder, Decoding(8, 1, (255, 255, 255)))
    get(folder, Decoding(9, 3, (255, 255, 255)))
    get(folder, Decoding(8, 3, (0, 0, 0)))
    assert len(kept(folder)) == 4
    Image.new("RGB", (30, 30), (200,) * 3).save(folder / "0.png")
    assert get(folder).images[0, 0, 0, 0] == 200
    (folder / "0.png").rename(folder / "9.png")
    assert get(folder).images[4, 0, 0, 0] == 200


def picture(folder, name, value):
    """A picture of one colour, as an archive that gives all files the same time leaves it."""
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (40, 40), (value,) * 3).save(folder / name)
    os.utime(folder / name, (500_000_000, 500_000_000))


def test_a_description_that_does_not_fit_the_files_is_made_anew(folder):
    (folder / "2.png").write_bytes(b"x")
    assert len(get(folder).failures) == 1
    about = kept(folder)[0] / ABOUT
    about.write_text(json.dumps({**json.loads(about.read_text()), "failures": []}))
    assert [failure.name for failure in get(folder).failures] == ["2.png"]


def test_folders_with_the_same_names_sizes_and_times_keep_their_own_pictures(tmp_path):
    for name, value in (("red", 200), ("blue", 10)):
        picture(tmp_path / name, "0.bmp", value)
    assert get(tmp_path / "red").images[0, 0, 0, 0] == 200
    assert get(tmp_path / "blue").images[0, 0, 0, 0] == 10


def test_a_file_that_changes_but_not_its_size_and_time_is_decoded_anew(tmp_path):
    for value in (200, 10):
        picture(tmp_path / "pictures", "0.bmp", value)
        assert get(tmp_path / "pictures").images[0, 0, 0, 0] == value


@pytest.mark.parametrize("side", [64, 300])
def test_a_file_of_which_only_the_middle_changes_is_decoded_anew(tmp_path, side):
    """As in frames with a border, and icons on white ground."""
    for value in (200, 10):
        image = Image.new("RGB", (side, side), "white")
        image.paste((value,) * 3, (side // 4, side // 2 - 5, 3 * side // 4, side // 2 + 5))
        (tmp_path / "pictures").mkdir(exist_ok=True)
        image.save(tmp_path / "pictures" / "0.bmp")
        os.utime(tmp_path / "pictures" / "0.bmp", (500_000_000, 500_000_000))
        seen = get(tmp_path / "pictures", Decoding(side, 3, (255, 255, 255))).images[0, 0, side // 2, side // 2]
        assert seen == value


def test_what_one_pillow_cannot_read_another_may(folder, monkeypatch):
    get(folder)
    monkeypatch.setattr(module.PIL, "__version__", "99.0")
    get(folder)
    assert len(kept(folder)) == 2


@pytest.mark.parametrize("damage", ["cut pixels", "cut text", "other text", "no pixels"])
def test_a_damaged_cache_is_made_anew(folder, damage):
    expected = get(folder).images.copy()
    (place,) = kept(folder)
    if damage == "cut pixels":
        (place / PIXELS).write_bytes(b"x" * 100)
    elif damage == "no pixels":
        (place / PIXELS).unlink()
    else:
        (place / ABOUT).write_text('{"images":' if damage == "cut text" else json.dumps({"images": 5}))
    np.testing.assert_array_equal(get(folder).images, expected)


def test_a_crash_leaves_nothing_that_is_taken_for_whole(folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(module, "put_in_place", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            get(folder)
    assert kept(folder) == []
    assert len(get(folder).images) == 5


def test_a_failure_that_may_pass_is_tried_again(folder):
    files = find_pictures(folder).files
    (folder / "2.png").rename(folder.parent / "away.png")
    result = decoded(folder, files, RECIPE, folder.parent / "cache")
    assert len(result.images) == 4 and result.failures[0].name == "2.png"
    (folder.parent / "away.png").rename(folder / "2.png")
    assert len(decoded(folder, files, RECIPE, folder.parent / "cache").images) == 5


def test_a_full_disk_is_seen_beforehand(folder, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1000, 900, 100))
    with failed("space", says="takes 960 bytes, 100 are free; set MS_GAN_CACHE"):
        get(folder)


def test_two_processes_at_once_decode_once(folder):
    program = textwrap.dedent(f"""
        from pathlib import Path
        from ms_gan.data.decoded import Decoding, decoded
        from ms_gan.data.folder import find_pictures
        folder = Path({str(folder)!r})
        print(decoded(folder, find_pictures(folder).files, {RECIPE!r}, folder.parent / "cache").images.sum())
    """)
    run = [subprocess.Popen([sys.executable, "-c", program], stdout=-1, stderr=-1, text=True) for _ in range(2)]
    ends = [process.communicate(timeout=60) for process in run]
    assert [out for out, _ in ends] == [f"{10 * 3 * 64}\n"] * 2
    assert sum("Decoding 5 pictures" in err for _, err in ends) == 1
