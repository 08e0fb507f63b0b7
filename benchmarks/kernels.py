"""Where a training step's time goes, kernel by kernel: python -m benchmarks.kernels RECIPE.

From MindSpore's profiler. What the kernels do not add up to is spent between them: MindSpore takes 10 to 15
microseconds to start a kernel, and Python a few hundred to start a step. Linux only.
"""

import argparse
import contextlib
import csv
import io
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import machine, mindspore_side
from benchmarks.step import BATCHES
from benchmarks.worker import Task

SHOWN = 20


def profiled(take, steps):
    """[(kernel, times a step, milliseconds a step)], the most expensive first."""
    import mindspore as ms

    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            profiler = ms.Profiler(output_path=folder)
            take(steps)
            profiler.stop()
            profiler.analyse()
        rows = [
            (row["op_type"], int(row["type_occurrences"]) / steps, float(row["total_compute_time"]) / steps)
            for path in Path(folder).rglob("cpu_op_type_info_*.csv")
            for row in csv.DictReader(path.read_text().splitlines())
        ]
    return sorted(rows, key=lambda row: -row[2])


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernels", description=__doc__.splitlines()[0])
    parser.add_argument("recipe", nargs="?", default="gan_mnist", choices=BATCHES, help="default: gan_mnist")
    parser.add_argument("--steps", type=int, default=40, help="steps to profile (default: 40)")
    options = parser.parse_args()
    machine.announce()
    take = mindspore_side.step(Task("step", options.recipe, BATCHES[options.recipe])).take
    take(3)
    started = time.perf_counter()
    take(options.steps)
    step = 1000 * (time.perf_counter() - started) / options.steps
    rows = profiled(take, options.steps)
    if not rows:
        sys.exit("error: MindSpore's profiler left no list of kernels")
    print("| kernel | times a step | ms a step | share |\n|---|---|---|---|")
    for name, times, ms in rows[:SHOWN]:
        print(f"| {name} | {times:.0f} | {ms:.2f} | {ms / step:.0%} |")
    rest = rows[SHOWN:]
    if rest:
        print(f"| {len(rest)} others | {sum(row[1] for row in rest):.0f} | {sum(row[2] for row in rest):.2f} | |")
    total = sum(row[2] for row in rows)
    print(f"| all kernels | {sum(row[1] for row in rows):.0f} | {total:.2f} | {total / step:.0%} |")
    print(f"| step, not profiled | | {step:.2f} | |")


if __name__ == "__main__":
    main()
