"""python -m pytest -s tests/soak/test_same_bits.py: whether the same seed makes the same bits; some minutes, two cores.

Every recipe is trained for some steps with its own networks and small batches: twice in one thread, and in two. Two
processes that differ in nothing must agree; what the number of threads changes is printed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.cifar_files import write_cifar
from tests.paths import ROOT
from tests.recipes import SMALL

STEPS = 5
DENSE = ["--data.source", "synthetic", "--batch-size", "64", "--data.limit", "256"]
CONVOLUTIONAL = ["--batch-size", "8", "--data.limit", "16"]


def flags_of(recipe, folder):
    """What makes a recipe quick to try: few images, all networks as they are."""
    flags = DENSE if recipe.startswith("gan") else CONVOLUTIONAL
    drawn = any(name in recipe for name in ("mnist", "fashion"))
    source = ["--data.source", "synthetic"] if drawn else ["--data-dir", str(folder)]
    return flags + (source if flags is CONVOLUTIONAL else [])


def main(threads, data, out):
    """Train every recipe for some steps and keep what training changes, as RECIPE.npz in a folder; for one process."""
    os.sched_setaffinity(0, range(int(threads)))
    from ms_gan.cli.train import main as train
    from ms_gan.generators.weights import load_weights

    for recipe in sorted(SMALL):
        folder = Path(out) / recipe
        flags = ["--config", str(ROOT / "configs" / f"{recipe}.yaml"), *flags_of(recipe, data), "--device", "CPU"]
        flags += ["--steps", str(STEPS), "--metrics.every", "0", "--output", str(folder)]
        assert train(flags) == 0
        values = load_weights(folder / "checkpoints" / f"step-{STEPS:09d}.ckpt")[0]
        np.savez(Path(out) / f"{recipe}.npz", **{name: value.asnumpy() for name, value in values.items()})
        shutil.rmtree(folder)


def trained(threads, data, out):
    """The folder of what a process of its own has trained."""
    out.mkdir()
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(ROOT)}
    environment["MS_GAN_CACHE"] = str(data.parent / "cache")
    subprocess.run(
        [sys.executable, "-m", "tests.soak.test_same_bits", str(threads), str(data), str(out)],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return out


def compare(recipe, first, second):
    """How what two processes made of a recipe differs, in words; "" where it is the same."""
    with np.load(first / f"{recipe}.npz") as a, np.load(second / f"{recipe}.npz") as b:
        differ = [name for name in a if not np.array_equal(a[name], b[name])]
        if not differ:
            return ""
        largest = max(np.abs(a[name] - b[name]).max() for name in differ if name.startswith(("gen", "disc")))
        return f"{len(differ)} of {len(list(a))} parameters differ, weights by at most {largest:.2g}: {differ[0]}, ..."


def test_same_seed_same_bits(tmp_path):
    if os.cpu_count() < 2:
        pytest.skip("needs two cores")
    data = tmp_path / "data"
    data.mkdir()
    random = np.random.default_rng(0)
    for i in range(16):
        Image.fromarray(random.integers(0, 256, (70, 70, 3), np.uint8)).save(data / f"{i}.png")
    write_cifar(data)
    one, again, two = (trained(threads, data, tmp_path / name) for threads, name in ((1, "1"), (1, "again"), (2, "2")))
    print()
    for recipe in sorted(SMALL):
        print(f"{recipe:20} one thread and two: {compare(recipe, one, two) or 'the same bits'}", flush=True)
    assert not [recipe for recipe in SMALL if compare(recipe, one, again)]


if __name__ == "__main__":
    main(*sys.argv[1:])
