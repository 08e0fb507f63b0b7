"""A run's checkpoints: one file a step, each with all that training changes, the newest few kept."""

import contextlib
import hashlib
import json
import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ms_gan.config.schema import leaves
from ms_gan.config.sections import RunConfig
from ms_gan.errors import GanError
from ms_gan.generators.weights import Contents, read_checkpoint

SAMPLED_IMAGES = 256  # images by which a data set is known again


class Checkpoint(NamedTuple):
    """A checkpoint that is whole, and what is wrong with newer ones: their paths and a sentence each."""

    path: Path
    contents: Contents
    damaged: Tuple[Tuple[Path, str], ...]


def checkpoint_path(folder: Path, step: int) -> Path:
    """Where the checkpoint of a step lies."""
    return Path(folder) / f"step-{step:09d}.ckpt"


def checkpoints(folder: Path) -> List[Path]:
    """The checkpoints in a folder, oldest first."""
    return sorted(path for path in Path(folder).glob("step-*.ckpt") if re.fullmatch(r"step-\d{9}\.ckpt", path.name))


def newest_checkpoint(folder: Path) -> Optional[Path]:
    """The newest checkpoint in a folder, or None."""
    return (checkpoints(folder) or [None])[-1]


def newest_whole(folder: Path) -> Optional[Checkpoint]:
    """The newest checkpoint in a folder whose content is what was written; None where there is no checkpoint at all.

    Raises:
        GanError: there are some, and none is whole.
    """
    damaged: List[Tuple[Path, str]] = []
    for path in reversed(checkpoints(folder)):
        try:
            return Checkpoint(path, read_checkpoint(path), tuple(damaged))
        except GanError as error:
            damaged.append((path, str(error)))
    if damaged:
        raise GanError(f"{folder}: holds no undamaged checkpoint to resume from: {damaged[0][1]}", code="damaged")
    return None


def prune(folder: Path, keep: int) -> None:
    """Remove all checkpoints but the newest ones; one that cannot be removed stays until the next time."""
    for path in checkpoints(folder)[:-keep]:
        with contextlib.suppress(OSError):
            path.unlink()


def set_aside(damaged: Path) -> None:
    """Give a damaged checkpoint another name: it is neither resumed from nor counted among those kept."""
    damaged.replace(damaged.with_suffix(".damaged"))


def take_notes(config: RunConfig, images: np.ndarray) -> str:
    """What a checkpoint notes down of its options and images (N, C, H, W), for `compare_notes`: JSON."""
    fixed = {key: value for key, f, value in leaves(config) if not f.metadata["may_change"]}
    return json.dumps({"options": fixed, "images": {"shape": images.shape, "sha256": sample_digest(images)}})


def compare_notes(notes: str, now: str) -> List[str]:
    """What is not as it was when a checkpoint was written, a sentence each.

    Args:
        notes: the checkpoint's; "" in those of earlier versions, about which nothing is known.
        now: the present ones.
    """
    before, present = _read(notes), _read(now)
    found = []
    if before.get("images", present["images"]) != present["images"]:
        found.append(
            f"the images differ from those of the training so far: {_shape(before)} then, {_shape(present)} now; it "
            "continues with the present ones"
        )
    options = before.get("options", {})
    changed = [
        f"{key} {value} (was {options[key]})"
        for key, value in present["options"].items()
        if key in options and options[key] != value
    ]
    if changed:
        found.append(f"options have changed in config.yaml since the checkpoint: {', '.join(changed)}")
    return found


def sample_digest(images: np.ndarray) -> str:
    """SHA-256 of some of the images (N, C, H, W), evenly spaced, in hexadecimal: cheap for any number of them."""
    return hashlib.sha256(np.ascontiguousarray(images[:: max(1, len(images) // SAMPLED_IMAGES)])).hexdigest()


def _read(notes: str) -> Dict[str, Any]:
    try:
        found = json.loads(notes)
        shape = found["images"]["shape"]
        return found if isinstance(found["options"], dict) and len(shape) == 4 else {}
    except (ValueError, RecursionError, TypeError, KeyError):
        return {}


def _shape(notes: Dict[str, Any]) -> str:
    count, *sizes = notes["images"]["shape"]
    return f"{count:,} images of {'x'.join(map(str, sizes))}"
