"""The loop: inputs into the step, and its results made of the weights when they are due."""

import contextlib
import importlib
import time
from typing import List, Optional

import mindspore as ms
import numpy as np

from ms_gan import tasks
from ms_gan.config.sections import RunConfig
from ms_gan.data import ImageData
from ms_gan.errors import GanError
from ms_gan.metrics.features import check_suited
from ms_gan.runs.events import read_events, say
from ms_gan.runs.run_folder import RunFolder, create
from ms_gan.runtime import Device
from ms_gan.runtime.cpu.crowd import Crowd
from ms_gan.runtime.signals import Signals
from ms_gan.training.checkpoint import take_notes
from ms_gan.training.checks import check_options
from ms_gan.training.finite import first_not_finite, not_finite
from ms_gan.training.initial import begin_with
from ms_gan.training.lengths import Lengths
from ms_gan.training.parallel import check_agreement, check_patience, facts
from ms_gan.training.prefetch import Prefetched
from ms_gan.training.results import Results
from ms_gan.training.resume import Beginning, restore_newest, settle
from ms_gan.training.skipping import CarefulSteps
from ms_gan.training.space import check_space

EARLY = 100  # steps after which the first sample grid is made, where an epoch is longer
AGREED_EVERY = 10  # steps between two moments at which workers agree whether to stop


