"""python -m tests.soak.same_bits_as COMMIT: whether this tree trains the same bits as another commit; some minutes.

Every recipe is trained four steps, with its own networks and small batches, by both, in processes of their own on the
same machine: numbers differ between processors, not between commits that change no arithmetic.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from ms_gan.generators.weights import load_weights
from ms_gan.runtime import start
from tests.data.cifar_files import write_cifar
from tests.paths import ROOT
from tests.soak.test_same_bits import flags_of

STEPS = 4


def train(root, recipe, data, out):
    """Train a recipe with the package in a folder; the values of its checkpoint, by name."""
    command = [sys.executable, str(root / "train.py"), "--config", str(root / "configs" / f"{recipe}.yaml")]
    command += [*flags_of(recipe, data), "--device", "CPU", "--steps", str(STEPS), "--metrics.every", "0"]
    environment = {**os.environ, "PYTHONPATH": str(root), "MS_GAN_CACHE": str(out / "cache")}
    subprocess.run(
        [*command, "--output", str(out / recipe)], cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return load_weights(out / recipe / "checkpoints" / f"step-{STEPS:09d}.ckpt")[0]


def main(commit):
    """Compare all recipes that both have; returns the exit code: 0 where all bits are the same."""
    start("CPU")
    different = 0
    with tempfile.TemporaryDirectory() as place:
        before, data = Path(place) / "before", Path(place) / "data"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(before)], check=True)
        subprocess.run(["git", "-C", str(before), "checkout", "--quiet", commit], check=True)
        data.mkdir()
        random = np.random.default_rng(0)
        for i in range(16):
            (data / f"class {i % 2}").mkdir(exist_ok=True)  # some recipes learn classes
            Image.fromarray(random.integers(0, 256, (70, 70, 3), np.uint8)).save(data / f"class {i % 2}" / f"{i}.png")
        write_cifar(data)
        for path in sorted((ROOT / "configs").glob("*.yaml")):
            if not (before / "configs" / path.name).is_file():
                continue
            a, b = (train(r, path.stem, data, Path(place) / n) for r, n in ((before, "out-before"), (ROOT, "out-now")))
            # Counts may be kept in another type.
            unlike = [name for name in a if not np.array_equal(a[name].asnumpy(), b[name].asnumpy())]
            different += bool(unlike)
            print(f"{path.stem:20} {len(a)} parameters, {len(unlike)} differ {' '.join(unlike[:3])}", flush=True)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
