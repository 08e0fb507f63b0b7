"""What the weight of L1 trades: python -m benchmarks.tradeoff RUN [RUN ...] --output tradeoff.png

Of runs of the task `paired` on the same data that eval.py has measured: the Frechet distance against the structural
similarity, a point a run, joined in the order of paired.l1. A run with paired.adversarial 0 has learnt by L1 alone.
"""

import argparse
import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence

from benchmarks.table import Table
from ms_gan.errors import UsageError
from ms_gan.pictures.grids import new_figure, save_figure
from ms_gan.tasks import read_config

KEYS = ("frechet", "ssim", "l1", "psnr")


class Point(NamedTuple):
    """A run: the weight of L1, infinite where there is nothing else, and its measures by their keys."""

    weight: float
    values: Dict[str, float]

    @property
    def label(self) -> str:
        """The weight, for people."""
        return "L1 alone" if self.weight == float("inf") else f"L1 x {self.weight:g}"


class Found(NamedTuple):
    """Runs in the order of their weights, and the floor that all of them share: its name and measures."""

    points: List[Point]
    floor: str
    floor_values: Dict[str, float]


def read(runs: Sequence[Path]) -> Found:
    """What eval.py has found of runs.

    Raises:
        UsageError: a run that it has not measured, of another task, or measured on other pictures or features.
    """
    points, measured_on = [], {}
    for run in runs:
        config, path = read_config(run), run / "evaluation.json"
        if config.task != "paired":
            raise UsageError(f"{run}: is of the task {config.task}; give runs of the task paired")
        if not path.is_file():
            raise UsageError(f"{path}: is missing; measure the run first, python eval.py --ckpt {run}")
        evaluation = json.loads(path.read_text(encoding="utf-8"))
        measured_on[run] = evaluation["protocol"]["pixels"], evaluation["protocol"]["features"]["name"]
        if measured_on[run] != measured_on[runs[0]]:
            raise UsageError(f"{run}: was measured on other pictures, or by other features, than {runs[0]}")
        (part,) = evaluation["parts"]
        floor = next(name for name in part["columns"] if name not in ("output", "beside", "real"))
        weight = config.paired.l1 if config.paired.adversarial else float("inf")
        points.append(Point(weight, _column(part, "output")))
    return Found(sorted(points, key=lambda point: point.weight), floor, _column(part, floor))


def _column(part: Dict[str, Any], name: str) -> Dict[str, float]:
    place = part["columns"].index(name)
    return {row["key"]: row["values"][place] for row in part["measures"]}


def draw(found: Found, path: Path) -> None:
    """Draw what `read` found."""
    figure = new_figure(6.5, 4.5)
    axes = figure.subplots()
    places = [(point.values["frechet"], point.values["ssim"]) for point in found.points]
    axes.plot(*zip(*places), "o-", color="#1f6f8b", linewidth=1)
    for point, place in zip(found.points, places):
        axes.annotate(point.label, place, xytext=(6, -12), textcoords="offset points", fontsize=9)
    floor = found.floor_values
    axes.plot(floor["frechet"], floor["ssim"], "x", color="#777777", label=found.floor)
    axes.set_xlabel("Fréchet distance to the true pictures: lower is better")
    axes.set_ylabel("structural similarity: higher is better")
    axes.grid(alpha=0.3)
    axes.margins(0.12)
    axes.legend()
    save_figure(figure, path)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("--output", type=Path, default=Path("tradeoff.png"), help="the picture (default: %(default)s)")
    options = parser.parse_args()
    try:
        found = read(options.runs)
    except UsageError as error:
        parser.error(str(error))
    table = Table(["generator's loss", *KEYS], 16, 8)
    for name, values in [*((point.label, point.values) for point in found.points), (found.floor, found.floor_values)]:
        table.row(name, *(f"{values[key]:.4g}" for key in KEYS))
    draw(found, options.output)
    print(options.output)


if __name__ == "__main__":
    main()
