"""One training step of each recipe against its twin in PyTorch: python -m benchmarks.step (the `bench` extra).

ms_gan's step is the one that train.py runs, data feed included. Each side runs in a process of its own, on two cores;
they take turns, every other round in the opposite order, and while one runs the others wait. Beside them, in the
same rounds, both libraries multiply large matrices: the fastest of these products is the peak of the machine.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List

from benchmarks import machine
from benchmarks.table import Table
from benchmarks.turns import Timing, take_turns
from benchmarks.worker import PRODUCT, THREADS, Task

BATCHES = {
    "gan_mnist": 128,
    "gan_mnist_wide": 64,
    "gan_mnist_plain": 64,
    "dcgan_64": 32,
    "dcgan_cifar10_frog": 20,
    "pix2pix": 16,
    "cyclegan": 2,
}
DENSE = ("gan_mnist", "gan_mnist_wide", "gan_mnist_plain")
# What may be expected, in seconds, on two cores of a server: one side's start and first steps, one step of a recipe.
START, COMPILATION = 5, 25
STEP = {"dcgan_64": 0.5, "dcgan_cifar10_frog": 2.5, "pix2pix": 0.3, "cyclegan": 0.4}

LEGEND = """\
GFLOP: arithmetic of the step's products and convolutions, written out. of peak: GFLOP/s of ms_gan's step as a share of
the fastest product in the same rounds; Winograd's algorithm, which takes fewer operations, may lift it above 100%.
ratio: ms_gan's median over that of PyTorch's faster side, below 1 where ms_gan is ahead. by round: the median of the
ratios within each round, which does not move with the machine's load between rounds."""


def sides(recipe: str, batch: int, precision: str, compiles: bool, cores: int = THREADS) -> Dict[str, Task]:
    """What takes turns: ms_gan's step, PyTorch's in each of its ways, the products that show the peak."""
    tasks = {"ms_gan": Task("step", recipe, batch, precision)}
    for way in ("fp32",) if precision == "fp32" else ("autocast", "bf16"):
        for name, compiled in (("eager", False), ("compile", True)):
            if compiles or not compiled:
                label = name if way == "fp32" else f"{name} {way}"
                tasks[label] = Task("torch_step", recipe, batch, way, compiled)
    for kind in dict.fromkeys(("fp32", precision)):
        tasks[f"MindSpore product {kind}"] = Task("product", precision=kind)
        tasks[f"PyTorch product {kind}"] = Task("torch_product", precision=kind)
    return {name: replace(task, cores=cores) for name, task in tasks.items()}


def summary(tasks: Dict[str, Task], timings: Dict[str, Timing], precision: str) -> Dict[str, Any]:
    """The figures of one recipe."""
    own = timings["ms_gan"]
    twins = {name: timings[name] for name, task in tasks.items() if task.kind == "torch_step"}
    fastest = min(twins, key=lambda name: twins[name].median)
    peaks = {name: timings[name].gflops for name, task in tasks.items() if task.kind.endswith("product")}
    peak = max(value for name, value in peaks.items() if name.endswith(precision))
    batch = tasks["ms_gan"].batch
    return {
        "batch": batch,
        "precision": precision,
        "notes": [own.note, twins[fastest].note],
        "ms_per_step": {name: timing.ms for name, timing in timings.items()},
        "medians": {name: timing.median for name, timing in timings.items()},
        "images_per_second": 1000 * batch / own.median,
        "gflop_per_step": own.flops / 1e9,
        "gflops": own.gflops,
        "pytorch_gflops": own.flops / twins[fastest].median / 1e6,
        "peaks": peaks,
        "share_of_peak": own.gflops / peak,
        "fastest_pytorch": fastest,
        "ratio": own.median / twins[fastest].median,
        "ratio_by_round": statistics.median(a / b for a, b in zip(own.ms, twins[fastest].ms)),
    }


