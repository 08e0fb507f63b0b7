"""The loop: batches and latents into the step, and what a person wants to see out of it."""

import signal
import time
from typing import Any, Dict, List, Optional

import mindspore as ms
import numpy as np

from ms_gan import pictures
from ms_gan.card import Card, ImageConfig
from ms_gan.config import Config
from ms_gan.data import ImageData
from ms_gan.errors import GanError
from ms_gan.runtime import Device
from ms_gan.sampling import Sampler
from ms_gan.training.checkpoint import checkpoint_path, newest_checkpoint, prune
from ms_gan.training.events import EventLog, Progress, read_events
from ms_gan.training.inputs import StepInputs
from ms_gan.training.prefetch import Prefetched
from ms_gan.training.run_folder import RunFolder, create
from ms_gan.training.step import STATISTICS
from ms_gan.training.system import build_system
from ms_gan.weights import load_weights, save_weights


class Trainer:
    """Trains what a configuration describes, on given images, into a run folder.

    Args:
        config: the run's configuration.
        data: the training images.
        device: where it runs.
        folder: of the run to go on with, from its newest checkpoint; None: a new run's is made.

    Raises:
        UsageError: options that do not go together, or that the data does not allow; no folder has been made then.
        GanError: nothing to resume from, or a checkpoint that does not fit the configuration.
    """

    def __init__(self, config: Config, data: ImageData, device: Device, folder: Optional[RunFolder] = None):
        self.config = config
        self.data = data
        self.device = device
        inputs = StepInputs(config, data.images)
        self.inputs = Prefetched(inputs)
        self.per_epoch = inputs.steps_per_epoch
        self.total_steps = config.train.steps or config.train.epochs * self.per_epoch
        self.system = build_system(config, data.images.shape[1:], self.total_steps)
        inputs.features = getattr(self.system.networks["discriminator"], "dropout_features", 0)
        self.folder = folder or create(config)
        self.step = self._restore() if folder else 0
        self.log = EventLog(self.folder.log, self.step)
        self.sampler = Sampler.from_card(self._card())
        self._interrupted: Optional[int] = None

    def _restore(self) -> int:
        path = newest_checkpoint(self.folder.checkpoints)
        if path is None:
            raise GanError(f"{self.folder.checkpoints}: holds no checkpoint to resume from")
        values, card = load_weights(path)
        self.system.restore(values, path)
        return card.step

    def run(self) -> Optional[int]:
        """Train until the last epoch, or until a signal asks to stop.

        Returns:
            None at the end, or the number of the signal that stopped the training; it is saved and can be resumed.

        Raises:
            GanError: a loss that is not a number, or a file that cannot be written.
        """
        self._begin()
        progress = Progress(self.per_epoch, self.total_steps, self.step)
        previous = {number: signal.signal(number, self._interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._loop(progress)
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
            progress.close()
        self._end()
        return self._interrupted

    def _begin(self) -> None:
        c = self.config
        self.log.write(
            "start",
            step=self.step,
            device=self.device.description,
            mindspore=self.device.mindspore,
            mode=c.mode,
            convolution=self.device.convolution,
            data=self.data.name,
            origin=self.data.origin,
        )
        if self.step == 0:
            pictures.save_grid(self.data.images[: c.train.sample_count], self.folder.samples / "real.png")

    def _interrupt(self, number: int, frame: Any) -> None:
        if self._interrupted is not None:
            raise KeyboardInterrupt
        self._interrupted = number

    def _loop(self, progress: Progress) -> None:
        """One pass a step. Statistics stay on the device until a record is due, so that no step waits for them."""
        train = self.config.train
        unit = self.per_epoch if train.cadence == "epochs" else 1
        pending: List[ms.Tensor] = []
        since = time.monotonic()
        while self.step < self.total_steps and self._interrupted is None:
            pending.append(self.system.take(self.step, self.inputs(self.step)))
            self.step += 1
            sample, save = (self._is_due(n * unit) for n in (train.sample_every, train.checkpoint_every))
            epoch_over = self.step % self.per_epoch == 0
            # Before a checkpoint too: what is no number must not be saved over what was one.
            if self._is_due(train.log_every) or epoch_over or save or self._interrupted is not None:
                progress.update(self.step, self._record(pending, time.monotonic() - since))
                pending, since = [], time.monotonic()
            if sample:
                self._sample()
            if save:
                self._save()
            if sample or save:
                since = time.monotonic()

    def _is_due(self, steps: int) -> bool:
        """Whether something that happens every so many steps, and at the end, happens now."""
        return self.step % steps == 0 or self.step == self.total_steps

    def _record(self, pending: List[ms.Tensor], seconds: float) -> Dict[str, Any]:
        means = np.mean([tensor.asnumpy() for tensor in pending], axis=0)
        if not np.isfinite(means).all():
            bad = [name for name, value in zip(STATISTICS, means) if not np.isfinite(value)]
            raise GanError(
                f"{', '.join(bad)} stopped being a number in steps {self.step - len(pending) + 1} to {self.step}; "
                "try a lower learning rate. The checkpoints before it are untouched"
            )
        return self.log.write(
            "train",
            step=self.step,
            epoch=self.step / self.per_epoch,
            **{name: float(value) for name, value in zip(STATISTICS, means)},
            images_per_second=len(pending) * self.config.train.batch_size / seconds,
        )

    def _sample(self) -> None:
        """A grid of the same latents each time, the first samples of the run's seed."""
        self._load_sampler()
        images = self.sampler.samples(self.config.seed, self.config.train.sample_count)
        pictures.save_grid(
            images, self.folder.sample(self.step, self.per_epoch if self.config.train.cadence == "epochs" else None)
        )

    def _load_sampler(self) -> None:
        # The sampler's network is its own: sampling neither moves BatchNorm statistics nor recompiles the step.
        source = self.system.networks[self.system.sampled]
        for target, parameter in zip(self.sampler.parameters(), source.get_parameters()):
            target.set_data(parameter.value())

    def _card(self) -> Card:
        c = self.config
        channels, height, width = self.data.images.shape[1:]
        return Card(
            recipe=c.recipe,
            seed=c.seed,
            step=self.step,
            epoch=self.step / self.per_epoch,
            averaged=c.ema.enabled,
            latent=c.latent,
            image=ImageConfig(channels, height, width),
            generator=c.generator,
        )

    def _save(self) -> None:
        card = self._card()
        save_weights(checkpoint_path(self.folder.checkpoints, self.step), self.system.parameters(), card)
        prune(self.folder.checkpoints, self.config.train.keep_checkpoints)
        self._load_sampler()
        save_weights(self.folder.generator, [(p.name, p) for p in self.sampler.parameters()], card)

    def _end(self) -> None:
        if self._interrupted is not None:
            self._save()
        self.log.write("stop" if self._interrupted else "end", step=self.step)
        records = [record for record in read_events(self.folder.log) if record["event"] == "train"]
        if records:
            pictures.plot_losses(records, self.folder.losses)
        frames = self.folder.all_samples()
        if frames:
            pictures.animate_files(frames, self.folder.animation)
