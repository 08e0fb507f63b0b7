import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ms_gan.errors import GanError
from ms_gan.pictures import grids
from ms_gan.tasks.latent import TASK

ROOT = Path(__file__).resolve().parents[2]


def colours(count, channels=3):
    images = np.zeros((count, channels, 4, 6), np.uint8)
    images += np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1) * 10 + 100
    return images


def test_a_grid_puts_each_image_in_its_place():
    sheet = grids.grid(colours(5), columns=3)
    assert sheet.shape == (3, 2 * 6 + 2, 3 * 8 + 2)
    for i in range(5):
        top, left = (i // 3) * 6 + 2, (i % 3) * 8 + 2
        assert (sheet[:, top : top + 4, left : left + 6] == 100 + 10 * i).all()
    assert (sheet[:, 8:12, 18:24] == 32).all()


@pytest.mark.parametrize("channels, mode", [(1, "L"), (3, "RGB")])
def test_grids_are_saved_as_they_are(tmp_path, channels, mode):
    grids.save_grid(colours(4, channels), tmp_path / "grid.png")
    with Image.open(tmp_path / "grid.png") as picture:
        assert picture.mode == mode
        assert np.array_equal(
            np.asarray(picture).reshape(14, 18, channels), grids.grid(colours(4, channels)).transpose(1, 2, 0)
        )


@pytest.mark.parametrize("channels, shape", [(1, (5, 4, 6)), (3, (5, 4, 6, 3))])
def test_arrays_and_folders_hold_every_image(tmp_path, channels, shape):
    images = colours(5, channels)

    def blocks():
        return ((start, images[start : start + 2]) for start in range(0, 5, 2))

    grids.save_array(blocks(), images.shape, tmp_path / "images.npy")
    stored = np.load(tmp_path / "images.npy")
    assert stored.shape == shape and stored.dtype == np.uint8
    assert np.array_equal(stored.reshape(5, 4, 6, channels), images.transpose(0, 2, 3, 1))
    grids.save_folder(blocks(), 5, tmp_path / "folder")
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == [f"{i:05d}.png" for i in range(5)]
    with Image.open(tmp_path / "folder" / "00003.png") as picture:
        assert np.array_equal(np.asarray(picture), stored[3])


def test_a_failure_leaves_nothing_behind(tmp_path):
    def broken():
        yield 0, colours(2)
        raise GanError("no more")

    for save, path in ((grids.save_array, tmp_path / "a.npy"), (grids.save_folder, tmp_path / "folder")):
        with pytest.raises(GanError):
            save(broken(), (4, 3, 4, 6) if save is grids.save_array else 4, path)
    assert not list(tmp_path.iterdir())


def test_animations_thin_long_trainings(tmp_path):
    paths = []
    for i in range(250):
        paths.append(tmp_path / f"{i}.png")
        # Every frame differs: Pillow merges equal ones.
        Image.fromarray(np.full((4, 4), i, np.uint8)).save(paths[-1])
    grids.animate_files(paths, tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == grids.FRAMES
        film.seek(film.n_frames - 1)
        assert np.asarray(film.convert("L")).max() == 249


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_large_frames_are_made_smaller(tmp_path, monkeypatch, mode):
    monkeypatch.setattr(grids, "FRAME_PIXELS", 4 * 10 * 20)
    paths = [tmp_path / f"{i}.png" for i in range(4)]
    for i, path in enumerate(paths):
        Image.new(mode, (25, 50), i * 80 if mode == "L" else (i * 80, 0, 0)).save(path)
    grids.animate_files(paths, tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as film:
        assert film.size == (10, 20) and film.n_frames == 4


def test_losses_are_plotted(tmp_path):
    records = [{"epoch": e / 2, "loss_d": 1.0, "loss_g": e, "d_real": 0.6, "d_fake": 0.4} for e in range(1, 9)]
    charts = TASK.charts()
    grids.plot_curves(records, charts, tmp_path / "losses.png")
    with Image.open(tmp_path / "losses.png") as picture:
        assert picture.size == (800, 600)


@pytest.mark.parametrize(
    "variables",
    [
        {"MPLBACKEND": "module://matplotlib_inline.backend_inline"},
        {"MPLBACKEND": "nonsense"},
        {"MATPLOTLIBRC": "/no/such/file", "MPLCONFIGDIR": "/dev/null/x"},
        {"MATPLOTLIBRC": "own/matplotlibrc"},  # whose LaTeX is none
    ],
)
def test_what_others_set_for_matplotlib_stops_no_plot(tmp_path, variables):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/matplotlibrc").write_text("text.usetex: True\n")
    program = """
from pathlib import Path
from ms_gan.pictures.grids import new_figure, save_figure
figure = new_figure(1, 1)
figure.subplots().set_xlabel("epoch")
save_figure(figure, Path("a.png"))
"""
    environment = {**os.environ, **variables, "PYTHONPATH": str(ROOT), "PATH": ""}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "a.png").is_file()
