"""A run's checkpoints: one file a step, the newest few kept."""

import re
from pathlib import Path
from typing import List, Optional


def checkpoint_path(folder: Path, step: int) -> Path:
    """Where the checkpoint of a step lies."""
    return Path(folder) / f"step-{step:09d}.ckpt"


def checkpoints(folder: Path) -> List[Path]:
    """The checkpoints in a folder, oldest first."""
    return sorted(path for path in Path(folder).glob("step-*.ckpt") if re.fullmatch(r"step-\d{9}\.ckpt", path.name))


def newest_checkpoint(folder: Path) -> Optional[Path]:
    """The newest checkpoint in a folder, or None."""
    return (checkpoints(folder) or [None])[-1]


def prune(folder: Path, keep: int) -> None:
    """Remove all checkpoints but the newest ones."""
    for path in checkpoints(folder)[:-keep]:
        path.unlink()
