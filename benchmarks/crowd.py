"""A step beside other processes on the same cores: python -m benchmarks.crowd RECIPE.

Alone, beside one busy process for each core, and beside them once waiting threads keep their cores, as a run's do with
train.keep_cores (ms_gan/runtime/cpu/crowd.py). Linux only.
"""

import argparse
import os
import subprocess
import sys
import time

from benchmarks import machine, mindspore_side
from benchmarks.step import BATCHES
from benchmarks.worker import Task
from ms_gan.runtime.cpu.crowd import keep_cores

BUSY = "import os, sys\nos.nice(int(sys.argv[1]))\nwhile True: pass"


def measured(take, seconds):
    """Milliseconds a step, over about so many seconds."""
    take(1)
    steps, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        take(2)
        steps += 2
    return 1000 * (time.perf_counter() - started) / steps


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd", description=__doc__.splitlines()[0])
    parser.add_argument("recipe", nargs="?", default="gan_mnist", choices=BATCHES, help="default: gan_mnist")
    parser.add_argument("--nice", type=int, default=19, help="of the others: 0, as the step's, to 19 (default: 19)")
    parser.add_argument("--seconds", type=float, default=8, help="of each measurement (default: 8)")
    options = parser.parse_args()
    machine.announce()
    take = mindspore_side.step(Task("step", options.recipe, BATCHES[options.recipe])).take
    take(3)
    print(f"alone             {measured(take, options.seconds):8.1f} ms", flush=True)
    command = [sys.executable, "-c", BUSY, str(options.nice)]
    others = [subprocess.Popen(command) for _ in range(os.cpu_count())]
    try:
        print(f"beside {len(others)} others   {measured(take, options.seconds):8.1f} ms", flush=True)
        kept = "cores kept" if keep_cores() else "cores not kept: the system does not allow it"
        print(f"{kept}        {measured(take, options.seconds):8.1f} ms")
    finally:
        for other in others:
            other.kill()


if __name__ == "__main__":
    main()
