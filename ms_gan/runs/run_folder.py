"""The folder that a run leaves behind: everything about the run can be read back from it alone."""

import contextlib
import errno
import os
import re
import shutil
from datetime import date
from pathlib import Path
from typing import List, Optional

from filelock import FileLock, Timeout

from ms_gan.config.parser import write_yaml
from ms_gan.config.paths import FOLDER, kind_at, shortened
from ms_gan.config.sections import RunConfig
from ms_gan.errors import GanError, UsageError
from ms_gan.files import UNFINISHED, remove_unfinished, write_text

LOCK = ".lock"
LONGEST_RECIPE = 100  # characters of a name that runs are numbered under
# What a network file system answers that has no locks, or whose lock service is down.
NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)
GRID = re.compile(r"(?P<kind>epoch|step)-(?P<number>\d{5,})\.png")


class RunFolder:
    """The names of what lies in a run's folder.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path):
        self.path = Path(path)
        self.config = self.path / "config.yaml"
        self.log = self.path / "log.jsonl"
        self.samples = self.path / "samples"
        self.checkpoints = self.path / "checkpoints"
        self.generator = self.path / "generator.ckpt"
        self.generator_last = self.path / "generator_last.ckpt"
        self.metrics = self.path / "metrics.jsonl"
        self.quality = self.path / "quality.png"
        self.losses = self.path / "losses.png"
        self.animation = self.path / "training.gif"
        self.report = self.path / "report.html"
        self.tensorboard = self.path / "tensorboard"
        self._lock = FileLock(self.path / LOCK)

    def claim(self) -> None:
        """Lock the folder against other trainings until `release` or until this process ends, however it ends.

        What a process that died there has left unfinished is removed.

        Raises:
            GanError: another process is training in it, or it cannot be written to.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise GanError(
                f"{self.path}: another process is already training in this folder; wait until it finishes or choose "
                "another --output",
                code="taken",
            ) from None
        except (NotImplementedError, OSError) as error:  # filelock says the first of them where ENOSYS is the answer
            if isinstance(error, OSError) and error.errno not in NO_LOCKS:
                raise GanError(
                    f"{self.path}: cannot be written to ({error.strerror}); a run continues only in its folder: make "
                    "it writable, or copy it and resume the copy",
                    code="unwritable",
                ) from None
            print(f"note: {self.path}: its file system has no locks; make sure that nothing else trains in it")
        remove_unfinished(self.path)

    def release(self) -> None:
        """Release the folder to other trainings."""
        self._lock.release()

    def clear(self) -> None:
        """Remove what was written before the first checkpoint, because training begins anew."""
        for path in self.path.iterdir():
            if path.is_file() and path not in (self.config, self.path / LOCK):
                path.unlink()
        for folder in (self.samples, self.tensorboard):
            shutil.rmtree(folder, ignore_errors=True)

    def sample(self, step: int, steps_per_epoch: Optional[int]) -> Path:
        """Where the sample grid after a step lies, named by its epoch, or by the step where no epoch is counted."""
        if steps_per_epoch and step % steps_per_epoch == 0:
            return self.samples / f"epoch-{step // steps_per_epoch:05d}.png"
        return self.samples / f"step-{step:09d}.png"

    def all_samples(self, steps_per_epoch: int) -> List[Path]:
        """The sample grids, oldest first, whether named by epoch or by step."""
        found = [path for path in self.samples.glob("*.png") if GRID.fullmatch(path.name)]
        return sorted(found, key=lambda path: (self.sampled_step(path, steps_per_epoch), path.name))

    @staticmethod
    def sampled_step(path: Path, steps_per_epoch: int) -> int:
        """The step after which a sample grid was made."""
        name = GRID.fullmatch(path.name)
        return int(name["number"]) * (steps_per_epoch if name["kind"] == "epoch" else 1)

    def best(self, stem: str) -> Path:
        """Where the best generator of a name lies: the last one where none has been measured."""
        return self.path / f"{stem}.ckpt"

    def last(self, stem: str) -> Path:
        """Where the last generator of a name lies, beside the best one."""
        return self.path / f"{stem}_last.ckpt"

    def save_config(self, config: RunConfig) -> None:
        """Write the complete configuration."""
        write_text(self.config, write_yaml(config))


def create(config: RunConfig) -> RunFolder:
    """Make the folder of a new run, claimed: `--output`, or the first free runs/RECIPE-DATE-N.

    From the first moment on it is either empty, but for the lock, or can be resumed.

    Raises:
        UsageError: the folder holds something already, or cannot be written to.
        GanError: another process is training in it.
    """
    try:
        path = _empty(Path(config.output)) if config.output else _number(Path("runs"), config.recipe)
        folder = RunFolder(path)
        folder.claim()
        try:
            _refuse_other(path)  # another process may have claimed it first, and ended since
            folder.save_config(config)
            for part in (folder.samples, folder.checkpoints):
                part.mkdir(exist_ok=True)
        except (GanError, OSError):
            folder.release()
            raise
        return folder
    except OSError as error:
        where = config.output or "runs"
        raise UsageError(
            f"--output {where}: cannot be written to ({error.strerror}); choose a folder that you may write to",
            code="unwritable",
        ) from None


def _refuse_other(path: Path) -> None:
    if kind_at(path / "config.yaml", "--output"):
        raise UsageError(
            f"--output {path}: holds another run; choose a new folder, or continue it with --resume {path}"
        )


def check_output(output: Optional[str], recipe: str) -> None:
    """Refuse a folder that cannot become a new run's; nothing is made.

    Args:
        output: `--output`, or None.
        recipe: the name that runs are numbered under where there is no output.

    Raises:
        UsageError: it holds something already, or cannot be written to; a recipe's name that cannot be a folder's.
    """
    path = Path(output or "runs")
    if not output and (recipe in ("", ".", "..") or "/" in recipe or len(recipe) > LONGEST_RECIPE):
        raise UsageError(
            f"recipe: {shortened(recipe)!r} cannot name the run's folder; allowed: up to {LONGEST_RECIPE} "
            "characters without /, or give a folder with --output"
        )
    if output:
        _refuse_other(path)
        # A process may have died there before it wrote more.
        is_folder = kind_at(path, "--output") == FOLDER
        if is_folder and any(part.name != LOCK and not UNFINISHED.fullmatch(part.name) for part in path.iterdir()):
            raise UsageError(f"--output {path}: is not empty; choose a new or an empty folder")
    nearest = next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        raise UsageError(
            f"--output {path}: cannot be written to; choose a folder that you may write to", code="unwritable"
        )


def _empty(path: Path) -> Path:
    """A folder of its own for a run, made where it is missing."""
    check_output(str(path), "")
    path.mkdir(parents=True, exist_ok=True)
    return path


def _number(parent: Path, recipe: str) -> Path:
    check_output(None, recipe)
    parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = parent / f"{recipe}-{date.today():%Y%m%d}-{number}"
        # Making the folder is what claims the number: two runs started at once get two folders.
        with contextlib.suppress(FileExistsError):
            path.mkdir()
            return path
        number += 1
