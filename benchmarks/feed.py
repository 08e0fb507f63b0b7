"""What share of an epoch the data feed takes: python -m benchmarks.feed [RECIPE ...].

Turns of steps with their own inputs and turns with inputs that were made once follow each other in one process, with
one compiled graph; the share is the median over pairs of neighbouring turns: a machine's moods last longer than those.
"""

import argparse
import os
import statistics
import sys
import time
from typing import Any, Callable, List, Tuple

from benchmarks import machine
from benchmarks.table import Table
from benchmarks.worker import THREADS, Task, take_cores

RECIPES = {"gan_mnist": (128, 60_000), "dcgan_64": (32, 10_000)}  # batch, images of the data set
TURN = 0.5  # seconds


def measure(recipe: str, pairs: int) -> Tuple[List[float], List[float]]:
    """Milliseconds of a step, a turn each: with inputs of its own, and with the same ones again."""
    from benchmarks.mindspore_side import training

    batch, images = RECIPES[recipe]
    system, inputs, _, _ = training(Task("step", recipe, batch, images=images))
    given, done = inputs(0), 0

    def turn(source: Callable[[int], Any], steps: int) -> float:
        nonlocal done
        started = time.perf_counter()
        for _ in range(steps):
            result = system.take(done, source(done))
            done += 1
        result.asnumpy()
        return 1000 * (time.perf_counter() - started) / steps

    sources = inputs, lambda step: given
    for source in sources:
        turn(source, 3)
    steps = max(1, round(1000 * TURN / turn(inputs, 3)))
    own, same = zip(*[[turn(source, steps) for source in sources] for _ in range(pairs)])
    return list(own), list(same)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feed", description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", help=f"of {', '.join(RECIPES)}; both unless named")
    parser.add_argument("--pairs", type=int, default=40, help="of turns of half a second (default: 40)")
    options = parser.parse_args()
    machine.announce()
    for name in options.recipes:
        if name not in RECIPES:
            parser.error(f"{name}: no such recipe; allowed: {', '.join(RECIPES)}")
    take_cores()
    table = Table(["feed", "batch", "s an epoch", "s with fixed inputs", "share"], 18)
    for recipe in options.recipes or RECIPES:
        own, same = measure(recipe, options.pairs)
        steps = RECIPES[recipe][1] // RECIPES[recipe][0]
        seconds = [f"{steps * statistics.median(ms) / 1000:.2f}" for ms in (own, same)]
        share = 1 - statistics.median(b / a for a, b in zip(own, same))
        table.row(recipe, RECIPES[recipe][0], *seconds, f"{share:.1%}")


if __name__ == "__main__":
    if os.environ.get("OMP_NUM_THREADS") != str(THREADS):  # read once, when MindSpore is loaded
        os.environ["OMP_NUM_THREADS"] = str(THREADS)
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.feed", *sys.argv[1:]])
    main()
