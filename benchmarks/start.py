"""What a training costs beside its steps: python -m benchmarks.start [start] [memory] [sampling] [frechet].

start: from the command to the end of the first step. memory: of a short run of every recipe at its own batch. sampling:
images a second. frechet: the Frechet distance of 10,000 images. Every figure comes from processes of their own, one at
a time.
"""

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List

from benchmarks import machine
from benchmarks.launch import LaunchError, launch, phases_to_first_step, time_to_first_step, train_options
from benchmarks.step import BATCHES
from benchmarks.table import Table
from benchmarks.turns import Worker
from benchmarks.worker import ROOT, TRANSLATION, Task

RECIPES = tuple(name for name in BATCHES if name not in TRANSLATION)
SOURCES = ("synthetic", "mnist")
MINUTES = {"start": 2.5, "memory": 2.0, "sampling": 1.0, "frechet": 1.0}  # on two cores of a server


def measure_start(options: argparse.Namespace) -> Dict[str, Any]:
    """Seconds to the first step of gan_mnist: of train.py, and by phase of as many runs with clocks."""
    found: Dict[str, Any] = {}
    table = Table(["seconds to the first step of gan_mnist", *SOURCES], 24, 18)
    for source in SOURCES:
        totals: List[float] = []
        phases: List[Dict[str, float]] = []
        try:
            for _ in range(options.runs):
                totals.append(time_to_first_step(source))
                phases.append(phases_to_first_step(source))
        except LaunchError as error:
            print(f"{source} is left out: {error}", file=sys.stderr)
            continue
        found[source] = {"total": totals, **{name: [run[name] for run in phases] for name in phases[0]}}
    for name in next(iter(found.values()), {}):
        table.row(name, *(_median(found[source][name]) if source in found else "-" for source in SOURCES))
    return found


def _median(values: List[float]) -> str:
    """The median, and how far the values spread."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def measure_memory(options: argparse.Namespace) -> Dict[str, Any]:
    """Peak memory, in MB, of a short run of every recipe at its own batch, on drawn images of its size."""
    found = {}
    table = Table(["peak memory of train.py", "MB"], 24)
    for recipe in options.recipes:
        with tempfile.TemporaryDirectory() as parent:
            run = launch([str(ROOT / "train.py"), *train_options(recipe, "synthetic", Path(parent) / "run")])
        found[recipe] = run.peak_mb
        table.row(recipe, f"{run.peak_mb:,.0f}")
    return found


def measure_sampling(options: argparse.Namespace) -> Dict[str, Any]:
    """Images a second of gan_mnist's generator, from a run folder and from exported files."""
    found = {}
    table = Table(["sampling, gan_mnist", "images/s", f"s for {options.images:,}"], 24)
    with tempfile.TemporaryDirectory() as parent, contextlib.ExitStack() as stack:
        sources = {"checkpoint": Path(parent) / "run"}
        launch([str(ROOT / "train.py"), *train_options("gan_mnist", "synthetic", sources["checkpoint"])])
        for name in ("MINDIR", "ONNX"):
            sources[name] = Path(parent) / f"generator.{name.lower()}"
            options_of = ["--ckpt", str(sources["checkpoint"]), "--format", name, "--output", str(sources[name])]
            launch([str(ROOT / "export.py"), *options_of, "--device", "CPU"])
        workers = [
            stack.enter_context(Worker(name, Task("sampling", path=str(path)))) for name, path in sources.items()
        ]
        taken: Dict[str, List[float]] = {worker.name: [] for worker in workers}
        for worker in workers:
            worker.take(64)
        for _ in range(options.runs):
            for worker in workers:
                taken[worker.name].append(worker.take(options.images)["ms"])
    for name, values in taken.items():
        milliseconds = statistics.median(values)
        found[name] = {"images_per_second": 1000 / milliseconds, "ms_per_image": values}
        table.row(name, f"{1000 / milliseconds:,.0f}", f"{options.images * milliseconds / 1000:.2f}")
    return found


def measure_frechet(options: argparse.Namespace) -> Dict[str, Any]:
    """Seconds for the Frechet distance of generated images of MNIST's shape, from data whose moments are known."""
    found = {}
    table = Table([f"Frechet distance of {options.images:,} images", "s"], 24)
    with Worker("features", Task("features", images=options.images)) as worker:
        worker.take(options.images)
        taken = [worker.take(options.images)["ms"] for _ in range(options.runs)]
    found["features"] = options.images * statistics.median(taken) / 1000
    with Worker("frechet", Task("frechet", images=options.images)) as worker:
        found["distance"] = statistics.median(worker.take(1)["ms"] for _ in range(options.runs)) / 1000
    for name, seconds in found.items():
        table.row(name, f"{seconds:.2f}")
    return found


MEASURES = {
    "start": measure_start,
    "memory": measure_memory,
    "sampling": measure_sampling,
    "frechet": measure_frechet,
}


def parse_options(argv: List[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(MEASURES)}; all unless named")
    parser.add_argument(
        "--runs", type=int, default=5, help="how often each figure is taken; the median counts (default: 5)"
    )
    parser.add_argument("--images", type=int, default=10_000, help="how many are sampled and measured (default: 10000)")
    parser.add_argument("--recipes", nargs="+", choices=RECIPES, default=RECIPES, help="of memory")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(argv)
    for part in options.parts:
        if part not in MEASURES:
            parser.error(f"{part}: no such part; allowed: {', '.join(MEASURES)}")
    options.parts = options.parts or list(MEASURES)
    return options


def main() -> None:
    """The command."""
    options = parse_options(sys.argv[1:])
    machine.announce()
    minutes = sum(MINUTES[part] for part in options.parts)
    print(
        f"{', '.join(options.parts)}, medians of {options.runs}; about {minutes:g} minutes on two idle cores",
        flush=True,
    )
    figures = {}
    for part in options.parts:
        print(flush=True)
        figures[part] = MEASURES[part](options)
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    try:
        main()
    except LaunchError as error:
        sys.exit(str(error))
