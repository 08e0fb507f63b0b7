import re
import resource
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.infer import main
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import open_generator
from ms_gan.generators.weights import save_weights
from ms_gan.pictures import grids
from ms_gan.pictures.pixels import to_uint8


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
        (["--ckpt", "{run}", "--output", "x.jpeg"], ".jpeg is an unknown format"),
        (["--ckpt", "{run}", "--output", "x.gif"], "add --interpolate"),
        (["--ckpt", "{run}", "--interpolate", "4", "--output", "x.npy"], "writes a .png, .gif, .webp or .mp4"),
        (["--ckpt", "{run}", "--num", "10001", "--output", "x.png"], "at most 10,000 images"),
        (["--ckpt", "{run}", "--output", "{run}"], "is not empty"),
        (["--ckpt", "{run}", "--seed", "1", "--seeds", "3"], "--seed: cannot be combined with --seeds; remove one of"),
        (["--ckpt", "{run}", "--num", "1", "--latents", "x.npy"], "--num: cannot be combined with --latents"),
        (["--ckpt", "{run}", "--latents", "x.npy"], "--latents x.npy: no such file"),
        (
            ["--ckpt", "{run}", "--seeds", "1,", "--output", "x.npy"],
            "--seeds: '' is not a seed; allowed: a list such as",
        ),
        (["--ckpt", "{run}", "--seeds", "0-200", "--num", "50"], "at most 10,000 images, not 10,050"),
        (["--ckpt", "{run}", "--seeds", "3", "--interpolate", "4"], "a walk needs two seeds or more"),
        (["--ckpt", "{run}", "--truncation", "0.5,3"], "--truncation: '0.5,3' is not allowed; allowed: at most 100"),
        (["--ckpt", "{run}", "--truncation", "0.5,1", "--interpolate", "4"], "a walk takes one factor"),
        (["--ckpt", "{run}", "--num", "8", "--project", "x.png"], "--num: cannot be combined with --project"),
        (["--ckpt", "{run}", "--project", "x.png"], "--project x.png: no such file"),
        (["--ckpt", "{run}", "--project", "x.png", "--output", "x.npy"], "--project writes a .png, with the latent"),
        (["--ckpt", "{run}/config.yaml", "--project", "x.png"], "needs a run folder or a .ckpt"),
    ],
)
def test_usage_errors(trained, capsys, tmp_path, monkeypatch, argv, message):
    monkeypatch.chdir(tmp_path)
    assert main([part.format(run=trained) for part in argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_one_image_of_each_seed_or_more(trained, tmp_path):
    sampler = open_generator(trained)
    wanted = np.concatenate([sampler.samples(seed, 3) for seed in (5, 0, 1, 2)])
    flags = ["--ckpt", str(trained), "--seeds", "5,0-2", "--output"]
    assert main([*flags, str(tmp_path / "one.npy")]) == 0
    assert np.array_equal(np.load(tmp_path / "one.npy"), wanted[::3, 0])
    assert main([*flags, str(tmp_path / "rows.png"), "--num", "3"]) == 0
    with Image.open(tmp_path / "rows.png") as picture:
        assert np.array_equal(np.asarray(picture), grids.grid(wanted, columns=3)[0])


def test_a_grid_of_truncations(trained, tmp_path):
    sampler = open_generator(trained)
    latents = sample_latents(3, 0, 2, sampler.card.latent)
    wanted = to_uint8(sampler.generate(np.stack([latents[0] / 2, latents[0], latents[1] / 2, latents[1]])))
    flags = ["--ckpt", str(trained), "--seed", "3", "--num", "2", "--truncation"]
    assert main([*flags, "0.5,1", "--output", str(tmp_path / "grid.png")]) == 0
    with Image.open(tmp_path / "grid.png") as picture:
        assert np.array_equal(np.asarray(picture), grids.grid(wanted, columns=2)[0])
    assert main([*flags, "0.5", "--output", str(tmp_path / "half.npy")]) == 0
    assert np.array_equal(np.load(tmp_path / "half.npy"), wanted[::2, 0])


def test_walks_through_seeds_and_latents_of_a_file(trained, tmp_path, capsys):
    sampler = open_generator(trained)
    np.save(tmp_path / "own.npy", sample_latents(9, 1, 1, sampler.card.latent))
    flags = ["--ckpt", str(trained), "--interpolate", "4", "--output"]
    assert main([*flags, str(tmp_path / "a.gif"), "--seeds", "0,3,5", "--num", "2"]) == 0
    assert "2 walks through 3 latents in" in capsys.readouterr().out
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 12  # back to the first seed, which is not shown twice
        first = np.asarray(film.convert("L"))
    assert np.array_equal(first, grids.grid(sampler.samples(0, 2))[0])
    assert main([*flags, str(tmp_path / "b.png"), "--latents", str(tmp_path / "own.npy"), "--seeds", "3,5"]) == 0
    with Image.open(tmp_path / "b.png") as picture:
        sheet = np.asarray(picture)
    assert sheet.shape == (2 * 30 + 2, 4 * 30 + 2)
    assert np.array_equal(sheet[2:30, 2:30], sampler.samples(9, 2)[1, 0])
    assert np.array_equal(sheet[32:60, 2:30], sampler.samples(3, 1)[0, 0])
    assert main([*flags, str(tmp_path / "c.png"), "--latents", str(tmp_path / "own.npy")]) == 2
    assert "a walk needs two; add --seeds 0" in capsys.readouterr().err


def test_the_kind_of_interpolation(trained, tmp_path):
    flags = ["--ckpt", str(trained), "--num", "1", "--interpolate", "3", "--output", str(tmp_path / "a.png")]
    sampler = open_generator(trained)
    middle = sample_latents(0, 0, 2, sampler.card.latent).mean(0, keepdims=True)
    assert main([*flags, "--interpolation", "linear"]) == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert np.array_equal(np.asarray(picture)[2:30, 32:60], to_uint8(sampler.generate(middle))[0, 0])
    sampler.card.latent.distribution = "uniform"
    save_weights(tmp_path / "uniform.ckpt", [(p.name, p) for p in sampler.parameters()], sampler.card)
    flags[1] = str(tmp_path / "uniform.ckpt")
    assert main([*flags, "--interpolation", "spherical"]) == 2


def test_a_picture_is_found_and_used_again(trained, tmp_path, capsys):
    image = open_generator(trained).samples(4, 1)[0]
    grids.save_image(255 - image, tmp_path / "ink.png")
    found, again = tmp_path / "found.png", tmp_path / "again.npy"
    flags = ["--projection.steps", "40", "--projection.starts", "2", "--projection.invert", "true"]
    assert main(["--ckpt", str(trained), "--project", str(tmp_path / "ink.png"), *flags, "--output", str(found)]) == 0
    told = capsys.readouterr().out
    distances = [float(value) for value in re.findall(r"^ +([0-9.]+)  ", told, re.MULTILINE)]
    assert len(distances) == 4 and distances[0] < distances[1] < distances[2]
    assert (
        "the nearest other image of synthetic digits that no training sees (drawn, not handwritten), 1,000 images"
        in told
    )
    assert main(["--ckpt", str(trained), "--latents", str(tmp_path / "found.npy"), "--output", str(again)]) == 0
    with Image.open(found) as picture:
        sheet = np.asarray(picture)
    assert np.array_equal(sheet[2:30, 2:30], image[0])
    assert np.array_equal(sheet[2:30, -30:-2], np.load(again)[0])


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
