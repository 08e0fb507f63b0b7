"""Short trainings without BatchNorm, which several workers take as one does."""

import os
import subprocess
import sys

from ms_gan.generators.weights import load_weights
from tests.conftest import TINY_FLAGS
from tests.paths import ROOT

# Without BatchNorm, and with an eps that keeps Adam from scaling up the rounding of gradients that are nearly zero.
PLAIN = [
    *TINY_FLAGS, "--generator.batch_norm", "false", "--optimizer.generator.eps", "1e-4",
    "--optimizer.discriminator.eps", "1e-4", "--train.cadence", "steps", "--steps", "5",
]  # fmt: skip
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(command, **environment):
    subprocess.run([sys.executable, *command], env={**ENVIRONMENT, **environment}, check=True, timeout=900)


def final_values(folder):
    values, card = load_weights(sorted((folder / "checkpoints").iterdir())[-1])
    assert card.step == 5
    return {name: value.asnumpy() for name, value in values.items()}
