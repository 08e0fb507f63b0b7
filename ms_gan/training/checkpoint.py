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


def take_notes(config: RunConfig, arrays: Dict[str, np.ndarray]) -> str:
    """What a checkpoint notes down of its options and images, for `compare_notes`: JSON.

    Args:
        config: the run's configuration.
        arrays: all that is learnt from, by name, (N, C, H, W) or, of maps, (N, H, W); one is called "images".
    """
    fixed = {key: value for key, f, value in leaves(config) if not f.metadata["may_change"]}
    noted = {name: {"shape": array.shape, "sha256": sample_digest(array)} for name, array in arrays.items()}
    return json.dumps({"options": fixed, **noted})


def compare_notes(notes: str, now: str) -> List[str]:
    """What is not as it was when a checkpoint was written, a sentence each.

    Args:
        notes: the checkpoint's; "" in those of earlier versions, about which nothing is known.
        now: the present ones.
    """
    before, present = _read(notes), _read(now)
    found = []
    for name in [name for name in present if name != "options"]:
        if before.get(name, present[name]) != present[name]:
            which = "images of b" if name == "other" else name
            found.append(
                f"the {which} differ from those of the training so far: {_shape(before[name])} then, "
                f"{_shape(present[name])} now; it continues with the present ones"
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
        shapes = [noted["shape"] for name, noted in found.items() if name != "options"]
        sound = isinstance(found["options"], dict) and "images" in found and all(len(shape) > 2 for shape in shapes)
        return found if sound else {}
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return {}


def _shape(noted: Dict[str, Any]) -> str:
    count, *sizes = noted["shape"]
    return f"{count:,} images of {'x'.join(map(str, sizes))}"
