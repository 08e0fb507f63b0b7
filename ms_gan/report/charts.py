"""The charts of a page: their points for page.js, and what stands around them."""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ms_gan.report.collect import SPEED, Measurement, Run
from ms_gan.report.curves import Curves
from ms_gan.report.embedded import evenly_spread
from ms_gan.report.markup import Markup, table, tag
from ms_gan.tasks.task import ChartPlan, Measure, Task

MOST_ROWS = 12  # of a chart's table


class Series(NamedTuple):
    """A curve.

    Attributes:
        name: for the legend.
        colour: number of its colour in page.css.
        x, y: its points; y None where there is a gap.
        band: lowest and highest values behind the points, or None.
        best: (x, y) of a point to mark, or None.
    """

    name: str
    colour: int
    x: List[float]
    y: List[Optional[float]]
    band: Optional[List[List[Optional[float]]]] = None
    best: Optional[Sequence[float]] = None


class Chart(NamedTuple):
    """Some curves over the epochs.

    Attributes:
        key: its name in the page.
        title, about: for people; `about` says what to look for.
        unit: what stands at the axis.
        scale: linear, log, or share: 0 to 1.
        series: the curves.
    """

    key: str
    title: str
    about: str
    unit: str
    scale: str
    series: List[Series]

    @property
    def data(self) -> Dict[str, Any]:
        """What page.js draws."""
        return {**self._asdict(), "series": [series._asdict() for series in self.series]}


SPEED_CHART = ChartPlan("speed", "Speed", "Pictures, measurements and checkpoints apart.", "images/s", "linear")


def run_charts(run: Run) -> List[Chart]:
    """A run's charts; those without any point are left out."""
    charts = []
    for plan, measure in _measured(run.task):
        kinds = enumerate(("averaged", "raw"))
        curves = [_measurements(run, measure, kind, f"{kind} weights", colour) for colour, kind in kinds]
        charts.append(Chart(*plan, curves))
    for plan, curves in _plans(run.task):
        charts.append(Chart(*plan, [_series(run, key, name, colour) for colour, (name, key) in enumerate(curves)]))
    return _drawable(charts)


def compared_charts(runs: Sequence[Run], names: Sequence[str]) -> List[Chart]:
    """Charts of one quantity each, with a curve for each run that has it."""
    numbered = list(enumerate(zip(runs, names)))
    charts: Dict[str, Chart] = {}
    for task in {run.task.name: run.task for run in runs}.values():
        for plan, measure in _measured(task):
            alike = [(i, run, name) for i, (run, name) in numbered if measure in run.task.measured]
            kept = [_measurements(run, measure, run.best.kind, name, i) for i, run, name in alike if run.best]
            charts.setdefault(measure.key, Chart(*plan, kept))
    for task in {(run.task.name, run.task.keys): run.task for run in runs}.values():
        for plan, curves in _plans(task):
            for label, key in curves:
                series = [_series(run, key, name, i) for i, (run, name) in numbered if key in run.curves.names]
                heading = plan.title if len(curves) == 1 else f"{plan.title}: {label}"
                chart = Chart(f"{plan.key}-{key}", heading, plan.about, plan.unit, plan.scale, series)
                charts.setdefault(chart.key, chart)
    return _drawable(list(charts.values()))


def _measured(task: Task) -> List[Tuple[ChartPlan, Measure]]:
    """The charts of a task's headline measure and of those beside it."""
    found = []
    for one in task.measured:
        better = f"{one.better.capitalize()} is better." if one.better else ""
        about = task.page.headline if one is task.headline else better
        found.append((ChartPlan(one.key, one.name, about, one.unit or one.name, one.scale), one))
    return found


def _plans(task: Task) -> List[Tuple[ChartPlan, List[Tuple[str, str]]]]:
    """A task's charts of what the log has, each with the names and keys of its curves."""
    charts = [(plan, [(one.label, one.key) for one in shown]) for plan, shown in task.charts()]
    return [*charts, (SPEED_CHART, [("images/s", SPEED)])]


def _drawable(charts: Sequence[Chart]) -> List[Chart]:
    """The charts with their curves that have points."""
    filled = [chart._replace(series=[series for series in chart.series if series.x]) for chart in charts]
    return [chart for chart in filled if chart.series]


def _series(run: Run, key: str, name: str, colour: int) -> Series:
    return Series(name, colour, run.curves.epochs, run.curves.mean(key), run.curves.band(key))


def _measurements(run: Run, measure: Measure, kind: str, name: str, colour: int) -> Series:
    """A measure of one kind of weights; the best is marked where it chooses the generator and is of that kind."""
    curves = Curves(["value"])
    for one in run.comparable:
        if one.kind == kind and _value(run, one, measure) is not None:
            curves.add({"epoch": one.epoch, "value": _value(run, one, measure)})
    chosen = measure is run.task.headline and run.best and run.best.kind == kind
    best = (run.best.epoch, run.best.value) if chosen else None
    return Series(name, colour, curves.epochs, curves.mean("value"), best=best)


def _value(run: Run, one: Measurement, measure: Measure) -> Optional[float]:
    """What a measurement says of a measure; None where it says nothing."""
    return one.value if measure is run.task.headline else one.beside.get(measure.key)


def colour_key(colour: int) -> Markup:
    """A short line in a curve's colour."""
    return tag("span", class_=f"key c{colour}", aria_hidden="true")


def figure(chart: Chart) -> Markup:
    """A chart with its legend, and its values as a table for those who cannot see it or do not run scripts."""
    legend = (
        tag("li", colour_key(series.colour), series.name, " ", tag("output", class_="value")) for series in chart.series
    )
    return tag(
        "figure",
        tag("figcaption", tag("h3", chart.title), tag("p", chart.about, class_="about")),
        tag("ul", *legend, class_="legend"),
        tag(
            "div",
            class_="plot",
            tabindex=0,
            role="group",
            aria_roledescription="chart",
            aria_label=f"{_description(chart)} The arrow keys read the values.",
            data_chart=chart.key,
        ),
        tag("details", tag("summary", "Values"), _values(chart)),
        class_="card chart",
    )


def _description(chart: Chart) -> str:
    """A chart in a few sentences."""
    sentences = [f"{chart.title} over the epochs."]
    for series in chart.series:
        values = [y for y in series.y if y is not None]
        if values:
            sentences.append(f"{series.name}: from {values[0]:.3g} to {values[-1]:.3g}, lowest {min(values):.3g}.")
        if series.best:
            sentences.append(f"Best: {series.best[1]:.4g} in epoch {series.best[0]:.4g}.")
    return " ".join(sentences)


def _values(chart: Chart) -> Markup:
    """Some values of each curve, evenly spaced, by their epochs."""
    rows: Dict[float, Dict[int, str]] = {}
    for column, series in enumerate(chart.series):
        for x, y in evenly_spread(list(zip(series.x, series.y)), MOST_ROWS):
            rows.setdefault(x, {})[column] = "–" if y is None else f"{y:.4g}"
    columns = range(len(chart.series))
    cells = ((f"{x:.4g}", *(row.get(column, "–") for column in columns)) for x, row in sorted(rows.items()))
    return table(["epoch", *(series.name for series in chart.series)], cells)
