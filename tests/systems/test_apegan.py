"""APE-GAN in small: trained on pictures under attack, measured, attacked itself, and used on a folder of pictures."""

import json

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli import infer, robustness
from ms_gan.cli.eval import main as evaluate
from ms_gan.cli.train import main
from tests.paths import ROOT

pytestmark = pytest.mark.usefixtures("device")
TINY = [
    "--config", str(ROOT / "configs" / "apegan_mnist.yaml"), "--device", "CPU", "--data.source", "synthetic",
    "--data.limit", "60", "--batch-size", "10", "--generator.channels", "4", "--discriminator.channels", "4",
    "--train.sample_count", "2", "--metrics.samples", "100", "--steps", "2",
]  # fmt: skip


def test_it_learns_from_attacked_pictures_and_defends(random_classifiers, tmp_path, monkeypatch):
    monkeypatch.setattr("ms_gan.data.held_out.DRAWN", 20)
    run, found = tmp_path / "run", tmp_path / "found"
    assert main([*TINY, "--output", str(run)]) == 0

    assert evaluate(["--ckpt", str(run), "--device", "CPU"]) == 0
    part = json.loads((run / "evaluation.json").read_text())["parts"][0]
    [far] = [row["values"] for row in part["measures"] if row["key"] == "l1"]
    assert far[part["columns"].index("input")] > 0.02, "the inputs that are measured are not under attack"

    flags = ["--device", "CPU", "--data.source", "synthetic", "--data.limit", "60", "--num", "6", "--attacks", "[fgsm]"]
    more = ["--apegan", str(run), "--adaptive.num", "2", "--adaptive.steps", "1", "--output", str(found)]
    assert robustness.main([*flags, *more]) == 0
    table = json.loads((found / "robustness.json").read_text())
    assert table["protocol"]["defences"][0]["generator"]["recipe"] == "apegan_mnist"
    assert set(table["attacks"][0]["defended"]) == set(table["clean"]["defended"]) == {"APE-GAN"}
    assert [row["attack"] for row in table["adaptive"]] == ["PGD through APE-GAN"]
    assert "APE-GAN" in (found / "robustness.html").read_text(encoding="utf-8")

    pictures = tmp_path / "pictures"
    pictures.mkdir()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)).save(pictures / "a.png")
    washed = tmp_path / "washed"
    assert infer.main(["--ckpt", str(run), "--device", "CPU", "--input", str(pictures), "--output", str(washed)]) == 0
    with Image.open(washed / "a.png") as picture:
        assert picture.size == (28, 28) and picture.mode == "L"
