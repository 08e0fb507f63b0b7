"""The commands of the README on real MNIST, one epoch, each as its own process."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tests.paths import ROOT


@pytest.fixture(scope="module")
def call(tmp_path_factory):
    """Runs a command in an empty folder with this test's Python."""
    folder = tmp_path_factory.mktemp("newcomer")

    def run(*command):
        environment = {**os.environ, "MS_GAN_PYTHON": sys.executable}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run.folder = folder
    return run


def test_train_sample_export_sample(call):
    printed = call("bash", str(ROOT / "scripts" / "run_train.sh"), "--device", "CPU", "--epochs", "1")
    assert "MNIST, training split, 60,000 images" in printed
    (run,) = (call.folder / "runs").iterdir()
    with Image.open(run / "samples" / "real.png") as picture:
        assert np.asarray(picture)[2:30, 2:30].sum() == 27525  # the first training image of MNIST, a five
    call("bash", str(ROOT / "scripts" / "run_infer.sh"), "--ckpt", str(run), "--output", "digits.png")
    call("bash", str(ROOT / "scripts" / "run_export.sh"), "--ckpt", str(run), "--output", "generator.mindir")
    call(sys.executable, str(ROOT / "infer.py"), "--ckpt", "generator.mindir", "--output", "same_digits.png")
    with Image.open(call.folder / "digits.png") as ours, Image.open(call.folder / "same_digits.png") as theirs:
        difference = np.asarray(ours).astype(int) - np.asarray(theirs)
    assert np.abs(difference).max() <= 1
    with Image.open(call.folder / "digits.png") as picture:
        samples = np.asarray(picture)
    # After an epoch strokes stand out on a ground that is nearly black: neither noise nor one grey.
    assert np.mean(samples < 40) > 0.5 and np.mean(samples > 200) > 0.02
