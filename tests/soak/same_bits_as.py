"""python -m tests.soak.same_bits_as COMMIT [RECIPE ...]: whether this tree trains the same bits as another commit.

Every recipe, or those that are named, is trained four steps, with its own networks and small batches, by both, in
processes of their own on the same machine: numbers differ between processors, not between commits that change no
arithmetic. All take ten minutes.
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
    command += [*flags_of(recipe, data), *sides_of(recipe, data)]
    command += ["--device", "CPU", "--steps", str(STEPS), "--metrics.every", "0"]
    environment = {**os.environ, "PYTHONPATH": str(root), "MS_GAN_CACHE": str(out / "cache")}
    subprocess.run(
        [*command, "--output", str(out / recipe)], cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return load_weights(out / recipe / "checkpoints" / f"step-{STEPS:09d}.ckpt")[0]


def sides_of(recipe, data):
    """The folders of a recipe that learns from two of them."""
    a, b = (data.with_name(name) for name in ("sides", "maps"))
    if recipe.startswith("spade"):
        return ["--data-dir", "null", "--data.a", str(b), "--data.b", str(a / "trainB")]
    return ["--data-dir", str(a)] if recipe.startswith(("cyclegan", "pix2pix")) else []


def write_sides(place, random):
    """Sixteen pairs of pictures, and maps of three classes with the names of the second ones."""
    for folder, shape, top in (
        ("sides/trainA", (64, 64, 3), 256),
        ("sides/trainB", (64, 64, 3), 256),
        ("maps", (64, 64), 3),
    ):
        (place / folder).mkdir(parents=True)
        for i in range(16):
            Image.fromarray(random.integers(0, top, shape, np.uint8)).save(place / folder / f"{i}.png")


def main(commit, *only):
    """Compare all recipes that both have, or those named; returns the exit code: 0 where all bits are the same."""
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
        write_sides(Path(place), random)
        for path in sorted((ROOT / "configs").glob("*.yaml")):
            if only and path.stem not in only or not (before / "configs" / path.name).is_file():
                continue
            a, b = (train(r, path.stem, data, Path(place) / n) for r, n in ((before, "out-before"), (ROOT, "out-now")))
            # Counts may be kept in another type.
            unlike = [name for name in a if not np.array_equal(a[name].asnumpy(), b[name].asnumpy())]
            different += bool(unlike)
            print(f"{path.stem:20} {len(a)} parameters, {len(unlike)} differ {' '.join(unlike[:3])}", flush=True)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
