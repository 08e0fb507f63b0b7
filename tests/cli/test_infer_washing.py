import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.infer import main
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import open_generator
from ms_gan.pictures.pixels import to_uint8


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    return folder


def test_pictures_become_the_nearest_that_the_generator_makes(trained, folder, tmp_path, capsys):
    sampler = open_generator(trained)
    made = to_uint8(sampler.generate(sample_latents(5, 0, 2, sampler.card.latent)))[:, 0]
    noise = np.random.default_rng(0).integers(-60, 61, made.shape)
    for name, picture in zip(("a.png", "below/b.png"), np.clip(made + noise, 0, 255).astype(np.uint8)):
        Image.fromarray(picture).save(folder / name)
    search = ["--projection.steps", "40", "--projection.starts", "2", "--output", str(tmp_path / "washed")]
    assert main(["--ckpt", str(trained), "--input", str(folder), *search]) == 0
    assert "2 pictures, on average" in capsys.readouterr().out
    for name, clean, dirt in zip(("a.png", "below/b.png"), made, noise):
        with Image.open(tmp_path / "washed" / name) as picture:
            left = np.asarray(picture).astype(int) - clean
        assert np.square(left).mean() < np.square(dirt).mean() / 2, name


@pytest.mark.parametrize(
    "options, words",
    [
        (["--input", "{}", "--num", "3"], "--num: this generator makes images of latents, and for --input the nearest"),
        (["--input", "{}", "--direction", "ba"], "--direction"),
        (
            ["--input", "{}", "--translation.size", "20"],
            "--translation.size: this generator makes images of latents, and",
        ),
        (["--translation.size", "20"], "--translation.size: this generator makes images of latents; leave it out"),
    ],
)
def test_what_the_search_does_not_use_is_refused(options, words, trained, folder, tmp_path, capsys):
    options = [option.format(folder) for option in options]
    assert main(["--ckpt", str(trained), *options, "--output", str(tmp_path / "out.png")]) == 2
    assert words in capsys.readouterr().err
