"""What a run keeps of its weights: checkpoints, the best generator and the last one."""

import os
from pathlib import Path
from typing import Any

from ms_gan.config.sections import RunConfig
from ms_gan.files import CannotWrite
from ms_gan.generators.weights import save_weights
from ms_gan.runs.events import EventLog, say
from ms_gan.runs.run_folder import RunFolder
from ms_gan.training.checkpoint import checkpoint_path, newest_checkpoint, prune
from ms_gan.training.showcase import Showcase
from ms_gan.training.system import System


class Keeper:
    """Writes checkpoints and generators.

    Args:
        config: the run's configuration.
        system: what is trained.
        showcase: opens its generators.
        folder: the run's.
        log: the run's.
        notes: what a checkpoint notes down of the training.
        total_steps: of the run.

    Attributes:
        unsaved: why the last checkpoint could not be written, a sentence; "" where it could.
    """

    def __init__(
        self,
        config: RunConfig,
        system: System,
        showcase: Showcase,
        folder: RunFolder,
        log: EventLog,
        notes: str,
        total_steps: int,
    ):
        self._config, self._system, self._showcase = config, system, showcase
        self._folder, self._log, self._notes, self._total = folder, log, notes, total_steps
        self.unsaved = ""

    def keep_best(self, step: int) -> None:
        """Write the present generators as the best ones.

        Raises:
            CannotWrite: what was there stays.
        """
        for stem, network in self._system.generators.items():
            _save_generator(self._folder.best(stem), self._showcase.opened(network, step))

    def save(self, step: int, best_known: bool) -> None:
        """A checkpoint, and the last generators: beside the best ones, or in their place where none has been measured.

        Where the disk refuses them the older ones stay, and training goes on: the next ones may find room.

        Args:
            step: steps taken.
            best_known: whether the best generators have been measured.
        """
        try:
            self._keep_resumable(step)
            # The checkpoint comes last: where it is, nothing of its step is missing.
            self._save_last(step, best_known)
            path = checkpoint_path(self._folder.checkpoints, step)
            _, network = self._system.first_generator
            save_weights(path, self._system.parameters(), self._showcase.card(network, step), self._notes)
            prune(self._folder.checkpoints, self._config.train.keep_checkpoints)
            self.unsaved = ""
        except CannotWrite as error:
            newest = newest_checkpoint(self._folder.checkpoints)
            last = f"the last checkpoint is {newest.name}" if newest else "there is no checkpoint yet"
            self.unsaved = f"step {step:,} is not saved: {error}; {last}; free some space"
            self._log.write("warning", step=step, about="not_saved", text=self.unsaved)
            if step < self._total:
                say(f"warning: {self.unsaved}; the next checkpoint will be tried")

    def _save_last(self, step: int, best_known: bool) -> None:
        for stem, network in self._system.generators.items():
            best, last = self._folder.best(stem), self._folder.last(stem)
            _save_generator(last if best_known else best, self._showcase.opened(network, step))
            if not best_known:
                last.unlink(missing_ok=True)

    def _keep_resumable(self, step: int) -> None:
        """Somebody may have moved or removed the folder meanwhile; without its options no checkpoint can be resumed."""
        if not os.path.exists(self._folder.config):
            self._folder.save_config(self._config)
            text = f"{self._folder.path}: was moved or removed; training goes on in a new folder of that name"
            self._log.write("warning", step=step, about="moved", text=text)
            say(f"warning: {text}")


def _save_generator(path: Path, opened: Any) -> None:
    save_weights(path, [(p.name, p) for p in opened.parameters()], opened.card)
