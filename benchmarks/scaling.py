"""How time and memory of a training step grow: python -m benchmarks.scaling [--plot FILE].

With the batch, the width of the networks, the side of the images and the number of training images; recipes gan_mnist
and dcgan_64. Every point is a process of its own, whose peak memory is its own; the points of a curve take turns.
"""

import argparse
import json
import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List

from benchmarks import machine
from benchmarks.table import Table
from benchmarks.turns import Timing, take_turns
from benchmarks.worker import Task

NOTE = """\
growth: how many times the time of the point above (the median of the rounds), divided by how many times its arithmetic.
Where arithmetic takes most of the time it is at most 1, but for noise; it is below 1 where part of a step costs the
same at any size."""


@dataclass
class Curve:
    """One thing that grows while all else stays.

    Attributes:
        recipe: what is trained.
        grows: what grows, as the axis is labelled.
        tasks: by its value.
    """

    recipe: str
    grows: str
    tasks: Dict[float, Task] = field(default_factory=dict)


def batch_curve(recipe: str, sizes: List[int]) -> Curve:
    """Growing batches."""
    return Curve(recipe, "batch, images", {size: Task("step", recipe, size) for size in sizes})


def width_curve(recipe: str, batch: int, factors: List[float]) -> Curve:
    """All hidden layers of both networks so many times as wide as in the recipe."""
    tasks = {}
    for factor in factors:
        if recipe == "gan_mnist":
            generator, discriminator = ([int(factor * n) for n in ns] for ns in ((128, 256, 512, 1024), (512, 256)))
            options = ("--generator.hidden", str(generator), "--discriminator.hidden", str(discriminator))
        else:
            channels = str(int(factor * 64))
            options = ("--generator.channels", channels, "--discriminator.channels", channels)
        tasks[factor] = Task("step", recipe, batch, options=options)
    return Curve(recipe, "width, times the recipe's", tasks)


def side_curve(batch: int, sides: List[int]) -> Curve:
    """Larger images, for which dcgan has more layers."""
    tasks = {
        side: Task("step", "dcgan_64", batch, options=("--data.image_size", str(side)), images=1024) for side in sides
    }
    return Curve("dcgan_64", "side of the images, pixels", tasks)


def data_curve(counts: List[int]) -> Curve:
    """More training images; a step should not notice."""
    return Curve(
        "gan_mnist", "data set, images", {count: Task("step", "gan_mnist", 128, images=count) for count in counts}
    )


def all_curves(quick: bool) -> List[Curve]:
    """What is measured; `quick` leaves the largest points out."""
    if quick:
        return [
            batch_curve("gan_mnist", [32, 128, 512]),
            batch_curve("dcgan_64", [4, 8, 16]),
            width_curve("gan_mnist", 128, [0.5, 1, 2]),
            side_curve(4, [32, 64]),
            data_curve([2_000, 60_000]),
        ]
    return [
        batch_curve("gan_mnist", [16, 32, 64, 128, 256, 512, 1024, 2048]),
        batch_curve("dcgan_64", [4, 8, 16, 32, 64]),
        width_curve("gan_mnist", 128, [0.25, 0.5, 1, 2, 4]),
        width_curve("dcgan_64", 16, [0.25, 0.5, 1, 2]),
        side_curve(8, [16, 32, 64, 128]),
        data_curve([1_000, 4_000, 16_000, 60_000]),
    ]


def points(curve: Curve, timings: Dict[str, Timing]) -> List[Dict[str, Any]]:
    """The figures of a curve, in the order of what grows."""
    found: List[Dict[str, Any]] = []
    for value in curve.tasks:
        timing = timings[str(value)]
        point = {"value": value, "ms": timing.median, "gflop": timing.flops / 1e9, "peak_mb": timing.peak_mb}
        point.update(gflops=timing.gflops, turns=timing.ms, growth=None)
        if found:
            before = found[-1]
            growth = statistics.median(now / then for now, then in zip(timing.ms, before["turns"]))
            point["growth"] = growth * before["gflop"] / point["gflop"]
        found.append(point)
    return found


def show(curve: Curve, found: List[Dict[str, Any]]) -> None:
    """One curve's table."""
    print()
    table = Table([f"{curve.recipe}: {curve.grows}", "ms a step", "GFLOP", "GFLOP/s", "growth", "peak MB"], 40, 9)
    for point in found:
        growth = "" if point["growth"] is None else f"{point['growth']:.2f}"
        table.row(
            f"{point['value']:,g}",
            f"{point['ms']:,.1f}",
            f"{point['gflop']:,.2f}",
            f"{point['gflops']:,.0f}",
            growth,
            f"{point['peak_mb']:,.0f}",
        )


def parse_options(argv: List[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer and smaller points, 2 turns of half a second")
    parser.add_argument("--rounds", type=int, help="turns of each point (default: 6)")
    parser.add_argument("--seconds", type=float, help="length of one turn (default: 1)")
    parser.add_argument("--plot", type=Path, help="draw the curves into this file (.png, .svg)")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--from-json", type=Path, help="measure nothing: show the figures in this file")
    options = parser.parse_args(argv)
    options.rounds = options.rounds or (2 if options.quick else 6)
    options.seconds = options.seconds or (0.5 if options.quick else 1.0)
    return options


def measure(options: argparse.Namespace) -> List[Dict[str, Any]]:
    """All curves, shown as soon as each is measured."""
    curves = all_curves(options.quick)
    count = sum(len(curve.tasks) for curve in curves)
    minutes = count * (5 + (options.rounds + 1) * options.seconds) / 60
    print(f"{len(curves)} curves of {count} points in all; about {minutes:.0f} minutes on two idle cores", flush=True)
    figures = []
    for curve in curves:
        timings = take_turns({str(value): task for value, task in curve.tasks.items()}, options.rounds, options.seconds)
        found = points(curve, timings)
        show(curve, found)
        figures.append({"recipe": curve.recipe, "grows": curve.grows, "points": found})
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1))
    return figures


def main() -> None:
    """The command."""
    options = parse_options(sys.argv[1:])
    machine.announce()
    if options.from_json:
        figures = json.loads(options.from_json.read_text())
        for figure in figures:
            show(Curve(figure["recipe"], figure["grows"]), figure["points"])
    else:
        figures = measure(options)
    print(f"\n{NOTE}\nprocesses: left out; a training is one process so far")
    if options.plot:
        from benchmarks.curves import draw

        draw(figures, options.plot)
        print(f"drawn in {options.plot}")


if __name__ == "__main__":
    main()
