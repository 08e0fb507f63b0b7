"""What a run leaves behind while it trains: log, sheets, checkpoints, the best generator."""

from typing import List

import numpy as np

from ms_gan.config.sections import RunConfig
from ms_gan.data import ImageData
from ms_gan.pictures import grids
from ms_gan.runs.events import read_events, say
from ms_gan.runs.run_folder import RunFolder
from ms_gan.runs.thinning import thin_grids
from ms_gan.runtime import Device
from ms_gan.runtime.signals import Signals
from ms_gan.tasks.task import Task
from ms_gan.training.checkpoint import take_notes
from ms_gan.training.keeper import Keeper
from ms_gan.training.lengths import Lengths
from ms_gan.training.live import Live
from ms_gan.training.quality import Quality, Record
from ms_gan.training.recorder import Recorder
from ms_gan.training.showcase import Showcase
from ms_gan.training.system import System


class Results:
    """Writes into a run's folder what is due. Where there are workers, worker 0 has it.

    Args:
        config: the run's configuration.
        task: the run's.
        data: the training images.
        system: what is trained; its present weights are what sheets and files are made of.
        showcase: makes and measures them.
        folder: the run's; what it holds of later steps is dropped, because training repeats them.
        step: the step from which training goes on.
        lengths: of the run.
        signals: what asks for a stop; a measurement does not go on then.

    Attributes:
        recorder: log, progress and warnings.
        quality: measurements.
        keeper: checkpoints and generators.
    """

    def __init__(
        self,
        *,
        config: RunConfig,
        task: Task,
        data: ImageData,
        system: System,
        showcase: Showcase,
        folder: RunFolder,
        step: int,
        lengths: Lengths,
        signals: Signals,
    ):
        self._config, self._data, self._system, self._task = config, data, system, task
        self._folder, self._lengths, self._signals = folder, lengths, signals
        self.showcase = showcase
        self.recorder = Recorder(config, task, folder, step, lengths)
        averaged = any(stem != network for stem, network in system.generators.items())
        self.quality = Quality(config, task.measured, showcase.headline, folder, step, lengths.measure, averaged)
        notes = take_notes(config, data.arrays)
        self.keeper = Keeper(config, system, showcase, folder, self.recorder.log, notes, lengths.total)
        self._live = Live(config, folder, step)
        self.recorder.log.listener = self._live.add

    def begin(self, step: int, device: Device) -> None:
        """The log's first record, and the first real images as a sheet."""
        self._thin_grids(step)
        real = self.showcase.real() if step == 0 else None
        if real is not None:
            with self.recorder.dispensable():
                grids.save_grid(real.images, self._folder.samples / "real.png", real.columns)
        self.recorder.begin(step, device, self._data)

    def record(self, step: int, statistics: np.ndarray, seconds: float) -> None:
        """Write what the steps up to `step` brought: (steps, statistics); and warn of signs in it."""
        record = self.recorder.record(step, statistics, seconds)
        self.recorder.warn(step, self.showcase.losses(statistics))
        self.recorder.warn(step, self.showcase.weights(step))
        self.recorder.show(step, record)

    def sample(self, step: int) -> None:
        """A sheet of the same inputs each time."""
        sheet = self.showcase.sheet(step)
        epochs = self._config.train.cadence == "epochs"
        path = self._folder.sample(step, self._lengths.per_epoch if epochs else None)
        with self.recorder.dispensable():
            grids.save_grid(sheet.images, path, sheet.columns)
        self._thin_grids(step)
        self._live.add_images(step, sheet.images)
        self.recorder.warn(step, self.showcase.images(step, sheet))

    def _thin_grids(self, step: int) -> None:
        """Remove the sheets that a run of this length does not keep."""
        per_epoch = self._lengths.per_epoch
        paths = self._folder.all_samples(per_epoch)
        thin_grids(paths, [self._folder.sampled_step(path, per_epoch) for path in paths], step, self._lengths.sample)

    def measure(self, step: int) -> None:
        """Measure the raw and the averaged generators; those that make the sheets are kept if they are the best.

        Where a stop is asked for nothing is measured: the resumed run does it.
        """
        if not self._signals.do_unless_stopped(self.quality.prepare):
            return
        records: List[Record] = []
        stem, kept = self._system.first_generator
        for network in dict.fromkeys((stem, kept)):
            record = self.quality.measure(self.showcase.opened(network, step), lambda: self._signals.stop is not None)
            if record is None:
                return
            self._live.add(record)
            self.recorder.warn(step, self.showcase.headline.sign)
            records.append(record)
        best = self.quality.wins(record)
        if best:
            with self.recorder.dispensable():
                self.keeper.keep_best(step)
                self.quality.best = record
        say(f"epoch {record['epoch']:.4g}: {self.quality.told(records)}{'; the best so far' if best else ''}")

    def save(self, step: int) -> None:
        """A checkpoint, and the last generators."""
        self.keeper.save(step, self.quality.best is not None)

    def end(self, step: int, event: str) -> None:
        """The plots and the animation of the whole run, and then the log's last record, `end` or `stop`."""
        records = [record for record in read_events(self._folder.log) if record["event"] == "train"]
        with self.recorder.dispensable():
            if records:
                grids.plot_curves(records, self._task.charts(), self._folder.losses)
            self.quality.plot()
            frames = self._folder.all_samples(self._lengths.per_epoch)
            if frames:
                grids.animate_files(frames, self._folder.animation)
        self.recorder.log.write(event, step=step)
