import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from ms_gan.data.inspect import main


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "pictures"
    (root / "more").mkdir(parents=True)
    Image.new("RGB", (100, 80), "red").save(root / "red.png")
    shutil.copy(root / "red.png", root / "more/again.png")
    Image.new("L", (20, 30), 128).save(root / "grey.jpg")
    (root / "broken.png").write_bytes((root / "red.png").read_bytes()[:-30])
    return root


def test_a_folder_is_described(folder, tmp_path, capsys):
    assert main([str(folder), "--sheet", str(tmp_path / "sheet.png")]) == 0
    said = capsys.readouterr().out
    for expected in (
        "4 image files", "PNG 2, JPEG 1", "RGB 2, L 1", "100x80 2, 20x30 1", "smallest 20x30, largest 100x80",
        "too small   1", "broken      1: broken.png (", "duplicates  1: more/again.png = red.png",
        "sheet.png (3 images",
    ):  # fmt: skip
        assert expected in said
    assert (np.asarray(Image.open(tmp_path / "sheet.png")) == (255, 0, 0)).all(axis=2).sum() == 2 * 64 * 64


def test_classes_are_counted(folder, tmp_path, capsys):
    sheet = ["--sheet", str(tmp_path / "sheet.png")]
    assert main([str(folder), *sheet]) == 0
    assert "classes     none to learn by: --data-dir: 2 of images in pictures, 3 images lie" in capsys.readouterr().out
    for number in range(22):
        (folder / "cats").mkdir(exist_ok=True)
        Image.new("L", (9, 9), number).save(folder / "cats" / f"{number}.png")
    for name in ("red.png", "broken.png"):
        (folder / name).rename(folder / "more" / name)
    (folder / "grey.jpg").unlink()
    assert main([str(folder), *sheet]) == 0
    said = capsys.readouterr().out
    assert "classes     cats 22, more 2\n" in said and "note        classes are uneven: cats has 22 " in said
    shutil.move(folder / "cats", tmp_path / "flat")
    assert main([str(tmp_path / "flat"), *sheet]) == 0
    assert "classes     none\n" in capsys.readouterr().out


def test_a_folder_of_broken_files_is_described(folder, tmp_path, capsys):
    for name in ("red.png", "more/again.png", "grey.jpg"):
        (folder / name).unlink()
    assert main([str(folder), "--sheet", str(tmp_path / "sheet.png")]) == 0
    assert "broken      1" in capsys.readouterr().out and not (tmp_path / "sheet.png").exists()


@pytest.mark.parametrize("name, says", [("nowhere", "no such folder"), ("empty", "no images in it")])
def test_nothing_to_describe_is_wrong_usage(tmp_path, name, says):
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "ms_gan.data.inspect", str(tmp_path / name)], capture_output=True, text=True
    )
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1


def test_the_sheet_is_not_written_over_a_picture_but_over_an_older_sheet(folder, capsys):
    assert main([str(folder), "--sheet", str(folder / "red.png")]) == 2
    assert "is one of the pictures, which would be overwritten" in capsys.readouterr().err
    for _ in range(2):
        assert main([str(folder), "--sheet", str(folder / "sheet.png")]) == 0


def test_own_sheets_are_neither_counted_nor_broken(folder, capsys):
    sheet = folder / "sheet.png"
    for _ in range(2):
        assert main([str(folder), "--sheet", str(sheet)]) == 0
        said = capsys.readouterr().out
        assert "4 image files" in said and "broken      1: broken.png (" in said
        assert f"note        {sheet} lies among the pictures; ms_gan ignores it" in said
    assert "note        left out because ms_gan made them: sheet.png" in said
