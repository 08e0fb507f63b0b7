"""Runs of the tasks paired and unpaired: trained, stopped and resumed, with two workers, measured, shown."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from ms_gan.cli.train import main
from ms_gan.generators.sampling import open_generator
from ms_gan.generators.weights import load_weights
from ms_gan.runs.events import read_events
from tests.paths import ROOT

pytestmark = pytest.mark.usefixtures("device")
TINY = [
    "--device", "CPU", "--data.image_size", "16", "--generator.channels", "4", "--discriminator.channels", "4",
    "--discriminator.layers", "1", "--generator.norm", "instance", "--discriminator.norm", "instance",
    "--batch-size", "4", "--train.cadence", "steps", "--train.sample_count", "2", "--metrics.every", "1",
    "--optimizer.generator.schedule", "constant", "--optimizer.discriminator.schedule", "constant",
    "--optimizer.generator.eps", "1e-4", "--optimizer.discriminator.eps", "1e-4",
]  # fmt: skip
KINDS = {
    "paired": ["--config", "pix2pix", "--generator.halvings", "2"],
    "unpaired": ["--config", "cyclegan", "--generator.blocks", "1", "--cycle.pool", "3"],
}
STEPS = 4


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Twelve pairs, of which four are held out: trainA, trainB, testA and testB."""
    folder, random = tmp_path_factory.mktemp("pairs"), np.random.default_rng(0)
    for number in range(12):
        pixels = random.integers(0, 256, (16, 16, 3), np.uint8)
        for side, made in (("A", pixels), ("B", 255 - pixels)):
            part = folder / f"{'test' if number >= 8 else 'train'}{side}"
            part.mkdir(exist_ok=True)
            Image.fromarray(made).save(part / f"{number}.png")
    return folder


def options_of(kind, pictures):
    """Those of a tiny run."""
    return [*KINDS[kind], *TINY, "--data-dir", str(pictures)]


@pytest.fixture(scope="module", params=sorted(KINDS))
def whole(request, pictures, tmp_path_factory):
    """The options of a kind of run, and such a run."""
    folder = tmp_path_factory.mktemp(request.param) / "whole"
    options = options_of(request.param, pictures)
    assert main([*options, "--steps", str(STEPS), "--output", str(folder)]) == 0
    return options, folder


def values(folder):
    found, _ = load_weights(folder / "checkpoints" / f"step-{STEPS:09d}.ckpt")
    return {name: value.asnumpy() for name, value in found.items()}


def test_a_resumed_run_equals_an_unbroken_one_to_the_bit(whole, tmp_path):
    """At step 3 the pool of three images is full, and has been drawn from."""
    options, folder = whole
    parts = tmp_path / "parts"
    assert main([*options, "--steps", "3", "--metrics.every", "0", "--output", str(parts)]) == 0
    assert main(["--resume", str(parts), "--steps", str(STEPS)]) == 0
    expected, found = values(folder), values(parts)
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert np.array_equal(found[name], value), name
    if "pool_a.images" in expected:
        assert expected["pool_a.filled"] == 3 and expected["pool_a.images"].any()


def test_two_workers_equal_one(pictures, tmp_path):
    """That they do without pairs is tested in tests/soak/test_unpaired_runs.py: its graphs take a minute to compile."""
    options = options_of("paired", pictures)
    assert main([*options, "--steps", str(STEPS), "--metrics.every", "0", "--output", str(tmp_path / "one")]) == 0
    two_workers(options, tmp_path / "two")
    expected = values(tmp_path / "one")
    for name, value in values(tmp_path / "two").items():
        assert np.allclose(value, expected[name], atol=1e-5), name


def two_workers(options, folder):
    """Train some steps with two workers."""
    done = subprocess.run(
        [sys.executable, "-m", "ms_gan.cli.launch", "--workers", "2", *options, "--steps", str(STEPS),
         "--metrics.every", "0", "--output", str(folder)], capture_output=True, text=True, timeout=300, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_it_is_measured_shown_and_opened(whole):
    options, folder = whole
    records = [record for record in read_events(folder / "metrics.jsonl") if record["event"] == "quality"]
    beside = {"ssim", "psnr", "l1"} if "pix2pix" in options else {"frechet_back", "cycle_error"}
    assert records and all(np.isfinite(record[key]) for record in records for key in {"frechet", *beside})
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Of pictures that no training sees" in page or "of b that no training sees" in page
    columns = 3 if "pix2pix" in options else 6
    with Image.open(folder / "samples" / f"step-{STEPS:09d}.png") as sheet:
        assert sheet.size == (columns * 18 + 2, 2 * 18 + 2)
    names = ["generator"] if "pix2pix" in options else ["generator_ab", "generator_ba"]
    given = np.random.default_rng(1).uniform(-1, 1, (2, 3, 16, 16)).astype(np.float32)
    made = [open_generator(folder / f"{name}.ckpt").run(given) for name in names]
    assert all(one.shape == given.shape and np.isfinite(one).all() for one in made)
    assert len(made) == 1 or not np.array_equal(*made)


def test_what_does_not_go_together_is_refused(pictures, tmp_path, capsys):
    paired, unpaired = (options_of(kind, pictures) for kind in ("paired", "unpaired"))
    for options, said in (
        ([*paired, "--generator.halvings", "5"], "a multiple of 32, or fewer generator.halvings"),
        ([*paired, "--discriminator.layers", "3"], "no patch of 16x16 pixels"),
        ([*paired, "--regularise.augment", "[color]"], "use data.jitter and data.mirror"),
        ([*paired, "--cycle.pool", "3"], "is an option of --task unpaired"),
        ([*unpaired, "--train.accumulate", "2"], "use a smaller --batch-size"),
        ([*unpaired, "--paired.l1", "3"], "is an option of --task paired"),
    ):
        assert main([*options, "--output", str(tmp_path / "none")]) == 2
        assert said in capsys.readouterr().err and not (tmp_path / "none").exists()


def test_a_plan_is_made_without_training(pictures, capsys):
    assert main([*options_of("paired", pictures), "--steps", "2", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "generator.ckpt" in said and "generator: unet" in said and "discriminator: patchgan" in said
