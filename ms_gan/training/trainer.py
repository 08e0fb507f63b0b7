"""The loop: batches and latents into the step, and its results made of the weights when they are due."""

import contextlib
import signal
import time
from dataclasses import replace
from typing import Any, Dict, List, Optional

import mindspore as ms
import numpy as np

from ms_gan.config import Config
from ms_gan.data import ImageData
from ms_gan.errors import GanError
from ms_gan.options import write_yaml
from ms_gan.runtime import Device
from ms_gan.training.checkpoint import newest_checkpoint
from ms_gan.training.inputs import StepInputs
from ms_gan.training.parallel import check_agreement, check_norms, check_patience
from ms_gan.training.prefetch import Prefetched
from ms_gan.training.quality import check_features
from ms_gan.training.results import Results
from ms_gan.training.run_folder import RunFolder, create
from ms_gan.training.system import build_system
from ms_gan.training.watch import first_not_finite, not_finite
from ms_gan.weights import load_weights, weights_digest

AGREED_EVERY = 10  # steps between two moments at which workers agree whether to stop
LOOKED_AT = 256  # images of which workers make sure that they have the same


class Trainer:
    """Trains what a configuration describes, on given images, into a run folder.

    Where there are several workers each has a Trainer; they take every step together, and worker 0 writes.

    Args:
        config: the run's configuration.
        data: the training images.
        device: where it runs, and the workers.
        folder: of the run to go on with, from its newest checkpoint; None: a new run's is made.

    Attributes:
        results: what the run leaves behind; None in workers other than 0.
        folder: the run's; None in workers other than 0 of a new run.

    Raises:
        UsageError: options that do not go together, or that the data does not allow; no folder has been made then.
        GanError: nothing to resume from, a checkpoint that does not fit the configuration, or workers that do not start
            from the same.
    """

    def __init__(self, config: Config, data: ImageData, device: Device, folder: Optional[RunFolder] = None):
        self.config = config
        self.data = data
        self.device = device
        self.workers = device.workers
        inputs = StepInputs(config, data.images, workers=self.workers)
        self.inputs = Prefetched(inputs)
        self.per_epoch = inputs.steps_per_epoch
        self.total_steps = config.train.steps or config.train.epochs * self.per_epoch
        if config.train.sync_batch_norm:
            check_norms(device.name)
        self.system = build_system(config, data.images.shape[1:], self.total_steps, self.workers.count)
        inputs.features = getattr(self.system.networks["discriminator"], "dropout_features", 0)
        check_features(config.metrics.features)
        every = config.metrics.every * self.per_epoch
        self._measure_every = every if every <= self.total_steps else 0
        if self._measure_every:
            check_patience(device)
        self.step = self._restore(folder) if folder else 0
        if self.workers.count > 1:
            check_agreement(self.workers, self._facts())
        self.folder = folder or (create(config) if self.workers.leads else None)
        self.results: Optional[Results] = None
        if self.workers.leads:
            lengths = self.per_epoch, self.total_steps, self._measure_every
            self.results = Results(config, data, device, self.system, self.folder, self.step, *lengths)
        self._signal: Optional[int] = None  # that has come to this worker
        self._stopped_by: Optional[int] = None  # once all workers know of it
        self._preparing = False

    def _restore(self, folder: RunFolder) -> int:
        path = newest_checkpoint(folder.checkpoints)
        if path is None:
            raise GanError(f"{folder.checkpoints}: holds no checkpoint to resume from")
        values, card = load_weights(path)
        self.system.restore(values, path)
        return card.step

    def _facts(self) -> Dict[str, bytes]:
        """What all workers must start from."""
        c = self.config
        # Without what each machine may have in a place of its own.
        options = replace(c, data=replace(c.data, dir=None), metrics=replace(c.metrics, features=None), output=None)
        images = self.data.images
        seen = np.ascontiguousarray(images[:: max(1, len(images) // LOOKED_AT)])
        return {
            "options": write_yaml(options).encode(),
            "images": str(images.shape).encode() + seen.tobytes(),
            "weights": weights_digest(parameter for _, parameter in self.system.parameters()).encode(),
        }

    def run(self) -> Optional[int]:
        """Train until the last epoch, or until a signal asks to stop.

        Returns:
            None at the end, or the number of the signal that stopped the training; it is saved and can be resumed.

        Raises:
            GanError: a loss or a weight that is not a finite number, a file that cannot be written, or a lost worker.
        """
        if self.results:
            self.results.begin(self.step)
        previous = {number: signal.signal(number, self._interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            with self.workers.together():
                self._prepare()
                with self.results.shown(self.step) if self.results else contextlib.nullcontext():
                    self._loop()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
        self._end()
        return self._stopped_by

    def _interrupt(self, number: int, frame: Any) -> None:
        second, self._signal = self._signal is not None, number
        if second or self._preparing:
            raise KeyboardInterrupt

    def _prepare(self) -> None:
        """What may take minutes before the first step; a signal does not wait for it."""
        self._preparing = True
        try:
            if self.results:
                self.results.quality.prepare()
        except KeyboardInterrupt:
            pass  # the loop sees what interrupted it, and the run can be resumed
        finally:
            self._preparing = False

    def _loop(self) -> None:
        """One pass a step. Statistics stay on the device until a record is due, so that no step waits for them."""
        train = self.config.train
        unit = self.per_epoch if train.cadence == "epochs" else 1
        pending: List[ms.Tensor] = []
        since = time.monotonic()
        stop = self._stops()
        while self.step < self.total_steps and not stop:
            pending.append(self.system.take(self.step, self.inputs(self.step)))
            self.step += 1
            stop = self._stops()
            every = train.sample_every * unit, self._measure_every, train.checkpoint_every * unit
            sample, measure, save = map(self._is_due, every)
            epoch_over = self.step % self.per_epoch == 0
            # Before a checkpoint too: what is no number must not be saved over what was one.
            if self._is_due(train.log_every) or epoch_over or save or stop:
                self._record(pending, time.monotonic() - since)
                pending, since = [], time.monotonic()
            if sample or measure or save:
                paused = time.monotonic()
                self._look(sample, measure, save)
                since += time.monotonic() - paused

    def _stops(self) -> bool:
        """Whether a signal has come: at once where this worker is alone, else when all look together."""
        if self.workers.count == 1 or self.step % AGREED_EVERY == 0:
            self._stopped_by = int(self.workers.gather(np.float32([self._signal or 0])).max()) or None
        return self._stopped_by is not None

    def _is_due(self, steps: int) -> bool:
        """Whether something that happens every so many steps, and at the end, happens now; with 0 it never does."""
        return steps > 0 and (self.step % steps == 0 or self.step == self.total_steps)

    def _record(self, pending: List[ms.Tensor], seconds: float) -> None:
        statistics = self.workers.mean(np.stack([tensor.asnumpy() for tensor in pending]))
        bad = not_finite(statistics)
        if bad is not None:
            self._fail(f"{bad[1]} stopped being finite in step {self.step - len(statistics) + bad[0] + 1:,}")
        if self.results:
            self.results.record(self.step, statistics, seconds)

    def _fail(self, what: str) -> None:
        """Raise a GanError: what is not finite, where, and what to do."""
        name = first_not_finite(self.system.parameters())
        text = what + (f"; the first parameter that is not finite now is {name}" if name else "")
        raise GanError(f"{text}. {self.results.failure(self.step, text)}" if self.results else text)

    def _look(self, sample: bool, measure: bool, save: bool) -> None:
        """Make of the present weights what is due."""
        self.system.average_statistics()
        # Before anything is made of them: losses are finite, but a weight or what an optimizer keeps may not be.
        if first_not_finite(self.system.parameters()):
            self._fail(f"losses are finite in step {self.step:,}, but not what they led to")
        if self.results:
            if sample:
                self.results.sample(self.step)
            if measure:
                self.results.measure(self.step)
            if save:
                self.results.save(self.step)

    def _end(self) -> None:
        if self._stopped_by is not None:
            self._look(sample=False, measure=False, save=True)
        if self.results:
            self.results.end(self.step, "end" if self._stopped_by is None else "stop")
        self.workers.wait()
