"""Pictures of an evaluation: nearest training images, classes, quality over the training."""

import math
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np

from ms_gan.metrics.copies import Copies, Pairs
from ms_gan.metrics.report import Evaluation
from ms_gan.pictures.grids import grid, new_figure, save_figure, to_pillow
from ms_gan.runs.events import read_events
from ms_gan.tasks import of_config, read_config
from ms_gan.tasks.task import Measure

PAIRS_IN_A_ROW = 8
TURNED = 60  # letters of all class names together, beyond which they are written upwards


def save_nearest(copies: Copies, path: Path) -> None:
    """Write samples, each with its nearest training image to the right and their distance above.

    The first samples come first, then those of all that were searched which are nearest to a training image.
    """
    rows = sum(math.ceil(len(pairs.images) / PAIRS_IN_A_ROW) for pairs in (copies.first, copies.closest))
    figure = new_figure(10, 0.8 * rows + 1.6)
    unseen = "" if copies.unseen is None else f"; of real images that training never saw {copies.unseen:.2f}"
    figure.suptitle(
        f"Samples (left) and their nearest training images (right), with the distance of their features\n"
        f"median of {copies.searched:,} samples {copies.median:.2f}{unseen}",
        fontsize=10,
    )
    heights = [len(copies.first.images), len(copies.closest.images)]
    above, below = figure.subfigures(2, 1, height_ratios=[math.ceil(n / PAIRS_IN_A_ROW) for n in heights])
    _draw_pairs(above, copies.first, "the first samples")
    _draw_pairs(below, copies.closest, f"the closest of {copies.searched:,}")
    save_figure(figure, path)


def _draw_pairs(figure: Any, pairs: Pairs, title: str) -> None:
    figure.suptitle(title, fontsize=9)
    rows = math.ceil(len(pairs.images) / PAIRS_IN_A_ROW)
    all_axes = figure.subplots(rows, PAIRS_IN_A_ROW, squeeze=False).ravel()
    for axes in all_axes:
        axes.set_axis_off()
    for axes, image, nearest, distance in zip(all_axes, *pairs):
        axes.imshow(to_pillow(grid(np.stack([image, nearest]), columns=2)), cmap="gray", vmin=0, vmax=255)
        axes.set_title(f"{distance:.2f}", fontsize=8, pad=2)


def save_classes(report: Evaluation, path: Path) -> None:
    """Write the share of each class in the data and in the generated images as bars."""
    names, data, generated = report.classes, report.data_histogram, report.generated.histogram
    figure = new_figure(max(7, 0.35 * len(names) + 2), 4.5)
    axes = figure.subplots()
    for shift, counts, label, colour in (
        (-0.2, data, report.protocol.data, "0.65"),
        (0.2, generated, f"{sum(generated):,} generated images", "tab:blue"),
    ):
        shares = [100 * count / sum(counts) for count in counts]
        axes.bar([place + shift for place in range(len(names))], shares, 0.4, label=label, color=colour)
    upwards = sum(map(len, names)) > TURNED
    axes.set_xticks(range(len(names)), names, rotation=90 if upwards else 0)
    axes.set_ylabel("share of the images, %")
    axes.set_title(f"classes; of generated images as {report.protocol.features.name} sees them", fontsize=10)
    axes.margins(y=0.25)
    axes.legend(loc="upper right", fontsize=9)
    save_figure(figure, path)


def save_quality(records: Sequence[Dict[str, Any]], path: Path, measure: Measure) -> None:
    """Write a measure over the epochs, a curve for each generator, and mark the best value of each.

    Args:
        records: of metrics.jsonl: `epoch`, the measure and `generator`, raw or averaged; at least one.
        path: the file.
        measure: a run's headline measure.
    """
    figure = new_figure(8, 4.5)
    axes = figure.subplots()
    for kind in sorted({record["generator"] for record in records}):
        curve = [(record["epoch"], record[measure.key]) for record in records if record["generator"] == kind]
        best = (max if measure.better == "higher" else min)(curve, key=lambda point: point[1])
        label = f"{kind} weights, best {best[1]:.3f} in epoch {best[0]:.4g}"
        (line,) = axes.plot(*zip(*curve), marker=".", linewidth=1, label=label)
        axes.plot(*best, marker="*", markersize=14, color=line.get_color())
    axes.set_yscale(measure.scale)
    for axis in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        axis("{x:g}")
    axes.set_xlabel("epoch")
    axes.set_ylabel(measure.name)
    axes.legend(loc="upper right")
    axes.grid(alpha=0.3, which="both")
    save_figure(figure, path)


def save_headline(run: Path, folder: Path) -> List[str]:
    """Draw a run's headline measure over the epochs into a folder; returns the file's name, or none without records."""
    headline = of_config(read_config(run)).headline
    records = quality_records(read_events(run / "metrics.jsonl"), headline.key)
    if not records:
        return []
    save_quality(records, folder / "quality.png", headline)
    return ["quality.png"]


def quality_records(records: Sequence[Dict[str, Any]], key: str) -> List[Dict[str, Any]]:
    """Those records of metrics.jsonl from which `save_quality` can draw a measure of this key."""

    def drawable(record: Dict[str, Any]) -> bool:
        numbers = [record.get("epoch"), record.get(key)]
        return isinstance(record.get("generator"), str) and all(
            isinstance(number, (int, float)) and math.isfinite(number) for number in numbers
        )

    return [record for record in records if drawable(record)]
