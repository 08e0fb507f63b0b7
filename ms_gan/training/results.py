"""What a run leaves behind while it trains: log, pictures, checkpoints, the best generator."""

import contextlib
import os
import platform
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List, Optional

import mindspore as ms
import numpy as np

from ms_gan import __version__
from ms_gan.config.sections import Config
from ms_gan.data import ImageData
from ms_gan.files import CannotWrite
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.sampling import Sampler
from ms_gan.generators.weights import save_weights
from ms_gan.pictures import grids
from ms_gan.runs.events import EventLog, Progress, read_events, say
from ms_gan.runs.run_folder import RunFolder
from ms_gan.runs.thinning import thin_grids
from ms_gan.runtime import Device
from ms_gan.runtime.signals import Signals
from ms_gan.training.adversarial.step import STATISTICS
from ms_gan.training.adversarial.watch import Sign, Watch
from ms_gan.training.checkpoint import checkpoint_path, newest_checkpoint, prune, take_notes
from ms_gan.training.live import Live
from ms_gan.training.quality import Quality
from ms_gan.training.system import System


class Results:
    """Writes into a run's folder, and tells a person how training goes. Where there are workers, worker 0 has it.

    Args:
        config: the run's configuration.
        data: the training images.
        device: where it runs.
        system: what is trained; its present weights are what pictures and files are made of.
        folder: the run's; what it holds of later steps is dropped, because training repeats them.
        step: the step from which training goes on.
        per_epoch, total_steps: steps of an epoch and of the run.
        measure_every: steps between two measurements of quality; 0: there are none.
        signals: what asks for a stop; a measurement does not go on then.

    Attributes:
        unsaved: why the last checkpoint could not be written, a sentence; "" where it could.
    """

    def __init__(
        self,
        config: Config,
        data: ImageData,
        device: Device,
        system: System,
        folder: RunFolder,
        step: int,
        per_epoch: int,
        total_steps: int,
        measure_every: int,
        signals: Signals,
    ):
        self.config, self.data, self.device, self.system, self.folder = config, data, device, system, folder
        self.per_epoch, self.total_steps = per_epoch, total_steps
        self.log = EventLog(folder.log, step)
        self.sampler = Sampler.from_card(self._card(step))
        self.quality = Quality(config, data, folder, step, measure_every)
        self.live = Live(config, folder, step)
        self.log.listener = self.live.add
        told = [record.get("about") for record in read_events(folder.log) if record["event"] == "warning"]
        moved = system.networks["generator"].trainable_params()
        self.watch = Watch(config, data.images[: config.train.sample_count], moved, total_steps, told)
        self.unsaved = ""
        self._notes = take_notes(config, data.images)
        self._signals = signals
        self._refused = False  # whether the disk refused the last picture

    def begin(self, step: int) -> None:
        """The log's first record, and the first real images as a grid."""
        c = self.config
        self._thin_grids(step)
        if step == 0:
            with self._dispensable():
                grids.save_grid(self.data.images[: c.train.sample_count], self.folder.samples / "real.png")
        self.log.write(
            "start",
            step=step,
            version=__version__,
            python=platform.python_version(),
            device=self.device.description,
            workers=self.device.workers.count,
            mindspore=self.device.mindspore,
            mode=c.mode,
            precision=self.device.precision,
            convolution=self.device.convolution,
            data=self.data.name,
            origin=self.data.origin,
        )

    @property
    def ended(self) -> bool:
        """Whether the run's log says that it is over."""
        return [record["event"] for record in read_events(self.folder.log)][-1:] == ["end"]

    @contextlib.contextmanager
    def _dispensable(self) -> Iterator[None]:
        """Around writing what training can do without: what the disk refuses is told of once, until it takes some."""
        try:
            yield
            self._refused = False
        except CannotWrite as error:
            if not self._refused:
                say(f"warning: {error}; training goes on without it")
            self._refused = True

    @contextlib.contextmanager
    def shown(self, step: int) -> Iterator[None]:
        """Show a person how far training is, within this context, which starts at `step`."""
        with contextlib.closing(Progress(self.per_epoch, self.total_steps, step)) as self._progress:
            yield

    def record(self, step: int, statistics: np.ndarray, seconds: float) -> None:
        """Write what steps up to `step` brought: (steps, 4), STATISTICS."""
        record = self.log.write(
            "train",
            step=step,
            epoch=step / self.per_epoch,
            **{name: float(value) for name, value in zip(STATISTICS, statistics.mean(axis=0))},
            images_per_second=len(statistics) * self.config.images_per_step / seconds,
        )
        self._tell(step, self.watch.losses(statistics))
        self._tell(step, self.watch.weights(step))
        self._progress.update(step, record)

    def failure(self, step: int, text: str) -> str:
        """Write that something stopped being finite; returns what to do about it, a sentence."""
        path = newest_checkpoint(self.folder.checkpoints)
        self.log.write("error", step=step, text=text)
        both = "optimizer.generator.lr and optimizer.discriminator.lr"
        if path is None:
            return f"No checkpoint is older: train anew with lower {both}"
        return (
            f"The last good checkpoint is {path}: lower {both} in {self.folder.config}, and go on from it with "
            f"--resume {self.folder.path}, or leave out up to 10 such steps with --train.skip_bad_steps 10"
        )

    @property
    def skipped(self) -> int:
        """How many steps have been left out, as the log says."""
        return sum(record["event"] == "skipped" for record in read_events(self.folder.log))

    def leave_out(self, step: int, cause: str) -> None:
        """Write that a step was left out because something was not finite."""
        self.log.write("skipped", step=step, text=cause)
        say(f"warning: step {step:,} is left out: not finite: {cause}")

    def _tell(self, step: int, sign: Optional[Sign]) -> None:
        if sign is not None:
            self.log.write("warning", step=step, **sign._asdict())
            say(f"warning: step {step:,}: {sign.text}")

    def sample(self, step: int) -> None:
        """A grid of the same latents each time, the first samples of the run's seed."""
        self._load_sampler(self.system.sampled, step)
        images = self.sampler.samples(self.config.seed, self.config.train.sample_count)
        path = self.folder.sample(step, self.per_epoch if self.config.train.cadence == "epochs" else None)
        with self._dispensable():
            grids.save_grid(images, path)
        self._thin_grids(step)
        self.live.add_images(step, images)
        self._tell(step, self.watch.images(step, images))

    def _thin_grids(self, step: int) -> None:
        """Let go of the sample grids that a run of so many steps does not keep."""
        train, paths = self.config.train, self.folder.all_samples(self.per_epoch)
        every = train.sample_every * (self.per_epoch if train.cadence == "epochs" else 1)
        thin_grids(paths, [self.folder.sampled_step(path, self.per_epoch) for path in paths], step, every)

    def measure(self, step: int) -> None:
        """Measure the raw and the averaged generator; the one that makes the pictures is kept if it is the best.

        Where a stop is asked for nothing is measured: the resumed run does it.
        """
        if not self._signals.do_unless_stopped(self.quality.prepare):
            return
        texts: List[str] = []
        for name in dict.fromkeys(("generator", self.system.sampled)):
            self._load_sampler(name, step)
            record = self.quality.measure(self.sampler, lambda: self._signals.stop is not None)
            if record is None:
                return
            self.live.add(record)
            texts.append(f"{record['frechet']:.4g} ({record['generator']})")
        best = self.quality.wins(record)
        if best:
            with self._dispensable():
                self._save_generator(self.folder.generator)
                self.quality.best = record
        say(f"epoch {record['epoch']:.4g}: Frechet distance {', '.join(texts)}{'; the best so far' if best else ''}")

    def save(self, step: int) -> None:
        """A checkpoint, and the last generator: beside the best one, or in its place where none has been measured.

        Where the disk refuses them the older ones stay, and training goes on: the next ones may find room.
        """
        try:
            self._keep_resumable(step)
            # The checkpoint comes last: where it is, nothing of its step is missing.
            self._save_last_generator(step)
            path = checkpoint_path(self.folder.checkpoints, step)
            save_weights(path, self.system.parameters(), self._card(step), self._notes)
            prune(self.folder.checkpoints, self.config.train.keep_checkpoints)
            self.unsaved = ""
        except CannotWrite as error:
            newest = newest_checkpoint(self.folder.checkpoints)
            last = f"the last checkpoint is {newest.name}" if newest else "there is no checkpoint yet"
            self.unsaved = f"step {step:,} is not saved: {error}; {last}: make room"
            self.log.write("warning", step=step, about="not_saved", text=self.unsaved)
            if step < self.total_steps:
                say(f"warning: {self.unsaved}, the next one is tried again")

    def _keep_resumable(self, step: int) -> None:
        """Somebody may have moved or removed the folder meanwhile; without its options no checkpoint can be resumed."""
        if not os.path.exists(self.folder.config):
            self.folder.save_config(self.config)
            text = f"{self.folder.path}: was moved or removed; training goes on in a new folder of that name"
            self.log.write("warning", step=step, about="moved", text=text)
            say(f"warning: {text}")

    def _save_last_generator(self, step: int) -> None:
        self._load_sampler(self.system.sampled, step)
        if self.quality.best is not None:
            self._save_generator(self.folder.generator_last)
        else:
            self._save_generator(self.folder.generator)
            self.folder.generator_last.unlink(missing_ok=True)

    def end(self, step: int, event: str) -> None:
        """The plots and the animation of the whole run, and then the log's last record, `end` or `stop`."""
        records = [record for record in read_events(self.folder.log) if record["event"] == "train"]
        with self._dispensable():
            if records:
                grids.plot_losses(records, self.folder.losses)
            self.quality.plot()
            frames = self.folder.all_samples(self.per_epoch)
            if frames:
                grids.animate_files(frames, self.folder.animation)
        self.log.write(event, step=step)

    def _load_sampler(self, name: str, step: int) -> None:
        """Give the sampler the present weights of the network with that name."""
        # The sampler's network is its own: sampling neither moves BatchNorm statistics nor recompiles the step.
        # By way of numpy: what Parameter.value() returns takes 600 bytes that MindSpore never gives back.
        for target, parameter in zip(self.sampler.parameters(), self.system.networks[name].get_parameters()):
            target.set_data(ms.Tensor(parameter.asnumpy()))
        averaged = self.config.ema.enabled and name == self.system.sampled
        self.sampler.card = replace(self._card(step), averaged=averaged)

    def _card(self, step: int) -> Card:
        c = self.config
        channels, height, width = self.data.images.shape[1:]
        return Card(
            recipe=c.recipe,
            seed=c.seed,
            step=step,
            epoch=step / self.per_epoch,
            averaged=c.ema.enabled,
            latent=c.latent,
            image=ImageConfig(channels, height, width),
            generator=c.generator,
        )

    def _save_generator(self, path: Path) -> None:
        save_weights(path, [(p.name, p) for p in self.sampler.parameters()], self.sampler.card)