class Trainer:
    """Trains what a configuration describes, on given images, into a run folder.

    Where there are several workers each has a Trainer; they take every step together, and worker 0 writes.

    Args:
        config: the run's configuration.
        data: the training images.
        device: where it runs, and the workers.
        folder: of the run to go on with, from its newest checkpoint; None: a new run's is made.
        signals: what asks for a stop or a checkpoint from outside; None: nothing does.

    Attributes:
        results: what the run leaves behind; None in workers other than 0.
        folder: the run's; None in workers other than 0 of a new run.

    Raises:
        UsageError: options that do not go together, that the data does not allow, or for which the disk has no room; no
            folder has been made then.
        GanError: nothing to resume from, a checkpoint that does not fit the configuration, another process that trains
            into the folder, or workers that do not start from the same.
    """

    def __init__(
        self,
        config: RunConfig,
        data: ImageData,
        device: Device,
        folder: Optional[RunFolder] = None,
        signals: Optional[Signals] = None,
    ):
        self.config, self.data, self.device, self.workers = config, data, device, device.workers
        self.signals = signals or Signals()
        self.task = tasks.of_config(config)
        self._parts = importlib.import_module(self.task.module)
        # The order matters: what can be refused is refused before there is a folder, and a folder is claimed before
        # anything of it is read.
        self._build()
        self._refuse(folder)
        with contextlib.ExitStack() as undo:
            if folder and self.workers.leads:
                folder.claim()
                undo.callback(folder.release)
            beginning = self._restore(folder) if folder else Beginning()
            self.step = beginning.step
            if self.workers.count > 1:
                check_agreement(self.workers, facts(config, data.arrays, self.system.parameters()))
            self.folder = folder or (create(config) if self.workers.leads else None)
            if self.workers.leads and not folder:
                undo.callback(self.folder.release)
            if folder and self.workers.leads:
                settle(folder, beginning)
            self.results: Optional[Results] = self._open_results() if self.workers.leads else None
            undo.pop_all()  # the claim is kept until the run is over
        # Once all workers know of it:
        self._stopped_by: Optional[int] = None  # a signal
        self._save_asked = False
        self._late = False  # the time is up
        keys = self.task.keys
        self._careful = CarefulSteps(self.system, keys, self.workers) if config.train.skip_bad_steps else None
        self._skipped = 0  # steps left out so far
        self._crowd = Crowd(config.train.keep_cores)

    def _build(self) -> None:
        """Networks, step and inputs, at step 0."""
        check_options(self.config, self.device.name)
        self.system, inputs = self._parts.build(self.config, self.data, self.workers)
        begin_with(self.config.init_from, self.system, self.workers.leads)  # a resumed run's checkpoint takes its place
        self.inputs = Prefetched(inputs)
        self.lengths = Lengths.of(self.config, inputs.steps_per_epoch)

    def _refuse(self, folder: Optional[RunFolder]) -> None:
        """Refuse what the network, the features or the disk do not allow, before there is a folder."""
        if self.lengths.measure:
            check_patience(self.device)
            check_suited(self.data, self.config.metrics.features)
        if self.workers.leads:
            self._check_space(folder)

    def _check_space(self, folder: Optional[RunFolder]) -> None:
        """Refuse a new run that the disk has no room for."""
        check_space(self.config, self.system, self.data.images.shape[1:], self.lengths, folder)

    def _restore(self, folder: RunFolder) -> Beginning:
        return restore_newest(folder, self.system, take_notes(self.config, self.data.arrays), self.lengths.save)

    def _open_results(self) -> Results:
        """What the run leaves behind, from this step on."""
        told = [
            record.get("about")
            for record in read_events(self.folder.log)
            if record["event"] == "warning" and record.get("step", 0) <= self.step
        ]
        return Results(
            config=self.config,
            task=self.task,
            data=self.data,
            system=self.system,
            showcase=self._parts.Showcase(self.config, self.data, self.system, self.lengths, told),
            folder=self.folder,
            step=self.step,
            lengths=self.lengths,
            signals=self.signals,
        )

    @property
    def is_over(self) -> bool:
        """Whether the run has been trained, and ended, before."""
        over = self.step >= self.lengths.total and self.results is not None and self.results.recorder.ended
        return bool(self.workers.gather(np.float32([over])).any())

    def run(self) -> Optional[int]:
        """Train until the last epoch, until a signal asks to stop, or until train.max_hours are over.

        Returns:
            the number of the signal that stopped the training, or None; it is saved, and can be resumed before its end.

        Raises:
            GanError: a loss or a weight that is not a finite number, a last checkpoint that cannot be written, or a
                lost worker.
        """
        if self.results:
            self.results.begin(self.step, self.device)
        try:
            with self.workers.together():
                self.signals.patient = True
                if self._careful:
                    before = self.results.recorder.skipped if self.results else 0
                    self._skipped = int(self.workers.gather(np.float32([before])).max())
                with self.results.recorder.progress_shown(self.step) if self.results else contextlib.nullcontext():
                    self._catch_up()
                    self._loop()
            self._end()
        finally:
            self.signals.patient = False
            if self.results:
                self.folder.release()
        return self._stopped_by

    def _catch_up(self) -> None:
        """Measure what a stop did not let be measured before."""
        if self.step and self._is_due(self.lengths.measure):
            missed = self.results is not None and not self.results.quality.knows(self.step)
            if self.workers.gather(np.float32([missed])).any():
                self._look(sample=False, measure=True, save=True)

    def _loop(self) -> None:
        """One pass a step. Statistics stay on the device until a record is due, so that no step waits for them."""
        train = self.config.train
        pending: List[ms.Tensor] = []
        since = time.monotonic()
        stop = self._stops()
        while self.step < self.lengths.total and not stop:
            pending += self._take()
            notice = self._crowd.look()
            if notice:
                say(notice)
            stop = self._stops()
            every = self.lengths.sample, self.lengths.measure, self.lengths.save
            sample, measure, save = map(self._is_due, every)
            sample |= self.step == EARLY and train.cadence == "epochs" and self.lengths.per_epoch > EARLY
            save |= self._save_asked
            epoch_over = self.step % self.lengths.per_epoch == 0
            # Before a checkpoint too: what is no number must not be saved over what was one.
            if self._is_due(train.log_every) or epoch_over or save or stop:
                self._record(pending, time.monotonic() - since)
                pending, since = [], time.monotonic()
            if sample or measure or save:
                paused = time.monotonic()
                self._look(sample, measure, save)
                self._save_asked &= not save
                if measure:  # which was given up where a stop was asked for: the resumed run makes it, at this step
                    self._agree()
                    stop = self._is_stopped
                since += time.monotonic() - paused

    def _stops(self) -> bool:
        """Whether training is to stop: at once where this worker is alone, else when all look together."""
        if self.workers.count == 1 or self.step % AGREED_EVERY == 0:
            self._agree()
        return self._is_stopped

    @property
    def _is_stopped(self) -> bool:
        return self._late or self._stopped_by is not None

    def _agree(self) -> None:
        """Let all workers know what any of them was asked for."""
        hours = self.config.train.max_hours
        late = hours is not None and time.monotonic() - self.signals.began > 3600 * hours
        asked = self.workers.gather(np.float32([self.signals.stop or 0, self.signals.save, late])).max(axis=0)
        self._stopped_by, self._late = int(asked[0]) or None, bool(asked[2])
        if asked[1]:
            self._save_asked, self.signals.save = True, False

    def _is_due(self, steps: int) -> bool:
        """Whether something due every `steps` steps and at the end is due now; 0: never."""
        return steps > 0 and (self.step % steps == 0 or self.step == self.lengths.total)

    def _take(self) -> List[ms.Tensor]:
        """Take a step; its statistics, or none where it was left out."""
        inputs, cause = self.inputs(self.step), ""
        if self._careful:
            statistics, cause = self._careful.take(self.step, inputs)
        else:
            statistics = self.system.take(self.step, inputs)
        self.step += 1
        if cause:
            self._leave_out(cause)
        return [] if cause else [statistics]

    def _leave_out(self, cause: str) -> None:
        """Count a step that was not finite, and tell of it. Raises a GanError where there have been too many."""
        self._skipped += 1
        most = self.config.train.skip_bad_steps
        if self._skipped > most:
            left_out = f"{most:,} such steps had been skipped, the most that train.skip_bad_steps allows"
            self._fail(f"not finite at step {self.step:,}: {cause}; {left_out}")
        if self.results:
            self.results.recorder.leave_out(self.step, cause)

    def _record(self, pending: List[ms.Tensor], seconds: float) -> None:
        if not pending:
            return
        statistics = self.workers.mean(np.stack([tensor.asnumpy() for tensor in pending]))
        bad = not_finite(statistics, self.task.keys)
        if bad is not None:
            self._fail(f"{bad[1]} became NaN or infinite at step {self.step - len(statistics) + bad[0] + 1:,}")
        if self.results:
            self.results.record(self.step, statistics, seconds)

    def _fail(self, what: str) -> None:
        """Raise a GanError: what is not finite, where, and what to do."""
        name = first_not_finite(self.system.parameters())
        text = what + (f"; the first NaN or infinite parameter is {name}" if name else "")
        raise GanError(
            f"{text}. {self.results.recorder.failure(self.step, text)}" if self.results else text, code="diverged"
        )

    def _look(self, sample: bool, measure: bool, save: bool) -> None:
        """Make of the present weights what is due."""
        self.system.average_statistics()
        # Before anything is made of them: losses are finite, but a weight or what an optimizer keeps may not be.
        if first_not_finite(self.system.parameters()):
            self._fail(f"losses are finite at step {self.step:,}, but weights or the optimizer's state are not")
        if self.results:
            if sample:
                self.results.sample(self.step)
            if measure:
                self.results.measure(self.step)
            if save:
                self.results.save(self.step)

    def _end(self) -> None:
        self._agree()
        over = self.step >= self.lengths.total and self._stopped_by is None
        if not over:
            self._look(sample=False, measure=False, save=True)
        if self.results:
            self.results.end(self.step, "end" if over else "stop")
        self.workers.wait()
        if self.results and self.results.keeper.unsaved:
            raise GanError(self.results.keeper.unsaved, code="unwritable")
