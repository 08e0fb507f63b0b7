import os
import time

import pytest
from filelock import FileLock
from PIL import Image

from ms_gan.cli.cache import main
from ms_gan.data.cache import DAY_SECONDS, everything_kept, mark_used
from ms_gan.data.decoded import ABOUT, Decoding, decoded
from ms_gan.data.folder import find_pictures


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache with decoded pictures, an extractor, statistics made by it, and a fetched data set, of increasing age."""
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path))
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (9, 9)).save(folder / "one.png")
    decoded(folder, find_pictures(folder).files, Decoding(8, 3, (0, 0, 0)), tmp_path / "pictures")
    features = tmp_path / "features" / "digits-1"
    features.mkdir(parents=True)
    names = ["weights.npz", "card.json", "moments-ab"]
    for days, path in enumerate([features / name for name in names] + [tmp_path / "data" / "mnist" / "train"], 9):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
        grow_old(path, days)
    return tmp_path


def grow_old(path, days):
    os.utime(path, (time.time() - days * DAY_SECONDS,) * 2)


def about():
    return [kept.about.split(" of ")[0] for kept in everything_kept()]


def test_what_was_not_used_for_longest_comes_first(cache, capsys):
    assert about() == ["statistics", "features digits-1", "1 decoded pictures"]
    assert [kept.size for kept in everything_kept()[:2]] == [1000, 2000]
    assert main([]) == 0
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == "        1 kB    11.0 days  statistics of real images, by digits-1"
    assert last.endswith(f" kept in {cache}")
    mark_used(cache / "features" / "digits-1" / "moments-ab")
    assert about()[0] == "features digits-1"


def test_only_what_is_old_goes_and_no_data_set(cache, capsys):
    assert main(["--prune", "10.5"]) == 0
    assert about() == ["features digits-1", "1 decoded pictures"]
    assert main(["--prune", "0"]) == 0
    assert about() == [] and [path.name for path in (cache / "data").rglob("t*")] == ["train"]
    assert not list((cache / "features").iterdir()) and not list((cache / "pictures").iterdir())
    assert capsys.readouterr().out.splitlines()[1] == f"1 kB removed in {cache}"


def test_a_clock_that_was_set_back_makes_nothing_younger_than_now(cache, capsys):
    for path in (path for path in cache.rglob("*") if path.is_file()):
        grow_old(path, -3)
    assert main([]) == 0
    assert "        1 kB     0.0 days  statistics of real images" in capsys.readouterr().out
    assert main(["--prune", "0"]) == 0
    assert about() == []


def test_what_is_used_stays(cache):
    (place,) = (cache / "pictures").iterdir()
    grow_old(place / ABOUT, 99)
    grow_old(place / "pixels.bin", 99)
    decoded(cache / "photos", find_pictures(cache / "photos").files, Decoding(8, 3, (0, 0, 0)), cache / "pictures")
    assert main(["--prune", "50"]) == 0 and place.exists()
    with FileLock(place / ".lock"):
        assert main(["--prune", "0"]) == 0
    assert (place / "pixels.bin").exists()


def test_usage(cache, capsys):
    assert main(["--prune", "-1"]) == 2
    assert capsys.readouterr().err == "error: --prune: -1 is not allowed; allowed: 0 or more days\n"
    assert main(["--prune", "nan"]) == 2
