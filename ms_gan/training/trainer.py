"""The loop: batches and latents into the step, and what a person wants to see out of it."""

import contextlib
import signal
import time
from dataclasses import replace
from pathlib import Path
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
from ms_gan.training.events import EventLog, Progress, read_events, say
from ms_gan.training.inputs import StepInputs
from ms_gan.training.prefetch import Prefetched
from ms_gan.training.quality import Quality, check_features
from ms_gan.training.run_folder import RunFolder, create
from ms_gan.training.step import STATISTICS
from ms_gan.training.system import build_system
from ms_gan.training.watch import Sign, Watch, first_not_finite, not_finite
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
        check_features(config.metrics.features)
        self.folder = folder or create(config)
        self.step = self._restore() if folder else 0
        self.log = EventLog(self.folder.log, self.step)
        self.sampler = Sampler.from_card(self._card())
        every = config.metrics.every * self.per_epoch
        self.quality = Quality(config, data, self.folder, self.step, every if every <= self.total_steps else 0)
        told = [record.get("about") for record in read_events(self.folder.log) if record["event"] == "warning"]
        moved = self.system.networks["generator"].trainable_params()
        self.watch = Watch(config, data.images[: config.train.sample_count], moved, self.total_steps, told)
        self._interrupted: Optional[int] = None
        self._preparing = False

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
            GanError: a loss or a weight that is not a finite number, or a file that cannot be written.
        """
        self._begin()
        previous = {number: signal.signal(number, self._interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._prepare()
            with contextlib.closing(Progress(self.per_epoch, self.total_steps, self.step)) as progress:
                self._loop(progress)
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
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
        second, self._interrupted = self._interrupted is not None, number
        if second or self._preparing:
            raise KeyboardInterrupt

    def _prepare(self) -> None:
        """What may take minutes before the first step; a signal does not wait for it."""
        self._preparing = True
        try:
            self.quality.prepare()
        except KeyboardInterrupt:
            pass  # the loop sees what interrupted it, and the run can be resumed
        finally:
            self._preparing = False

    def _loop(self, progress: Progress) -> None:
        """One pass a step. Statistics stay on the device until a record is due, so that no step waits for them."""
        train = self.config.train
        unit = self.per_epoch if train.cadence == "epochs" else 1
        pending: List[ms.Tensor] = []
        since = time.monotonic()
        while self.step < self.total_steps and self._interrupted is None:
            pending.append(self.system.take(self.step, self.inputs(self.step)))
            self.step += 1
            every = train.sample_every * unit, self.quality.every, train.checkpoint_every * unit
            sample, measure, save = map(self._is_due, every)
            epoch_over = self.step % self.per_epoch == 0
            # Before a checkpoint too: what is no number must not be saved over what was one.
            if self._is_due(train.log_every) or epoch_over or save or self._interrupted is not None:
                progress.update(self.step, self._record(pending, time.monotonic() - since))
                pending, since = [], time.monotonic()
            if sample or measure or save:
                paused = time.monotonic()
                self._look(sample, measure, save)
                since += time.monotonic() - paused

    def _is_due(self, steps: int) -> bool:
        """Whether something that happens every so many steps, and at the end, happens now; with 0 it never does."""
        return steps > 0 and (self.step % steps == 0 or self.step == self.total_steps)

    def _record(self, pending: List[ms.Tensor], seconds: float) -> Dict[str, Any]:
        statistics = np.stack([tensor.asnumpy() for tensor in pending])
        bad = not_finite(statistics)
        if bad is not None:
            self._stop(f"{bad[1]} stopped being finite in step {self.step - len(statistics) + bad[0] + 1:,}")
        record = self.log.write(
            "train",
            step=self.step,
            epoch=self.step / self.per_epoch,
            **{name: float(value) for name, value in zip(STATISTICS, statistics.mean(axis=0))},
            images_per_second=len(pending) * self.config.train.batch_size / seconds,
        )
        self._tell(self.watch.losses(statistics))
        self._tell(self.watch.weights(self.step))
        return record

    def _tell(self, sign: Optional[Sign]) -> None:
        if sign is not None:
            self.log.write("warning", step=self.step, **sign._asdict())
            say(f"warning: step {self.step:,}: {sign.text}")

    def _check_weights(self) -> None:
        """Before anything is made of the weights.

        Raises:
            GanError: one of them, or a number that an optimizer keeps, is not finite.
        """
        if first_not_finite(self.system.parameters()):
            self._stop(f"losses are finite in step {self.step:,}, but not what they led to")

    def _stop(self, what: str) -> None:
        """Raise a GanError: what is not finite, where, and what to do."""
        name, path = first_not_finite(self.system.parameters()), newest_checkpoint(self.folder.checkpoints)
        where = f"; the first parameter that is not finite now is {name}" if name else ""
        both = "optimizer.generator.lr and optimizer.discriminator.lr"
        remedy = f"No checkpoint is older: train anew with lower {both}"
        if path is not None:
            remedy = (
                f"The last good checkpoint is {path}: lower {both} in {self.folder.config}, and go on from it with "
                f"--resume {self.folder.path}"
            )
        self.log.write("error", step=self.step, text=what + where)
        raise GanError(f"{what}{where}. {remedy}")

    def _look(self, sample: bool, measure: bool, save: bool) -> None:
        """Make of the present weights what is due."""
        self._check_weights()
        if sample:
            self._sample()
        if measure:
            self._measure()
        if save:
            self._save()

    def _sample(self) -> None:
        """A grid of the same latents each time, the first samples of the run's seed."""
        self._load_sampler(self.system.sampled)
        images = self.sampler.samples(self.config.seed, self.config.train.sample_count)
        pictures.save_grid(
            images, self.folder.sample(self.step, self.per_epoch if self.config.train.cadence == "epochs" else None)
        )
        self._tell(self.watch.images(self.step, images))

    def _measure(self) -> None:
        """Measure the raw and the averaged generator; the one that makes the pictures is kept if it is the best."""
        texts = []
        for name in dict.fromkeys(("generator", self.system.sampled)):
            self._load_sampler(name)
            record = self.quality.measure(self.sampler)
            texts.append(f"{record['frechet']:.4g} ({record['generator']})")
        best = self.quality.wins(record)
        if best:
            self._save_generator(self.folder.generator)
            self.quality.best = record
        say(f"epoch {record['epoch']:.4g}: Frechet distance {', '.join(texts)}{'; the best so far' if best else ''}")

    def _load_sampler(self, name: str) -> None:
        """Give the sampler the present weights of the network with that name."""
        # The sampler's network is its own: sampling neither moves BatchNorm statistics nor recompiles the step.
        for target, parameter in zip(self.sampler.parameters(), self.system.networks[name].get_parameters()):
            target.set_data(parameter.value())
        averaged = self.config.ema.enabled and name == self.system.sampled
        self.sampler.card = replace(self._card(), averaged=averaged)

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
        """A checkpoint, and the last generator: beside the best one, or in its place where none has been measured."""
        save_weights(checkpoint_path(self.folder.checkpoints, self.step), self.system.parameters(), self._card())
        prune(self.folder.checkpoints, self.config.train.keep_checkpoints)
        self._load_sampler(self.system.sampled)
        if self.quality.best is not None:
            self._save_generator(self.folder.generator_last)
        else:
            self._save_generator(self.folder.generator)
            self.folder.generator_last.unlink(missing_ok=True)

    def _save_generator(self, path: Path) -> None:
        save_weights(path, [(p.name, p) for p in self.sampler.parameters()], self.sampler.card)

    def _end(self) -> None:
        if self._interrupted is not None:
            self._look(sample=False, measure=False, save=True)
        self.log.write("stop" if self._interrupted else "end", step=self.step)
        records = [record for record in read_events(self.folder.log) if record["event"] == "train"]
        if records:
            pictures.plot_losses(records, self.folder.losses)
        self.quality.plot()
        frames = self.folder.all_samples()
        if frames:
            pictures.animate_files(frames, self.folder.animation)
