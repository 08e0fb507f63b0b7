"""The quality of the generators during a training, and which of them is the best so far."""

import time
from typing import Any, Callable, Dict, List, Optional, Sequence

from ms_gan.config.sections import RunConfig
from ms_gan.errors import GanError, UsageError
from ms_gan.generators.weights import load_weights
from ms_gan.metrics.pictures import quality_records, save_quality
from ms_gan.metrics.rules import comparable_part
from ms_gan.runs.events import EventLog, read_events
from ms_gan.runs.run_folder import RunFolder
from ms_gan.tasks.task import Measure
from ms_gan.training.showcase import Headline

Record = Dict[str, Any]


class Quality:
    """Measures a run's generators: the task's headline measure, a line of metrics.jsonl each.

    Args:
        config: the run's configuration.
        measures: the task's headline measure, and what may be measured beside it.
        headline: measures them.
        folder: the run's; lines of metrics.jsonl after `step` are dropped, because training repeats those steps.
        step: the step from which training goes on.
        every: steps between two measurements; 0: there are none.
        averaged: whether the generators that are kept are averages.

    Attributes:
        best: the record of the generator in generator.ckpt; None where that one has not been measured.
    """

    def __init__(
        self,
        config: RunConfig,
        measures: Sequence[Measure],
        headline: Headline,
        folder: RunFolder,
        step: int,
        every: int,
        averaged: bool,
    ):
        self.every = every
        self.measured, *self._beside = measures
        self._headline = headline
        self._config, self._folder = config, folder
        self._kind = "averaged" if averaged else "raw"
        self._log = EventLog(folder.metrics, step)
        self._records = quality_records(read_events(folder.metrics), self.measured.key)
        self.best = self._kept()

    def _kept(self) -> Optional[Record]:
        """The record of the generator in generator.ckpt; None too where that one is of steps that training repeats."""
        try:
            _, card = load_weights(self._folder.generator)
        except (UsageError, GanError):
            return None
        return next((record for record in self._of_kept_kind() if record.get("step") == card.step), None)

    def _of_kept_kind(self) -> List[Record]:
        return [record for record in self._records if record["generator"] == self._kind]

    @property
    def description(self) -> str:
        """What will be measured, for a person."""
        every = self._config.metrics.every
        if not every:
            return "not measured (metrics.every is 0)"
        if not self.every:
            return f"not measured in runs of less than {every} epochs (metrics.every)"
        first = f"; {self._headline.first}" if self._headline.first else ""
        return f"{self._headline.what} every {every} epochs{first}"

    @property
    def summary(self) -> Optional[str]:
        """Which generator won and how good the last one is, for a person; None where nothing was measured."""
        if self.best is None:
            return None
        last = self._of_kept_kind()[-1]
        best = f"best after epoch {self.best['epoch']:.4g}: {self.measured.plain} {self.value_of(self.best)}"
        if last["step"] == self.best["step"]:
            return f"{best}, {self._folder.generator.name}; also the last one"
        names = self._folder.generator.name, self._folder.generator_last.name
        return f"{best}, {names[0]}; after epoch {last['epoch']:.4g}: {self.value_of(last)}, {names[1]}"

    def value_of(self, record: Record) -> str:
        """A record's value for a person."""
        return f"{record[self.measured.key] * self.measured.factor:{self.measured.form}}"

    def told(self, records: Sequence[Record]) -> str:
        """The values of some records, of a step's generators, for a person."""
        headline = ", ".join(f"{self.value_of(record)} ({record['generator']})" for record in records)
        parts = [f"{self.measured.plain} {headline}"]
        for one in self._beside:
            having = [record for record in records if one.key in record]
            values = ", ".join(f"{record[one.key] * one.factor:{one.form}}" for record in having)
            parts += [f"{one.plain.lower()} {values}"] if having else []
        return "; ".join(parts)

    def prepare(self) -> None:
        """Get ready what generators are measured with. It may take minutes, and waits for the first measurement.

        Raises:
            UsageError, GanError: it cannot be had.
        """
        self._headline.prepare()

    def knows(self, step: int) -> bool:
        """Whether the generators of a step have been measured."""
        return any(record.get("step") == step for record in self._of_kept_kind())

    def measure(self, opened: Any, stop: Callable[[], bool] = lambda: False) -> Optional[Record]:
        """Measure a generator, after `prepare`; writes and returns the record.

        Args:
            opened: the generator, with its card.
            stop: looked at now and then; once it is true the measurement is given up, and None returned.

        Raises:
            GanError: what it makes is not finite.
        """
        kind = opened.card.weights
        for record in self._records:  # a stop may have come between two generators of a step
            if (record.get("step"), record["generator"]) == (opened.card.step, kind):
                return record
        started = time.monotonic()
        value = self._headline.measure(opened, stop)
        if value is None:
            return None
        record = self._log.write(
            "quality",
            step=opened.card.step,
            epoch=opened.card.epoch,
            generator=kind,
            **{self.measured.key: value},
            **self._headline.beside,
            seconds=round(time.monotonic() - started, 2),
            protocol=self._headline.protocol(opened),
        )
        self._records.append(record)
        return record

    def wins(self, record: Record) -> bool:
        """Whether a record is better than the best so far, or cannot be compared with it."""
        if self.best is None or _rules(record) != _rules(self.best):
            return True
        return self.measured.beats(record[self.measured.key], self.best[self.measured.key])

    def plot(self) -> None:
        """Write quality.png from all records that compare with the last one, if there is any."""
        comparable = [record for record in self._records if _rules(record) == _rules(self._records[-1])]
        if comparable:
            save_quality(comparable, self._folder.quality, self.measured)


def _rules(record: Record) -> Record:
    """What of a record's protocol must agree where measurements compare."""
    return comparable_part(record.get("protocol", {}))
