"""What a run's folder tells, as plain data."""

import json
import math
import statistics
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from ms_gan import tasks
from ms_gan.config.paths import FILE, kind_at
from ms_gan.config.sections import RunConfig
from ms_gan.errors import GanError, UsageError
from ms_gan.metrics.rules import comparable_part
from ms_gan.report.curves import Curves, number, whole
from ms_gan.runs.events import read_events
from ms_gan.runs.run_folder import RunFolder
from ms_gan.tasks.task import Task

SPEED = "images_per_second"
STATES = {"start": "running", "train": "running", "end": "finished", "stop": "stopped", "error": "failed"}
MOST_NOTICES = 50
EVALUATION_BYTES = 1_000_000


class Measurement(NamedTuple):
    """The task's headline measure, measured during the training.

    Attributes:
        epoch, step: when.
        kind: raw or averaged: which weights.
        value: of the measure.
        rules: how it was measured; values compare only where these agree.
        beside: what was measured with it, values of the task's `measures` by their keys.
    """

    epoch: float
    step: int
    kind: str
    value: float
    rules: str
    beside: Dict[str, float] = {}


class Notice(NamedTuple):
    """A warning, an error or a skipped step of the log."""

    kind: str
    step: int
    text: str


class Run:
    """A run, as far as its folder tells; bounded, however long the run is.

    Args:
        path: the folder.
        config: the run's configuration; None: the one in the folder.

    Attributes:
        config: None where the folder's cannot be read; `trouble` says why.
        curves: of the task's statistics and of SPEED.
        measurements: of the task's headline measure, in order.
        notices: the latest warnings and errors, and `notices_before` how many there were before them.
        start: the log's last record of a start, with device, versions and data.
        state: running (also where it was killed), finished, stopped or failed.
        step, epoch: how far it is.
        seconds: spent on training, all sessions together.
        evaluation: what evaluation.json holds; None without.
    """

    def __init__(self, path: Path, config: Optional[RunConfig] = None):
        self.folder = RunFolder(path)
        self.trouble: Optional[str] = None
        self.config = config or self._read_config()
        self.curves = Curves((*self.task.keys, SPEED))
        self.measurements: List[Measurement] = []
        self.notices: List[Notice] = []
        self.notices_before = 0
        self.start: Dict[str, Any] = {}
        self.state = "running"
        self.step, self.epoch, self.seconds = 0, 0.0, 0.0
        self._last_time = math.nan
        for path in (self.folder.log, self.folder.metrics):
            for record in read_events(path):
                self.add(record)

    def _read_config(self) -> Optional[RunConfig]:
        try:
            return tasks.read_config(self.folder.path)
        except GanError as error:
            self.trouble = str(error)
            return None

    def add(self, record: Dict[str, Any]) -> None:
        """Take in a record of log.jsonl or metrics.jsonl. What it lacks, or what is of a wrong type, is left out."""
        event, step = record["event"], whole(record.get("step"))
        if event == "quality":
            self._add_measurement(record)
            return
        self._add_time(event, number(record.get("time")))
        self.state = STATES.get(event, self.state)
        if event == "start":
            self.start = record
        elif event == "train":
            self.curves.add(record)
            if step and number(record.get("epoch")) > 0:
                self.step, self.epoch = step, record["epoch"]
        elif event in ("warning", "error", "skipped") and isinstance(record.get("text"), str):
            self.notices.append(Notice(event, step, record["text"]))
            self.notices_before += len(self.notices) > MOST_NOTICES
            self.notices = self.notices[-MOST_NOTICES:]

    def _add_time(self, event: str, now: float) -> None:
        """Time counts from a start on: what lies between two sessions does not."""
        passed = now - self._last_time
        if event != "start" and passed > 0:
            self.seconds += passed
        if not math.isnan(now):
            self._last_time = now

    def _add_measurement(self, record: Dict[str, Any]) -> None:
        epoch, value = number(record.get("epoch")), number(record.get(self.task.headline.key))
        kind, protocol = record.get("generator"), record.get("protocol")
        if math.isnan(epoch) or math.isnan(value) or not isinstance(kind, str) or not isinstance(protocol, dict):
            return
        rules = json.dumps(comparable_part(protocol), sort_keys=True)
        found = {one.key: number(record.get(one.key)) for one in self.task.measures}
        beside = {key: value for key, value in found.items() if not math.isnan(value)}
        self.measurements.append(Measurement(epoch, whole(record.get("step")), kind, value, rules, beside))

    @property
    def task(self) -> Task:
        """The run's; the usual one where its configuration cannot be read."""
        return tasks.of_config(self.config) if self.config else tasks.find(tasks.USUAL)

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.path.resolve().name

    @property
    def recipe(self) -> str:
        """The recipe's name; the folder's where there is no configuration."""
        return self.config.recipe if self.config else self.name

    @property
    def per_epoch(self) -> Optional[float]:
        """Steps of an epoch; None before the first record."""
        return round(self.step / self.epoch) if self.epoch > 0 else None

    @property
    def total_steps(self) -> Optional[int]:
        """Of the whole run; None where that is not known yet."""
        if self.config is None:
            return None
        train = self.config.train
        return train.steps or (round(train.epochs * self.per_epoch) if self.per_epoch else None)

    @property
    def speed(self) -> Optional[float]:
        """Images a second, the median."""
        values = [value for value in self.curves.mean(SPEED) if value is not None]
        return statistics.median(values) if values else None

    @property
    def seconds_left(self) -> Optional[float]:
        """Until a running run ends, by what its last start has shown."""
        first, since = number(self.start.get("step", 0)), number(self.start.get("time"))
        if self.total_steps is None or not self.step > first or not self._last_time > since:
            return None
        return max(0, self.total_steps - self.step) * (self._last_time - since) / (self.step - first)

    @property
    def comparable(self) -> List[Measurement]:
        """The measurements that were made in the way of the last one."""
        return [one for one in self.measurements if one.rules == self.measurements[-1].rules]

    @property
    def best(self) -> Optional[Measurement]:
        """Of the generator in generator.ckpt: the best of the kind that the run keeps."""
        kinds = {one.kind for one in self.comparable}
        kept = "averaged" if "averaged" in kinds and (self.config is None or self.config.ema.enabled) else "raw"
        sign = -1 if self.task.headline.better == "higher" else 1
        return min((one for one in self.comparable if one.kind == kept), key=lambda one: sign * one.value, default=None)

    @property
    def evaluation(self) -> Optional[Dict[str, Any]]:
        """What eval.py has written into the folder."""
        path = self.folder.path / "evaluation.json"
        try:
            if path.stat().st_size > EVALUATION_BYTES:
                return None
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return values if isinstance(values, dict) and str(values.get("format", "")).startswith("ms_gan ev") else None


def read_run(path: Path) -> Run:
    """A run out of its folder.

    Raises:
        UsageError: there is no run in that folder.
    """
    if kind_at(Path(path) / "config.yaml", "RUN") != FILE:
        raise UsageError(f"{path}: not a run folder; it should hold config.yaml and log.jsonl", code="missing")
    return Run(path)
