"""The picture of benchmarks.scaling: time above, memory below, a column for each thing that grows."""

from pathlib import Path
from typing import Any, Dict, List

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullLocator

COLOURS = {"gan_mnist": "#1f6f8b", "dcgan_64": "#c8553d"}
GREY = "#777777"
STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": "#333333",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
}


def _short(value: float, _: Any = None) -> str:
    """A number as an axis shows it: 0.25, 2048, 60k."""
    return f"{value / 1000:g}k" if value >= 1000 and value % 1000 == 0 else f"{value:g}"


def _time(milliseconds: float, _: Any = None) -> str:
    return f"{milliseconds / 1000:g} s" if milliseconds >= 1000 else f"{milliseconds:g} ms"


def _memory(megabytes: float, _: Any = None) -> str:
    return f"{megabytes / 1000:g} GB" if megabytes >= 1000 else f"{megabytes:g} MB"


def _curve(axis: Any, figure: Dict[str, Any], key: str) -> None:
    """One curve; with times, what the arithmetic alone would take at the rate of the largest point."""
    points, colour = figure["points"], COLOURS[figure["recipe"]]
    values = [point["value"] for point in points]
    if key == "ms":
        last = points[-1]
        alone = [last["ms"] * point["gflop"] / last["gflop"] for point in points]
        axis.plot(values, alone, "--", color=colour, linewidth=1, alpha=0.7)
    axis.plot(values, [point[key] for point in points], "o-", color=colour, linewidth=1.8, markersize=4.5)


def _scales(axis: Any, figures: List[Dict[str, Any]], formatter: Any) -> None:
    values = sorted({point["value"] for figure in figures for point in figure["points"]})
    axis.set_xscale("log")
    axis.set_yscale("log")
    step = 2 if len(values) > 6 else 1
    axis.set_xticks(values[::-1][::step])  # the largest value keeps its label
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter(FuncFormatter(_short))
    axis.yaxis.set_major_formatter(FuncFormatter(formatter))
    axis.margins(x=0.08)


def _room(axis: Any, figures: List[Dict[str, Any]], key: str) -> None:
    """A row's y axis from 1, 2 or 5 times a power of ten to another, with a tick at each between them."""
    values = [point[key] for figure in figures for point in figure["points"]]
    marks = [digit * 10**power for power in range(-2, 7) for digit in (1, 2, 5)]
    low = max(mark for mark in marks if mark <= 0.9 * min(values))
    high = min(mark for mark in marks if mark >= 1.1 * max(values))
    axis.set_ylim(low, high)
    axis.set_yticks([mark for mark in marks if low <= mark <= high])
    axis.yaxis.set_minor_locator(NullLocator())


def draw(figures: List[Dict[str, Any]], path: Path) -> None:
    """Draw curves into a file.

    Args:
        figures: of each curve the `recipe`, what `grows`, and its `points` with `value`, `ms`, `gflop` and `peak_mb`.
        path: .png or .svg.
    """
    columns = list(dict.fromkeys(figure["grows"] for figure in figures))
    with plt.rc_context(STYLE):
        sheet, axes = plt.subplots(
            2, len(columns), figsize=(2.6 * len(columns) + 0.8, 5.4), sharex="col", sharey="row", squeeze=False
        )
        for column, grows in enumerate(columns):
            chosen = [figure for figure in figures if figure["grows"] == grows]
            for row, (key, formatter) in enumerate((("ms", _time), ("peak_mb", _memory))):
                for figure in chosen:
                    _curve(axes[row, column], figure, key)
                _scales(axes[row, column], chosen, formatter)
            axes[1, column].set_xlabel(grows)
        for row, (key, title) in enumerate((("ms", "time of a step"), ("peak_mb", "peak memory of the process"))):
            _room(axes[row, 0], figures, key)
            axes[row, 0].set_ylabel(title)
        recipes = dict.fromkeys(figure["recipe"] for figure in figures)
        handles = [Line2D([], [], color=COLOURS[name], marker="o", markersize=4.5, label=name) for name in recipes]
        handles.append(Line2D([], [], color=GREY, linestyle="--", label="its arithmetic, at the largest point's rate"))
        sheet.legend(handles=handles, loc="upper center", ncols=len(handles), frameon=False)
        sheet.tight_layout(rect=(0, 0, 1, 0.94))
        sheet.savefig(path, dpi=150)
        plt.close(sheet)
