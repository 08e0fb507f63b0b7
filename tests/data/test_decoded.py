import json
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from PIL import Image

from ms_gan.data import decoded as module
from ms_gan.data.decoded import ABOUT, PIXELS, Recipe, decoded
from ms_gan.data.folder import find_pictures
from ms_gan.errors import GanError

RECIPE = Recipe(8, 3, (255, 255, 255))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures").mkdir()
    for number in range(5):
        Image.new("RGB", (9, 9), (number,) * 3).save(tmp_path / f"pictures/{number}.png")
    return tmp_path / "pictures"


def get(folder, recipe=RECIPE):
    return decoded(folder, find_pictures(folder), recipe, folder.parent / "cache")


def kept(folder):
    """The folders in the cache that are complete."""
    return sorted(path.parent for path in (folder.parent / "cache").glob(f"*/{ABOUT}"))


def test_options_and_contents_are_the_key(folder):
    get(folder)
    get(folder, Recipe(8, 1, (255, 255, 255)))
    get(folder, Recipe(9, 3, (255, 255, 255)))
    get(folder, Recipe(8, 3, (0, 0, 0)))
    assert len(kept(folder)) == 4
    Image.new("RGB", (30, 30), (200,) * 3).save(folder / "0.png")
    assert get(folder).images[0, 0, 0, 0] == 200
    (folder / "0.png").rename(folder / "9.png")
    assert get(folder).images[4, 0, 0, 0] == 200


def test_a_copy_of_the_folder_needs_no_decoding(folder, monkeypatch):
    get(folder)
    shutil.copytree(folder, folder.parent / "copy")
    monkeypatch.setattr(module, "_make", lambda *_: pytest.fail("decoded again"))
    assert len(get(folder.parent / "copy").images) == 5


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
    files = find_pictures(folder)
    (folder / "2.png").rename(folder.parent / "away.png")
    result = decoded(folder, files, RECIPE, folder.parent / "cache")
    assert len(result.images) == 4 and result.failures[0].name == "2.png"
    (folder.parent / "away.png").rename(folder / "2.png")
    assert len(decoded(folder, files, RECIPE, folder.parent / "cache").images) == 5


def test_a_full_disk_is_seen_beforehand(folder, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1000, 900, 100))
    with pytest.raises(GanError, match="takes 960 bytes, 100 are free; set MS_GAN_CACHE"):
        get(folder)


def test_two_processes_at_once_decode_once(folder):
    program = textwrap.dedent(f"""
        from pathlib import Path
        from ms_gan.data.decoded import Recipe, decoded
        from ms_gan.data.folder import find_pictures
        folder = Path({str(folder)!r})
        print(decoded(folder, find_pictures(folder), {RECIPE!r}, folder.parent / "cache").images.sum())
    """)
    run = [subprocess.Popen([sys.executable, "-c", program], stdout=-1, stderr=-1, text=True) for _ in range(2)]
    ends = [process.communicate(timeout=60) for process in run]
    assert [out for out, _ in ends] == [f"{10 * 3 * 64}\n"] * 2
    assert sum("Decoding 5 pictures" in err for _, err in ends) == 1
