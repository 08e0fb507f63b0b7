import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.infer import main
from ms_gan.cli.infer_translation import png_names
from ms_gan.generators.sampling import open_generator
from tests.generators.toy_translators import toy_run

RANDOM = np.random.default_rng(0)
MASK = {"name": "mask", "strength": 0.5}


def pixels(height, width, channels=3):
    return RANDOM.integers(0, 256, (height, width, channels), np.uint8)


def read(path):
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.fixture
def run(device, tmp_path):
    return toy_run(tmp_path / "run")


@pytest.fixture
def folder(tmp_path):
    """Pictures of several kinds: a turned JPEG, a half transparent one below, one that is broken, and a text."""
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    Image.fromarray(pixels(16, 30)).save(folder / "turned.jpg", exif=exif)
    Image.fromarray(pixels(21, 13, 4), "RGBA").save(folder / "below" / "clear.png")
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "about.txt").write_text("text")
    return folder


def test_a_folder_keeps_names_sizes_and_opacity(run, folder, tmp_path, capsys):
    assert main(["--ckpt", str(run), "--input", str(folder), "--output", str(tmp_path / "out")]) == 0
    told = capsys.readouterr()
    assert "2 pictures in" in told.out and "1 picture left out: broken.png: cannot be read" in told.err
    made = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.png"))
    assert made == ["below/clear.png", "turned.png"]
    assert read(tmp_path / "out" / "turned.png").shape == (30, 16, 3)
    clear = read(tmp_path / "out" / "below" / "clear.png")
    assert np.array_equal(clear[..., 3], read(folder / "below" / "clear.png")[..., 3])


def test_one_picture_is_what_the_generator_makes_of_it(run, tmp_path):
    picture = pixels(16, 20)
    Image.fromarray(picture).save(tmp_path / "in.png")
    for output in ("out.png", "out.npy"):
        assert main(["--ckpt", str(run), "--input", str(tmp_path / "in.png"), "--output", str(tmp_path / output)]) == 0
    translator = open_generator(run)
    expected = translator.finished(translator.prepared(picture.transpose(2, 0, 1))).transpose(1, 2, 0)
    assert np.array_equal(read(tmp_path / "out.png"), expected)
    assert np.array_equal(np.load(tmp_path / "out.npy"), expected[None])


def test_a_sheet_has_each_picture_beside_what_is_made_of_it(run, folder, tmp_path):
    assert main(["--ckpt", str(run), "--input", str(folder), "--output", str(tmp_path / "sheet.png")]) == 0
    sheet = read(tmp_path / "sheet.png")
    assert sheet.shape == (2 * (30 + 2) + 2, 2 * (16 + 2) + 2, 3)
    with Image.open(folder / "turned.jpg") as image:
        upright = np.asarray(image.transpose(Image.Transpose.ROTATE_270))
    assert np.array_equal(sheet[34:64, 2:18], upright)
    assert (sheet[2:32, 2] == 32).all()  # the other picture is narrower


def test_holes_by_transparency_and_by_a_mask(device, tmp_path):
    run = toy_run(tmp_path / "run", inputs=4, degrade=MASK)
    picture, hole = pixels(16, 16), np.zeros((16, 16), bool)
    hole[4:9, 5:10] = True
    Image.fromarray(picture).save(tmp_path / "whole.png")
    Image.fromarray(np.uint8(255 * hole)).save(tmp_path / "hole.png")
    alpha = np.uint8(255 * ~hole)[..., None]
    Image.fromarray(np.concatenate([picture, alpha], 2), "RGBA").save(tmp_path / "clear.png")
    for name, more in (("whole", ["--mask", str(tmp_path / "hole.png")]), ("clear", [])):
        argv = ["--ckpt", str(run), "--input", str(tmp_path / f"{name}.png"), *more]
        assert main([*argv, "--output", str(tmp_path / f"{name}-out.png")]) == 0
    whole, clear = read(tmp_path / "whole-out.png"), read(tmp_path / "clear-out.png")
    assert whole.shape == (16, 16, 3) and np.array_equal(whole, clear)
    assert np.array_equal(whole[~hole], picture[~hole]) and (whole[hole] != picture[hole]).any()


def test_larger_pictures_can_be_made_smaller_and_directions_chosen(device, tmp_path):
    run = toy_run(tmp_path / "run", ("generator_ab", "generator_ba"))
    Image.fromarray(pixels(40, 20)).save(tmp_path / "in.png")
    argv = ["--ckpt", str(run), "--input", str(tmp_path / "in.png"), "--translation.size", "16"]
    for direction in ("ab", "ba"):
        assert main([*argv, "--direction", direction, "--output", str(tmp_path / f"{direction}.png")]) == 0
    ab, ba = (read(tmp_path / f"{direction}.png") for direction in ("ab", "ba"))
    assert ab.shape == ba.shape == (16, 8, 3) and (ab != ba).any()


@pytest.mark.parametrize(
    "argv, code, message",
    [
        ([], 2, "--input is missing: this generator makes pictures of pictures"),
        (["--input", "in.png", "--seed", "3"], 2, "--seed: this generator makes pictures of pictures, not of latents"),
        (["--input", "absent"], 2, "--input absent: no such file or folder"),
        (["--input", "in.png", "--mask", "absent.png"], 2, "--mask absent.png: no such file"),
        (["--input", "in.png", "--mask", "in.png"], 2, "--mask: this generator fills in no holes"),
        (["--input", "in.png", "--output", "x.gif"], 2, "allowed beside --input: a .png, a .npy, or a folder: x/"),
        (["--input", "in.png", "--output", "in.png"], 2, "is what --input names, which would be overwritten"),
        (["--input", "empty"], 2, "--input empty: holds no pictures"),
        (["--input", "text.png"], 1, "--input text.png: cannot be read as an image"),
        (["--input", "several", "--output", "x.npy"], 2, "holds pictures of one size"),
        (["--input", "in.png", "--direction", "ba"], 2, "holds no generator_ba.ckpt"),
    ],
)
def test_errors(run, tmp_path, monkeypatch, capsys, argv, code, message):
    monkeypatch.chdir(tmp_path)
    for folder in ("empty", "several"):
        (tmp_path / folder).mkdir()
    for side, name in ((8, "in.png"), (8, "several/a.png"), (10, "several/b.png")):
        Image.fromarray(pixels(side, side)).save(name)
    (tmp_path / "text.png").write_text("text")
    before = sorted(tmp_path.rglob("*"))
    assert main(["--ckpt", "run", *argv]) == code
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_picture_without_a_hole_and_a_mask_of_another_size(device, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run = toy_run(tmp_path / "run", inputs=4, degrade=MASK)
    for name, side in (("in.png", 8), ("mask.png", 10)):
        Image.fromarray(np.full((side, side), 255, np.uint8)).save(name)
    assert main(["--ckpt", str(run), "--input", "in.png"]) == 1
    assert "in.png: has no hole to fill in; name a picture of it by --mask" in capsys.readouterr().err
    assert main(["--ckpt", str(run), "--input", "in.png", "--mask", "mask.png"]) == 1
    assert "the mask has 10x10 pixels and the picture 8x8" in capsys.readouterr().err


def test_names_that_share_a_stem():
    assert png_names(["a.jpg", "a.png", "b/a.jpg"]) == {
        "a.jpg": "a.jpg.png",
        "a.png": "a.png.png",
        "b/a.jpg": "b/a.png",
    }
