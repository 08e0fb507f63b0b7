"""eval.py --images: folders and arrays against folders, arrays and runs."""

import json

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.eval import main
from ms_gan.cli.infer import main as infer
from ms_gan.data.image_data import ImageData
from ms_gan.metrics.evaluate import Splits, evaluate
from ms_gan.metrics.images import PICTURES, Stored
from tests.metrics.stand_ins import Network, data, drawn

pytestmark = pytest.mark.usefixtures("device")


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Two arrays and two folders of grey pictures."""
    root, random = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for name, low in (("dark", 0), ("light", 100)):
        images = random.integers(low, low + 120, (24, 16, 16), np.uint8)
        np.save(root / f"{name}.npy", images)
        (root / name).mkdir()
        for number, image in enumerate(images):
            Image.fromarray(image).save(root / name / f"{number:02d}.png")
    return root


def measured(places, out, images, reference, *options):
    flags = ["--images", str(places / images), "--reference", str(places / reference), "--device", "CPU"]
    assert main([*flags, "--output", str(out), *options]) == 0
    return json.loads((out / "evaluation.json").read_text())


def test_arrays_and_folders_are_measured_and_what_is_alike_is_near(places, tmp_path, capsys):
    own = measured(places, tmp_path / "a", "dark.npy", "dark.npy")
    other = measured(places, tmp_path / "b", "light.npy", "dark.npy")
    assert own["generated"]["frechet"] < 1e-6 < other["generated"]["frechet"]
    assert (own["generated"]["count"], own["protocol"]["generator"]["kind"]) == (24, PICTURES)
    # Folders are read in the size and the colours of the array.
    folder = measured(places, tmp_path / "c", "light", "dark.npy")
    assert folder["protocol"]["image_shape"] == [1, 16, 16]
    assert folder["generated"]["frechet"] == pytest.approx(other["generated"]["frechet"])
    both = measured(places, tmp_path / "d", "light", "dark", "--data.image_size", "16", "--data.channels", "grey")
    assert both["generated"]["frechet"] == pytest.approx(other["generated"]["frechet"])
    printed = capsys.readouterr().out
    assert "measured   light.npy" in printed and "pictures   24" in printed
    assert (tmp_path / "a" / "nearest.png").is_file() and not (places / "evaluation.json").exists()


def test_samples_of_a_generator_are_measured_as_the_generator_is(trained, tmp_path, monkeypatch):
    monkeypatch.setattr("ms_gan.metrics.features.can_be_learnt", lambda data: False)  # no classifier is trained
    samples, out = tmp_path / "samples.npy", tmp_path / "out"
    flags = ["--num", "40", "--seed", "3", "--device", "CPU"]
    assert main(["--ckpt", str(trained), *flags, "--output", str(out)]) == 0
    assert infer(["--ckpt", str(trained), *flags, "--output", str(samples)]) == 0
    expected = json.loads((out / "evaluation.json").read_text())["generated"]
    found = measured(tmp_path, tmp_path / "again", "samples.npy", trained, "--seed", "3")["generated"]
    for name in ("frechet", "kernel", "precision", "recall", "density", "coverage", "nearest"):
        assert found[name] == pytest.approx(expected[name], rel=1e-6), name


def test_the_score_does_not_depend_on_the_order():
    images, labels = drawn(300)
    network = Network()
    splits = Splits(data(60), data(30, 1))
    found = []
    for order in (np.arange(300), np.argsort(labels, kind="stable")):
        source = Stored(ImageData(images[order], None, "sorted", "drawn"))
        found.append(evaluate(source, network.features, splits, 300, 0).generated.score)
    assert found[0] > 2 and found[1] == pytest.approx(found[0], rel=0.15)


@pytest.mark.parametrize(
    "options, complaint",
    [
        (["--images", "{}/dark.npy"], "--reference is missing"),
        (["--reference", "{}/dark.npy"], "--images is missing"),
        (["--images", "{}/dark.npy", "--reference", "{}/dark.npy"], "--output is missing"),
        (["--images", "{}/dark.npy", "--reference", "{}/dark.npy", "--ckpt", "x", "--output", "o"], "--ckpt"),
        (["--images", "{}/gone", "--reference", "{}/dark.npy", "--output", "o"], "--images"),
        (["--images", "{}/dark", "--reference", "{}/dark.npy", "--output", "{}/dark/out"], "--output"),
        (["--images", "{}/dark", "--reference", "{}/dark.npy", "--output", "o", "--split", "test"], "--split test"),
    ],
)
def test_what_cannot_be_measured_is_refused(places, capsys, tmp_path, monkeypatch, options, complaint):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ms_gan.runtime.start", lambda *_: pytest.fail("MindSpore was started"))
    assert main([option.format(places) for option in options]) == 2
    assert complaint in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "array, complaint", [(np.zeros((20, 8, 8)), "float64"), (np.zeros((20, 7, 8, 9), np.uint8), "channels")]
)
def test_an_array_that_holds_no_images_is_refused(places, tmp_path, capsys, array, complaint):
    np.save(tmp_path / "bad.npy", array)
    flags = ["--images", str(tmp_path / "bad.npy"), "--reference", str(places / "dark.npy"), "--device", "CPU"]
    assert main([*flags, "--output", str(tmp_path / "out")]) == 1
    assert complaint in capsys.readouterr().err


def test_sizes_that_differ_are_told(places, tmp_path, capsys):
    np.save(tmp_path / "small.npy", np.zeros((20, 8, 8), np.uint8))
    flags = ["--images", str(tmp_path / "small.npy"), "--reference", str(places / "dark.npy"), "--device", "CPU"]
    assert main([*flags, "--output", str(tmp_path / "out")]) == 2
    assert "1x8x8" in capsys.readouterr().err