def expected_minutes(options: argparse.Namespace) -> int:
    """About how long it will take, before any of it has begun."""
    seconds = 0.0
    for recipe in options.recipes:
        tasks = sides(recipe, BATCHES[recipe], options.precision, not options.no_compile)
        compiled = sum(task.compiled for task in tasks.values())
        steps = [STEP.get(recipe, 0.02) if task.recipe else 0 for task in tasks.values()]
        turns = sum(max(options.seconds, step) for step in steps)
        seconds += START * len(tasks) + COMPILATION * compiled + 6 * sum(steps) + options.rounds * turns
    return math.ceil(seconds / 60)


def announce(options: argparse.Namespace) -> None:
    """What will be done, and about how long it takes."""
    ways = " and ".join(["eager with fused Adam"] + ([] if options.no_compile else ["torch.compile"]))
    extra = "" if options.precision == "fp32" else ", by torch.autocast and by bf16 products of fp32 numbers"
    cores = "one core, its processor's time" if options.one_core else f"{THREADS} cores"
    print(
        f"{', '.join(options.recipes)}: ms_gan against PyTorch ({ways}{extra}), {options.precision}, {cores}, "
        f"{options.rounds} rounds with turns of {options.seconds:g} s; about {expected_minutes(options)} minutes, "
        "if the machine has nothing else to do\n",
        flush=True,
    )


def parse_options(argv: List[str]) -> argparse.Namespace:
    """The command line; --quick fills in what was not given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.step", description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", help=f"of {', '.join(BATCHES)}; all unless named")
    parser.add_argument("--quick", action="store_true", help="the three dense recipes, 4 rounds with turns of 1 s")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32", help="of the products (default: fp32)")
    parser.add_argument("--rounds", type=int, help="turns of each side (default: 6)")
    parser.add_argument("--seconds", type=float, help="length of one turn (default: 2)")
    parser.add_argument(
        "--one-core",
        action="store_true",
        help="on one core, and the processor's time: where others use the machine too",
    )
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out: it needs a C++ compiler")
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch, if not this one")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(argv)
    for recipe in options.recipes:
        if recipe not in BATCHES:
            parser.error(f"{recipe}: no such recipe; allowed: {', '.join(BATCHES)}")
    options.recipes = options.recipes or list(DENSE if options.quick else BATCHES)
    options.rounds = options.rounds or (4 if options.quick else 6)
    options.seconds = options.seconds or (1.0 if options.quick else 2.0)
    found = subprocess.run([options.torch_python, "-c", "import torch"], capture_output=True)
    if found.returncode:
        parser.error(
            f"{options.torch_python} has no PyTorch; pip install -e '.[bench]', or name another by --torch-python"
        )
    return options


def main() -> None:
    """The command."""
    options = parse_options(sys.argv[1:])
    machine.announce()
    announce(options)
    cores = 1 if options.one_core else THREADS
    names = list(sides("gan_mnist", 1, options.precision, not options.no_compile))
    shown = [name for name in names if "product" not in name]
    columns = [f"{name}, ms" for name in shown]
    table = Table(["recipe", "batch", *columns, "images/s", "GFLOP", "GFLOP/s", "of peak", "ratio", "by round"], 18)
    figures = {}
    for recipe in options.recipes:
        tasks = sides(recipe, BATCHES[recipe], options.precision, not options.no_compile, cores)
        timings = take_turns(tasks, options.rounds, options.seconds, options.torch_python)
        found = figures[recipe] = summary(tasks, timings, options.precision)
        table.row(
            recipe,
            found["batch"],
            *(f"{found['medians'][name]:,.1f}" for name in shown),
            f"{found['images_per_second']:,.0f}",
            f"{found['gflop_per_step']:,.2f}",
            f"{found['gflops']:,.0f}",
            f"{found['share_of_peak']:.0%}",
            f"{found['ratio']:.2f}",
            f"{found['ratio_by_round']:.2f}",
        )
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))
    print(f"\n{'; '.join(found['notes'])}\n{LEGEND}")
    print(f"\nProducts of {PRODUCT}x{PRODUCT} matrices, GFLOP/s, median of the recipes:")
    for name in figures[options.recipes[0]]["peaks"]:
        print(f"  {name:24} {statistics.median(found['peaks'][name] for found in figures.values()):,.0f}")


if __name__ == "__main__":
    main()
