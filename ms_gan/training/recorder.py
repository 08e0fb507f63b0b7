"""A run's log and what a person is told while it trains."""

import contextlib
import platform
from typing import Any, Dict, Iterator, Optional

import numpy as np

from ms_gan import __version__
from ms_gan.config.sections import RunConfig
from ms_gan.data import ImageData
from ms_gan.data.labels import in_words
from ms_gan.files import CannotWrite
from ms_gan.runs.events import EventLog, Progress, read_events, say
from ms_gan.runs.run_folder import RunFolder
from ms_gan.runtime import Device
from ms_gan.tasks.task import Task
from ms_gan.training.checkpoint import newest_checkpoint
from ms_gan.training.lengths import Lengths
from ms_gan.training.showcase import Sign


class Recorder:
    """Writes log.jsonl, shows progress, and warns.

    Args:
        config: the run's configuration.
        task: the run's.
        folder: the run's; records of steps after `step` are dropped, because training repeats them.
        step: the step from which training goes on.
        lengths: of the run.
    """

    def __init__(self, config: RunConfig, task: Task, folder: RunFolder, step: int, lengths: Lengths):
        self._config, self._task, self._folder, self._lengths = config, task, folder, lengths
        self.log = EventLog(folder.log, step)
        self._disk_refused = False  # whether the disk refused the last picture

    def begin(self, step: int, device: Device, data: ImageData) -> None:
        """The log's first record."""
        classes = {} if data.labels is None else {"classes": in_words(data)}
        self.log.write(
            "start",
            step=step,
            version=__version__,
            python=platform.python_version(),
            device=device.description,
            workers=device.workers.count,
            mindspore=device.mindspore,
            mode=self._config.mode,
            precision=device.precision,
            convolution=device.convolution,
            data=data.name,
            origin=data.origin,
            **classes,
        )

    @property
    def ended(self) -> bool:
        """Whether the run's log says that it is over."""
        return [record["event"] for record in read_events(self._folder.log)][-1:] == ["end"]

    @property
    def skipped(self) -> int:
        """How many steps have been left out, as the log says."""
        return sum(record["event"] == "skipped" for record in read_events(self._folder.log))

    @contextlib.contextmanager
    def progress_shown(self, step: int) -> Iterator[None]:
        """Show a person how far training is, within this context, which starts at `step`."""
        per_epoch, total = self._lengths.per_epoch, self._lengths.total
        with contextlib.closing(Progress(self._task.in_words, per_epoch, total, step)) as self._progress:
            yield

    @contextlib.contextmanager
    def dispensable(self) -> Iterator[None]:
        """Around writing what training can do without: a full disk is told once, and again after a write succeeded."""
        try:
            yield
            self._disk_refused = False
        except CannotWrite as error:
            if not self._disk_refused:
                say(f"warning: {error}; training goes on without it")
            self._disk_refused = True

    def record(self, step: int, statistics: np.ndarray, seconds: float) -> Dict[str, Any]:
        """Write the statistics of the steps up to `step`, (steps, statistics); returns the record."""
        values = {key: float(value) for key, value in zip(self._task.keys, statistics.mean(axis=0))}
        speed = len(statistics) * self._config.images_per_step / seconds
        epoch = step / self._lengths.per_epoch
        return self.log.write("train", step=step, epoch=epoch, **values, images_per_second=speed)

    def show(self, step: int, record: Dict[str, Any]) -> None:
        """Show a record of `step`."""
        self._progress.update(step, record)

    def warn(self, step: int, sign: Optional[Sign]) -> None:
        """Write and tell a sign, where there is one."""
        if sign is not None:
            self.log.write("warning", step=step, **sign._asdict())
            say(f"warning: step {step:,}: {sign.text}")

    def leave_out(self, step: int, cause: str) -> None:
        """Write that a step was left out because something was not finite."""
        self.log.write("skipped", step=step, text=cause)
        say(f"warning: step {step:,} is skipped; not finite: {cause}")

    def failure(self, step: int, text: str) -> str:
        """Write that something stopped being finite; returns what to do about it, a sentence."""
        path = newest_checkpoint(self._folder.checkpoints)
        self.log.write("error", step=step, text=text)
        both = "optimizer.generator.lr and optimizer.discriminator.lr"
        if path is None:
            return f"There is no earlier checkpoint; start again with a lower {both}"
        return (
            f"The last good checkpoint is {path}: lower {both} in {self._folder.config} and continue with "
            f"--resume {self._folder.path}, or skip up to 10 such steps with --train.skip_bad_steps 10"
        )
