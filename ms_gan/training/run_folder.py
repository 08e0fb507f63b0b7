"""The folder that a run leaves behind: everything about the run can be read back from it alone."""

import contextlib
import os
from datetime import date
from pathlib import Path
from typing import List, Optional

from ms_gan.config import Config
from ms_gan.errors import UsageError
from ms_gan.files import write_text
from ms_gan.options import write_yaml


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

    def sample(self, step: int, steps_per_epoch: Optional[int]) -> Path:
        """Where the sample grid after a step lies, named by its epoch, or by the step where no epoch is counted."""
        if steps_per_epoch and step % steps_per_epoch == 0:
            return self.samples / f"epoch-{step // steps_per_epoch:05d}.png"
        return self.samples / f"step-{step:09d}.png"

    def all_samples(self) -> List[Path]:
        """The sample grids, oldest first: a run counts in epochs or in steps, and only its last grid may differ."""
        return [path for kind in ("epoch", "step") for path in sorted(self.samples.glob(f"{kind}-*.png"))]

    def save_config(self, config: Config) -> None:
        """Write the complete configuration."""
        write_text(self.config, write_yaml(config))


def create(config: Config) -> RunFolder:
    """Make the folder of a new run: `--output`, or the first free runs/RECIPE-DATE-N.

    Raises:
        UsageError: the folder holds something already, or cannot be written to.
    """
    try:
        path = _claim(Path(config.output)) if config.output else _number(Path("runs"), config.recipe)
        for part in (path / "samples", path / "checkpoints"):
            part.mkdir()
    except OSError as error:
        where = config.output or "runs"
        raise UsageError(
            f"--output {where}: cannot be written to ({error.strerror}); name a folder that you may write to"
        ) from None
    return RunFolder(path)


def _claim(path: Path) -> Path:
    if (path / "config.yaml").exists():
        raise UsageError(f"--output {path}: holds another run; name a new folder, or continue it with --resume {path}")
    if path.is_dir() and any(path.iterdir()):
        raise UsageError(f"--output {path}: is not empty; name a new or an empty folder")
    path.mkdir(parents=True, exist_ok=True)
    if not os.access(path, os.W_OK | os.X_OK):
        raise UsageError(f"--output {path}: cannot be written to; name a folder that you may write to")
    return path


def _number(parent: Path, recipe: str) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = parent / f"{recipe}-{date.today():%Y%m%d}-{number}"
        # Making the folder is what claims the number: two runs started at once get two folders.
        with contextlib.suppress(FileExistsError):
            path.mkdir()
            return path
        number += 1
