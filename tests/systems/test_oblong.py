"""Pictures that are not square, from the folder to what is made and exported."""

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.export import main as export
from ms_gan.cli.infer import main as infer
from ms_gan.cli.train import main
from ms_gan.runs.run_folder import RunFolder

pytestmark = pytest.mark.usefixtures("device")


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (12, 40, 50, 3), np.uint8)
    for number, one in enumerate(pixels):
        Image.fromarray(one).save(folder / f"{number:02}.png")
    return folder


def test_a_run_keeps_the_shape_of_its_pictures(pictures, tmp_path):
    run = tmp_path / "run"
    small = ["--generator.channels", "2", "--discriminator.channels", "2", "--metrics.every", "0", "--batch-size", "6"]
    data = ["--config", "dcgan_64", "--data-dir", str(pictures), "--data.image_size", "16x24"]
    assert main([*data, *small, "--device", "CPU", "--steps", "2", "--output", str(run)]) == 0
    flags = ["--ckpt", str(run), "--device", "CPU", "--output"]
    assert infer([*flags, str(tmp_path / "made.npy"), "--num", "3"]) == 0
    assert np.load(tmp_path / "made.npy").shape == (3, 16, 24, 3)
    for form in ("ONNX", "HTML"):
        assert export([*flags, str(tmp_path / f"made.{form.lower()}"), "--format", form]) == 0
    real = Image.open(RunFolder(run).samples / "real.png").size
    assert real[0] / 4 == pytest.approx(24, abs=4) and real[1] / 3 == pytest.approx(16, abs=4)


@pytest.mark.parametrize("recipe", ["cyclegan", "pix2pix", "spade", "advgan_mnist"])
def test_other_tasks_refuse_it(recipe, pictures, capsys):
    folders = ["--data.a", str(pictures), "--data.b", str(pictures)]
    folders = ["--data.source", "synthetic"] if recipe == "advgan_mnist" else folders
    assert main(["--config", recipe, *folders, "--data.image_size", "64x96", "--dry-run"]) == 2
    assert "data.image_size: 64x96 is not square; task " in capsys.readouterr().err
