import resource
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.infer import main
from ms_gan.sampling import open_generator


def test_a_grid_an_array_and_a_folder_show_the_same_images(trained, tmp_path, capsys):
    for output in ("grid.png", "array.npy", "folder"):
        code = main(["--ckpt", str(trained), "--num", "70", "--seed", "3", "--output", str(tmp_path / output)])
        assert code == 0
        assert "70 images in" in capsys.readouterr().out
    array = np.load(tmp_path / "array.npy")
    assert array.shape == (70, 28, 28)
    assert np.array_equal(array[:, None], open_generator(trained).samples(3, 70))
    with Image.open(tmp_path / "grid.png") as picture:
        assert np.array_equal(np.asarray(picture)[32:60, 62:90], array[11])  # second row, third column of nine
    with Image.open(tmp_path / "folder" / "00069.png") as picture:
        assert np.array_equal(np.asarray(picture), array[69])


def test_walks(trained, tmp_path):
    flags = ["--ckpt", str(trained), "--num", "3", "--interpolate", "5", "--output"]
    assert main([*flags, str(tmp_path / "walks.png")]) == 0
    with Image.open(tmp_path / "walks.png") as picture:
        assert picture.size == (5 * 30 + 2, 3 * 30 + 2)
    assert main([*flags, str(tmp_path / "walks.gif")]) == 0
    with Image.open(tmp_path / "walks.gif") as film:
        assert film.n_frames == 8  # there and back


@pytest.mark.parametrize(
    "argv, message",
    [
        ([], "--ckpt is missing"),
        (["--ckpt", "absent"], "--ckpt absent: no such file or folder"),
        (["--ckpt", "{run}", "--num", "0"], "num: 0 is out of range; allowed: 1 to 100000000"),
        (["--ckpt", "{run}", "--output", "x.jpeg"], ".jpeg is not a known kind"),
        (["--ckpt", "{run}", "--output", "x.gif"], "add --interpolate"),
        (["--ckpt", "{run}", "--interpolate", "4", "--output", "x.npy"], "writes a .png or a .gif"),
        (["--ckpt", "{run}", "--num", "10001", "--output", "x.png"], "at most 10,000 images"),
        (["--ckpt", "{run}", "--output", "{run}"], "is not empty"),
        (["--ckpt", "{run}", "--seeds", "3"], "did you mean --seed?"),
    ],
)
def test_usage_errors(trained, capsys, tmp_path, monkeypatch, argv, message):
    monkeypatch.chdir(tmp_path)
    assert main([part.format(run=trained) for part in argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_memory_does_not_grow_with_the_number_of_images(trained, tmp_path):
    def peak(count):
        code = "import sys; from ms_gan.cli.infer import main; sys.exit(main(sys.argv[1:]))"
        output = str(tmp_path / f"{count}.npy")
        argv = [sys.executable, "-c", code, "--ckpt", str(trained), "--num", str(count), "--output", output]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        subprocess.run(argv, check=True, capture_output=True)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, before

    few, _ = peak(64)
    many, before = peak(100_000)
    assert before == few, "the measurement needs the small run to have been the largest child so far"
    assert np.load(tmp_path / "100000.npy", mmap_mode="r").shape == (100_000, 28, 28)
    assert many - few < 20 * 1024, f"{many - few} KiB more for 100,000 images of 784 bytes"
