import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.infer import main

pytestmark = pytest.mark.usefixtures("device")


def infer(folder, output, *options):
    assert main(["--ckpt", str(folder), "--device", "CPU", "--output", str(output), *options]) == 0
    return output


def test_classes_are_rows_of_the_same_latents(conditional, tmp_path):
    each = np.load(infer(conditional, tmp_path / "rows.npy", "--classes", "3,7,1", "--num", "5"))
    assert each.shape == (15, 28, 28)
    again = np.load(infer(conditional, tmp_path / "seven.npy", "--classes", "7", "--num", "5"))
    assert np.array_equal(each[5:10], again) and not np.array_equal(each[:5], again)
    picture = Image.open(infer(conditional, tmp_path / "rows.png", "--classes", "3,7,1", "--num", "5"))
    assert picture.width / picture.height == pytest.approx(5 / 3, rel=0.05)


def test_seeds_and_stored_latents_go_through_all_classes(conditional, tmp_path):
    np.save(tmp_path / "latents.npy", np.random.default_rng(0).standard_normal((2, 8), np.float32))
    flags = ["--latents", str(tmp_path / "latents.npy")]
    found = np.load(infer(conditional, tmp_path / "a.npy", *flags, "--seeds", "1,4", "--classes", "all"))
    assert len(found) == 40
    assert main(["--ckpt", str(conditional), "--device", "CPU", *flags, "--output", str(tmp_path / "b.npy")]) == 2


def test_without_classes_samples_have_those_of_the_data(conditional, tmp_path):
    few = np.load(infer(conditional, tmp_path / "few.npy", "--num", "70"))
    many = np.load(infer(conditional, tmp_path / "many.npy", "--num", "90"))
    assert np.array_equal(many[:70], few)


@pytest.mark.parametrize("output, options", [
    ("walk.png", ["--class-walk", "4", "--num", "2"]),
    ("walk.gif", ["--class-walk", "3", "--classes", "1,2,0", "--num", "2"]),
    ("walk.gif", ["--interpolate", "3", "--classes", "1", "--num", "2"]),
    ("walk.png", ["--interpolate", "3", "--num", "2"]),
])  # fmt: skip
def test_walks_from_class_to_class_and_within_one(conditional, tmp_path, output, options):
    picture = Image.open(infer(conditional, tmp_path / output, *options))
    frames = getattr(picture, "n_frames", 1)
    assert frames == (1 if output.endswith("png") else 9 if "--class-walk" in options else 4)


def test_the_ends_of_a_class_walk_are_the_classes(conditional, tmp_path):
    walk = np.array(
        Image.open(infer(conditional, tmp_path / "walk.png", "--class-walk", "3", "--classes", "4,6", "--num", "1"))
    )
    ends = np.array(Image.open(infer(conditional, tmp_path / "ends.png", "--classes", "4,6", "--num", "1")))
    border = (walk.shape[1] - 3 * 28) // 4
    first, middle, last = (walk[border : border + 28, border + i * (28 + border) :][:, :28] for i in range(3))
    four, six = (ends[border + i * (28 + border) :][:28, border : border + 28] for i in range(2))
    assert np.array_equal(first, four) and np.array_equal(last, six)
    assert not np.array_equal(middle, four) and not np.array_equal(middle, six)


@pytest.mark.parametrize("options", [
    ["--classes", "10"], ["--classes", "1,2", "--interpolate", "3"], ["--classes", "1", "--class-walk", "3"],
    ["--class-walk", "3", "--interpolate", "3"], ["--classes", "1", "--truncation", "0.5,1"],
    ["--class-walk", "3", "--truncation", "0.5,1"],
])  # fmt: skip
def test_what_does_not_go_together_is_refused(conditional, tmp_path, options, capsys):
    assert main(["--ckpt", str(conditional), "--device", "CPU", "--output", str(tmp_path / "x.png"), *options]) == 2
    assert capsys.readouterr().err.startswith("error: --") and not (tmp_path / "x.png").exists()


def test_a_generator_without_classes_is_asked_for_none(trained, tmp_path, capsys):
    assert main(["--ckpt", str(trained), "--device", "CPU", "--classes", "1", "--output", str(tmp_path / "x.png")]) == 2
    assert "trained without classes" in capsys.readouterr().err


def test_a_picture_is_found_with_its_class(conditional, tmp_path, capsys):
    made = np.load(infer(conditional, tmp_path / "one.npy", "--classes", "6", "--num", "1"))
    Image.fromarray(made[0]).save(tmp_path / "one.png")
    infer(conditional, tmp_path / "found.png", "--project", str(tmp_path / "one.png"), "--projection.steps", "3")
    assert "--classes" in capsys.readouterr().out
