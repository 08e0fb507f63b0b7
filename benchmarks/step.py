"""One training step of each recipe against its twin in PyTorch: python -m benchmarks.step (the `bench` extra).

ms_gan's step is the one that train.py runs, data feed included. Each side runs in a process of its own, on two threads;
they take turns, and while one runs the others wait. The ratio is that of the medians; PyTorch's faster side counts.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.worker import ROOT, THREADS

BATCHES = {
    "gan_mnist": 128,
    "gan_mnist_wide": 64,
    "gan_mnist_plain": 64,
    "dcgan_64": 32,
    "dcgan_cifar10_frog": 20,
}
WARM_UP = 3


class Side:
    """A worker process that takes steps when told to."""

    def __init__(self, side, recipe, batch, python):
        environment = {**os.environ, "OMP_NUM_THREADS": str(THREADS)}
        command = [python, "-m", "benchmarks.worker", side, recipe, str(batch)]
        self.name = side
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def time(self, steps):
        """Milliseconds per step over that many steps."""
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended with code {self.process.wait()}")
        return float(line)

    def close(self):
        """Let the process end."""
        self.process.stdin.close()
        self.process.wait()


def compare(recipe, batch, rounds, seconds, sides, python):
    """Milliseconds per step of each side: {side: [one a round]}."""
    workers = [Side(side, recipe, batch, python if side != "ms_gan" else sys.executable) for side in sides]
    steps = {}
    for worker in workers:
        worker.time(WARM_UP)
        steps[worker.name] = max(1, round(1000 * seconds / worker.time(1)))
    taken = {worker.name: [] for worker in workers}
    for _ in range(rounds):
        for worker in workers:
            taken[worker.name].append(worker.time(steps[worker.name]))
    for worker in workers:
        worker.close()
    return taken


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.step", description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="*", default=list(BATCHES), help="all recipes unless named")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side (default: 5)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of one turn (default: 2)")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out: it needs a C++ compiler")
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch, if not this one")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    sides = ["ms_gan", "eager"] + ([] if options.no_compile else ["compile"])
    print(f"{'recipe':20} {'batch':>5} " + " ".join(f"{side + ' ms':>11}" for side in sides) + "  ratio")
    figures = {}
    for recipe in options.recipes:
        taken = compare(recipe, BATCHES[recipe], options.rounds, options.seconds, sides, options.torch_python)
        medians = {side: statistics.median(values) for side, values in taken.items()}
        ratio = medians["ms_gan"] / min(value for side, value in medians.items() if side != "ms_gan")
        shown = " ".join(f"{medians[side]:11.1f}" for side in sides)
        print(f"{recipe:20} {BATCHES[recipe]:5} {shown}  {ratio:.2f}", flush=True)
        figures[recipe] = {"batch": BATCHES[recipe], "ms_per_step": taken, "medians": medians, "ratio": ratio}
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
