"""What is learnt of what, in words and tables: all that is known of a task without MindSpore.

The log, the page, TensorBoard and the plots read these tables and know no statistic and no measure by name.
"""

import unicodedata
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, List, NamedTuple, Tuple


class Statistic(NamedTuple):
    """A number that every step returns.

    Attributes:
        key: its name in log.jsonl: a file format, never renamed.
        short: its name on the progress line; "" keeps it off.
        tag: its name in TensorBoard.
        chart: key of the chart of the page that has its curve.
        label: the curve's name.
        form: how the progress line writes it.
    """

    key: str
    short: str
    tag: str
    chart: str
    label: str
    form: str = ".3f"


class Measure(NamedTuple):
    """A number that tells how good a generator is.

    Attributes:
        key: its name in metrics.jsonl and evaluation.json.
        name: for people.
        better: lower, higher, or "" where neither is.
        form: how it is written.
        factor: by which it is multiplied to be written.
        scale: linear or log: the axis of its chart.
        unit: what stands at that axis; "": its name.
    """

    key: str
    name: str
    better: str
    form: str = ".3f"
    factor: float = 1
    scale: str = "log"
    unit: str = ""

    @property
    def plain(self) -> str:
        """The name for terminals, of which some have ASCII alone."""
        return unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()

    def beats(self, value: float, other: float) -> bool:
        """Whether a value is better than another one."""
        return value > other if self.better == "higher" else value < other


class ChartPlan(NamedTuple):
    """A chart of statistics over the epochs.

    Attributes:
        key: its name in the page.
        title, about: for people; `about` says what to look for.
        unit: what stands at the axis.
        scale: linear, log, or share: 0 to 1.
    """

    key: str
    title: str
    about: str
    unit: str
    scale: str


@dataclass(frozen=True)
class Page:
    """What the page of a run of this task says.

    Attributes:
        headline: what the chart of the headline measure says under its title.
        charts: of the statistics, in their order.
        sheets: the sentence above the sheets; `made` and `real`: what stands above each of the two.
        commands: from (folder, name for a picture) to what can be done with a run: names and command lines.
    """

    headline: str
    charts: Tuple[ChartPlan, ...]
    sheets: str
    made: str
    real: str
    commands: Callable[[str, str], List[Tuple[str, str]]] = lambda folder, picture: []


@dataclass(frozen=True)
class Task:
    """A kind of GAN.

    Attributes:
        name: the value of --task.
        about: one clause for --help.
        config: its options, a dataclass derived from RunConfig.
        statistics: what a step returns, in this order.
        headline: what chooses the best generator.
        page: what the run's page says.
        module: dotted name of the module with `build` and `Showcase`, imported once MindSpore runs: ms_gan.systems.
        measures: what may be measured beside the headline, a chart each where a run has it.
        pictures_each: that a sheet shows for each of train.sample_count: input, output and truth are three.
        check: refuses options that do not go together, by a UsageError.
        check_sizes: refuses images (C, H, W) that a network cannot have, by a UsageError.
        more: statistics that follow the others in runs of some options, from the configuration.
    """

    name: str
    about: str
    config: type
    statistics: Tuple[Statistic, ...]
    headline: Measure
    page: Page
    module: str
    measures: Tuple[Measure, ...] = ()
    pictures_each: int = 1
    check: Callable[[Any], None] = lambda config: None
    check_sizes: Callable[[Any, Tuple[int, int, int]], None] = lambda config, shape: None
    more: Callable[[Any], Tuple[Statistic, ...]] = lambda config: ()

    def chosen_by(self, config: Any) -> "Task":
        """This task with the headline measure that a run's metrics.headline names, if any, and the run's statistics."""
        key = getattr(getattr(config, "metrics", None), "headline", self.headline.key)
        first = next(one for one in self.measured if one.key == key)
        others = tuple(one for one in self.measured if one is not first)
        return replace(self, headline=first, measures=others, statistics=(*self.statistics, *self.more(config)))

    @property
    def keys(self) -> Tuple[str, ...]:
        """The keys of the statistics."""
        return tuple(statistic.key for statistic in self.statistics)

    @property
    def measured(self) -> Tuple[Measure, ...]:
        """The headline measure, and what may be measured beside it."""
        return (self.headline, *self.measures)

    def charts(self) -> List[Tuple[ChartPlan, List[Statistic]]]:
        """The page's charts of which there are statistics, each with those."""
        charts = [(plan, [one for one in self.statistics if one.chart == plan.key]) for plan in self.page.charts]
        return [(plan, shown) for plan, shown in charts if shown]

    def in_words(self, record: Dict[str, float]) -> str:
        """A record of the log as the progress line shows it: "loss D 1.208 G 0.582  D(x) 0.76"."""
        charts: Dict[str, List[str]] = {}
        for one in self.statistics:
            if one.short:
                charts.setdefault(one.chart, []).append(f"{one.short} {record[one.key]:{one.form}}")
        return "  ".join(" ".join(words) for words in charts.values())
