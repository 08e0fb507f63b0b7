"""The classes of a folder's pictures: by the subfolders that they lie in, or by a dataset.json as StyleGAN has it."""

import json
import os
import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from ms_gan.data.walk import printable
from ms_gan.errors import GanError, UsageError
from ms_gan.files import counted

LABELS_FILE = "dataset.json"
LABELS_BYTES = 1 << 30
MOST_CLASSES = 100_000
NAMED = 3  # pictures or folders spelt out in a message


class Labels(NamedTuple):
    """The class of each picture, (N,), int32, and the names of the classes."""

    numbers: np.ndarray
    classes: Tuple[str, ...]


def read_labels(folder: Path, names: Sequence[str]) -> Labels:
    """The classes of a folder's pictures.

    Args:
        folder: where they lie.
        names: their paths below it, with slashes.

    Raises:
        UsageError: pictures without a class, classes without a picture, or a dataset.json that names other pictures.
        GanError: dataset.json cannot be read.
    """
    if (folder / LABELS_FILE).is_file():
        return _by_file(folder / LABELS_FILE, names)
    return _by_subfolder(folder, names)


def _by_subfolder(folder: Path, names: Sequence[str]) -> Labels:
    first = [name.partition("/")[0] if "/" in name else "" for name in names]
    outside = [name for name, own in zip(names, first) if not own]
    if outside:
        raise UsageError(
            f"data.labelled: {counted(len(outside), 'picture')} in {folder} in no class's subfolder: {_some(outside)}; "
            "move them into one"
        )
    classes = sorted(set(first), key=_natural)
    with os.scandir(folder) as entries:
        others = {entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")} - set(classes)
    if others:
        raise UsageError(
            f"data.labelled: no pictures in {_some(sorted(others, key=_natural))} below {folder}; remove what is no "
            "class, or fill it"
        )
    places = {name: number for number, name in enumerate(classes)}
    return Labels(np.array([places[own] for own in first], np.int32), tuple(classes))


def _by_file(path: Path, names: Sequence[str]) -> Labels:
    content = _content(path)
    labels = content.get("labels")
    if not labels:
        raise UsageError(f"data.labelled: {path} holds no labels; remove it to go by the subfolders")
    pairs = labels.items() if isinstance(labels, dict) else labels
    try:
        known: Dict[str, Any] = {str(name).replace("\\", "/"): number for name, number in pairs}
    except (TypeError, ValueError):
        raise UsageError(f"data.labelled: {path}: labels should be pairs of a picture's path and a number") from None
    wrong = [name for name, number in known.items() if type(number) is not int or not 0 <= number < MOST_CLASSES]
    if wrong:
        raise UsageError(
            f"data.labelled: {path}: the label of {_some(wrong)} is no whole number from 0 to {MOST_CLASSES - 1:,}"
        )
    missing = [name for name in names if name not in known]
    if missing:
        raise UsageError(f"data.labelled: {path} has no label for {counted(len(missing), 'picture')}: {_some(missing)}")
    numbers = np.array([known[name] for name in names], np.int32)
    classes = content.get("classes")
    count = max(known.values()) + 1
    if classes is None:
        return Labels(numbers, tuple(map(str, range(count))))
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes) or len(classes) < count:
        raise UsageError(f"data.labelled: {path}: classes should be at least {count:,} names, one for each number")
    return Labels(numbers, tuple(classes))


def _content(path: Path) -> Dict[str, Any]:
    try:
        if path.stat().st_size > LABELS_BYTES:
            raise GanError(f"{path}: larger than {LABELS_BYTES:,} bytes")
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GanError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise UsageError(f"data.labelled: {path} is not JSON") from None
    if not isinstance(content, dict):
        raise UsageError(f'data.labelled: {path} should hold {{"labels": [["path", number], ...]}}')
    return content


def _natural(name: str) -> Tuple[List[Any], str]:
    """A key that sorts 2 before 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name.lower())], name


def _some(names: Sequence[str]) -> str:
    """A few names in a row."""
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(map(printable, names[:NAMED])) + more
