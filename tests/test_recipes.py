"""Every recipe, as its YAML has it but small: two steps, resumed to four, sampled, exported."""

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.train import main
from ms_gan.export import export_mindir
from ms_gan.generators.sampling import open_generator
from ms_gan.generators.weights import load_weights
from tests.data.cifar_files import write_cifar
from tests.paths import ROOT
from tests.recipes import SMALL

pytestmark = pytest.mark.usefixtures("device")


@pytest.fixture
def data_folder(tmp_path):
    """Files of the kind that a recipe reads: photographs of several sizes, of two classes, or CIFAR-10's archive."""
    folder = tmp_path / "data"
    folder.mkdir()
    random = np.random.default_rng(0)
    for i in range(8):
        pixels = random.integers(0, 256, (70 + i, 90, 3), np.uint8)
        (folder / f"class {i % 2}").mkdir(exist_ok=True)
        Image.fromarray(pixels).save(folder / f"class {i % 2}" / f"{i}.png")
    write_cifar(folder)
    return folder


@pytest.mark.parametrize("recipe", sorted(SMALL))
def test_a_recipe_trains_resumes_samples_and_exports(recipe, data_folder, tmp_path, monkeypatch):
    check_recipe(recipe, SMALL[recipe], data_folder, tmp_path, monkeypatch)


def check_recipe(recipe, small, data_folder, tmp_path, monkeypatch):
    """That it trains, resumes to the same bits, samples, and exports; `small`: what makes it so."""
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    flags = [
        "--config", str(ROOT / "configs" / f"{recipe}.yaml"), *small, "--device", "CPU",
        "--batch-size", "4", "--train.sample_count", "4", "--data.limit", "24", "--train.cadence", "steps",
    ]  # fmt: skip
    if "synthetic" not in small:
        flags += ["--data-dir", str(data_folder)]

    def run(folder, *more):
        assert main([*flags, "--output", str(folder), *more]) == 0
        return folder

    unbroken = run(tmp_path / "unbroken", "--steps", "4")
    resumed = run(tmp_path / "resumed", "--steps", "2")
    assert main(["--resume", str(resumed), "--steps", "4"]) == 0
    (expected, _), (found, card) = (
        load_weights(f / "checkpoints" / "step-000000004.ckpt") for f in (unbroken, resumed)
    )
    assert expected.keys() == found.keys() and card.recipe == recipe
    for name, value in expected.items():
        assert np.array_equal(value.asnumpy(), found[name].asnumpy()), name

    sampler = open_generator(resumed)
    images = sampler.samples(0, 5)
    assert images.shape == (5, *card.image.shape) and images.std() > 0
    assert export_mindir(sampler, tmp_path / "generator.mindir") <= 1e-5
    assert np.abs(open_generator(tmp_path / "generator.mindir").samples(0, 5).astype(int) - images).max() <= 1
    assert bool(card.classes) == recipe.startswith("c")
