"""The kind of GAN of docs/extending.md, run as a reader runs it: trained, resumed, and with two workers."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ms_gan.generators.weights import load_weights
from ms_gan.runs.events import read_events

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "denoise.py"
TINY = [
    "--device", "CPU", "--data.source", "synthetic", "--data.limit", "40", "--batch-size", "16", "--denoise.width", "4",
    "--discriminator.hidden", "[8]", "--train.cadence", "steps", "--train.sample_count", "4", "--metrics.every", "1",
    "--optimizer.generator.eps", "1e-4", "--optimizer.discriminator.eps", "1e-4",
]  # fmt: skip

pytestmark = pytest.mark.usefixtures("device")


def train(*options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), *options], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def values(folder):
    found, card = load_weights(folder / "checkpoints" / "step-000000004.ckpt")
    assert card.kind == "image" and card.task == "denoise"
    return {name: value.asnumpy() for name, value in found.items()}


def test_it_trains_resumes_to_the_same_bits_and_takes_two_workers(tmp_path):
    whole, parts, two = tmp_path / "whole", tmp_path / "parts", tmp_path / "two"
    told = train(*TINY, "--steps", "4", "--output", str(whole))
    assert "peak signal-to-noise ratio" in told and "L1" in told
    train(*TINY, "--steps", "2", "--output", str(parts))
    train("--resume", str(parts), "--steps", "4")
    expected = values(whole)
    assert len(expected) > 20
    for name, value in values(parts).items():
        assert np.array_equal(value, expected[name]), name
    train(*TINY, "--steps", "4", "--workers", "2", "--output", str(two))
    assert read_events(two / "log.jsonl")[0]["workers"] == 2
    for name, value in values(two).items():
        assert np.allclose(value, expected[name], atol=1e-5), name
    records = [record for record in read_events(whole / "metrics.jsonl") if record["event"] == "quality"]
    assert {record["generator"] for record in records} == {"raw", "averaged"} and records[-1]["psnr"] > 0
    page = (whole / "report.html").read_text(encoding="utf-8")
    assert "peak signal-to-noise ratio" in page and "distance to the clean picture" in page


def test_the_page_shows_the_very_files():
    page = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    shown = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    for path in (EXAMPLE, EXAMPLE.with_name("denoise_system.py")):
        missing = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line not in shown]
        assert not missing, f"docs/extending.md lacks these lines of {path.name}"
    files = EXAMPLE.parent.glob("denoise*.py")
    lines = sum(bool(line.strip()) for path in files for line in path.read_text().splitlines())
    assert lines < 100


def test_other_commands_say_which_task_they_lack(tmp_path, capsys):
    from ms_gan.cli.infer import main

    run = tmp_path / "run"
    train(*TINY, "--steps", "1", "--output", str(run))
    assert main(["--ckpt", str(run), "--device", "CPU", "--output", str(tmp_path / "x.png")]) == 1
    assert "denoise" in capsys.readouterr().err and not (tmp_path / "x.png").exists()
