"""Where a training begins: anew, or from the newest whole checkpoint of its folder."""

from pathlib import Path
from typing import NamedTuple, Tuple

from ms_gan.errors import GanError
from ms_gan.runs.events import read_events, say
from ms_gan.runs.run_folder import RunFolder
from ms_gan.training.checkpoint import compare_notes, newest_whole, set_aside
from ms_gan.training.system import System


class Beginning(NamedTuple):
    """Where a training begins.

    Attributes:
        step: the steps taken so far.
        damaged: checkpoints that cannot be used.
        warnings: what a person should know, a sentence each.
    """

    step: int = 0
    damaged: Tuple[Path, ...] = ()
    warnings: Tuple[str, ...] = ()


def restore_newest(folder: RunFolder, system: System, notes: str, first_save: int) -> Beginning:
    """Set everything that training changes to what the newest whole checkpoint of a run holds.

    A run that ended before its first checkpoint begins anew.

    Args:
        folder: the run's.
        system: what is trained.
        notes: what a checkpoint would note down now.
        first_save: the step of the run's first checkpoint.

    Raises:
        GanError: no checkpoint is whole, or one fits but not this network, or all have been removed.
    """
    found = newest_whole(folder.checkpoints)
    if found is None:
        last = max((record.get("step", 0) for record in read_events(folder.log)), default=0)
        if last > first_save:
            raise GanError(f"{folder.checkpoints}: holds no checkpoint to resume from", code="missing")
        return Beginning(warnings=(f"{folder.path}: ended before its first checkpoint; it starts again",))
    system.restore(found.contents.values, found.path)
    warnings = [f"{error}; {found.path.name} is used instead" for _, error in found.damaged]
    warnings += compare_notes(found.contents.notes, notes)
    return Beginning(found.contents.card.step, tuple(path for path, _ in found.damaged), tuple(warnings))


def settle(folder: RunFolder, beginning: Beginning) -> None:
    """Tell what a person should know of a resumed run, and clear away what is not gone on from. For one worker."""
    for warning in beginning.warnings:
        say(f"warning: {warning}")
    for path in beginning.damaged:
        set_aside(path)
    if not beginning.step:
        folder.clear()
