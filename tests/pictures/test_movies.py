import os
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image, ImageSequence

from ms_gan.pictures import movies
from tests.refusals import failed, refused

FFMPEG = """#!/bin/sh
printf '%s\\n' "$@" > {folder}/arguments
cat > {folder}/pixels
for last; do :; done
{end}
"""


def frames(channels=3, height=7, width=9):
    """Five frames, each of one shade."""
    return [np.full((channels, height, width), 50 * i, np.uint8) for i in range(5)]


@pytest.fixture
def ffmpeg(tmp_path, monkeypatch):
    """Makes a program of this name that keeps what it is given, and ends as told."""

    def install(end):
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "ffmpeg").write_text(FFMPEG.format(folder=folder, end=end))
        (folder / "ffmpeg").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        return folder

    return install


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("ending", [".gif", ".webp"])
def test_animations_repeat_and_keep_their_pace(tmp_path, ending, channels):
    path = tmp_path / f"film{ending}"
    movies.save_movie(frames(channels), path, seconds=0.5)
    with Image.open(path) as film:
        shades = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(film)]
        durations = [film.seek(i) or film.load() and film.info["duration"] for i in range(film.n_frames)]
        assert film.info["loop"] == 0
    assert durations == [100] * 5
    assert all((shade == 50 * i).all() for i, shade in enumerate(shades))


@pytest.mark.parametrize("channels, form", [(1, "gray"), (3, "rgb24")])
def test_an_mp4_is_made_of_raw_frames(tmp_path, ffmpeg, channels, form):
    folder = ffmpeg('echo film > "$last"')
    film = frames(channels)
    movies.save_movie(film, tmp_path / "film.mp4", seconds=0.5)
    arguments = (folder / "arguments").read_text().split()
    assert arguments[arguments.index("-s") + 1] == "9x7" and arguments[arguments.index("-framerate") + 1] == "10"
    assert arguments[arguments.index("-pix_fmt") + 1] == form
    assert (folder / "pixels").read_bytes() == b"".join(frame.transpose(1, 2, 0).tobytes() for frame in film)
    assert (tmp_path / "film.mp4").read_text() == "film\n"


def test_what_ffmpeg_complains_of_is_told_and_nothing_left(tmp_path, ffmpeg):
    folder = ffmpeg('echo half > "$last"; echo first >&2; echo no such encoder >&2; exit 3')
    with failed("unwritable", says=r"film.mp4: ffmpeg cannot write it \(no such encoder\)$"):
        movies.save_movie(frames(), tmp_path / "film.mp4", seconds=1)
    assert list(tmp_path.iterdir()) == [folder]


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with refused(code="uninstalled", says="apt install ffmpeg.*, or name a .gif or a .webp"):
        movies.save_movie(frames(), tmp_path / "film.mp4", seconds=1)
    monkeypatch.delitem(Image.SAVE_ALL, "WEBP", raising=False)
    with refused(code="uninstalled", says="WebP"):
        movies.check_movie(tmp_path / "film.webp")


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no ffmpeg on PATH")
def test_ffmpeg_itself_writes_a_movie_with_even_sides(tmp_path):
    path = tmp_path / "film.mp4"
    movies.save_movie(frames(), path, seconds=0.5)
    told = subprocess.run(["ffmpeg", "-hide_banner", "-i", str(path)], capture_output=True, text=True).stderr
    assert "yuv420p" in told and "10x8" in told and "10 fps" in told
