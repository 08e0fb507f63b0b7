"""Which class each picture of a folder has: that of its subfolder, or what a dataset.json says.

The file is the one that StyleGAN's tools write: {"labels": [["00000/img00000000.png", 3], ...]}, or null for labels. A
list of names may stand beside it, {"classes": ["cat", ...]}, and the labels may be a mapping of paths to numbers.
"""

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ms_gan.config.data_section import DataConfig
from ms_gan.config.paths import reason
from ms_gan.data.classes import class_numbers, in_title
from ms_gan.data.image_data import FolderFiles
from ms_gan.data.walk import RUN, printable
from ms_gan.errors import GanError, UsageError, first_line

LIST = "dataset.json"
LIST_BYTES = 1 << 29  # of dataset.json that are read
MOST_CLASSES = 100_000
NO_CLASS = -1
NAMED = 5  # files and classes spelt out in a message
ARCHIVERS = ("__MACOSX",)  # folders that programs add to zip files
HOW = (
    "sort the pictures into subfolders, one for each class, or put a dataset.json beside them: "
    '{"labels": [["path/of/picture.png", 0], ...]}'
)


class Sorting(NamedTuple):
    """The classes of a folder's pictures.

    Attributes:
        labels: int32 (n,), the class of each picture, or NO_CLASS.
        classes: the names by number; none where the folder says nothing about classes.
        needed: the numbers of the classes that should have pictures: those that somebody has named.
        by_list: whether dataset.json says so, and not the subfolders.
    """

    labels: np.ndarray
    classes: Tuple[str, ...]
    needed: Tuple[int, ...]
    by_list: bool


def sort_pictures(files: FolderFiles) -> Sorting:
    """The classes of all pictures in a folder. Where there is a dataset.json, it alone counts.

    Without one the subfolders just below the folder are the classes, sorted as people count (2 before 10). Where a zip
    file holds nothing but one folder, what counts is below that.

    Raises:
        UsageError: dataset.json is broken, has labels out of range, or names pictures that are not there.
        GanError: the folder or dataset.json cannot be read.
    """
    below = _beginning(files)
    listed = files.folder / below / LIST
    return _by_list(files, below, listed) if listed.is_file() else _by_subfolder(files, below)


def no_labels(files: FolderFiles, by_list: bool) -> UsageError:
    """The error of a folder that says nothing about classes; `by_list`: its dataset.json says that there are none."""
    why = f" ({LIST} has null for them)" if by_list else ""
    return UsageError(f"--data-dir: the pictures of {files.given} have no labels{why}; {HOW}")


def choose_files(files: FolderFiles, config: DataConfig) -> Tuple[FolderFiles, Optional[Tuple[int, ...]], str]:
    """The files that data.classes and data.limit leave, the numbers of the classes chosen, and their names for a title.

    Raises:
        UsageError: the folder has no classes, or not that one, or no picture of it; see `sort_pictures`.
        GanError: the folder or dataset.json cannot be read.
    """
    taken, chosen, names = np.arange(len(files.names)), None, ""
    if config.classes is not None:
        sorting = sort_pictures(files)
        if not sorting.classes:
            raise no_labels(files, sorting.by_list)
        chosen = tuple(class_numbers(config.classes, sorting.classes))
        taken, names = np.flatnonzero(np.isin(sorting.labels, chosen)), in_title(chosen, sorting.classes)
        if not len(taken):
            raise UsageError(f"data.classes: {files.given} has no pictures{names or ' of class (none given)'}")
    taken = taken[: config.limit]
    return files._replace(taken=taken, kept=taken), chosen, printable(names)


def some(names: Sequence[str]) -> str:
    """A few names, and how many more there are."""
    more = [f"and {len(names) - NAMED:,} more"] if len(names) > NAMED else []
    return ", ".join([printable(name) for name in names[:NAMED]] + more)


def in_counting_order(names: Sequence[str]) -> List[str]:
    """Names sorted as people count: 2 before 10, whatever the case of letters."""

    def key(name: str) -> Tuple[List[Any], str]:
        parts = re.split(r"([0-9]+)", name.casefold())
        return [int(part) if place % 2 else part for place, part in enumerate(parts)], name

    return sorted(names, key=key)


def _beginning(files: FolderFiles) -> str:
    """The folder that counts, as a prefix of paths: below the only one that a zip file holds, "" otherwise."""
    below = ""
    while files.zipped and not (files.folder / below / LIST).is_file():
        rests = [name[len(below) :].split("/", 2) for name in files.names]
        first = {parts[0] for parts in rests}
        inner = below + rests[0][0] + "/"
        deep = all(len(parts) == 3 for parts in rests)
        if len(first) > 1 or not (deep or (len(rests[0]) > 1 and (files.folder / inner / LIST).is_file())):
            break
        below = inner
    return below


def _by_subfolder(files: FolderFiles, below: str) -> Sorting:
    # The class of a picture that lies in no subfolder is "".
    first = [name[len(below) :].rpartition("/")[0].partition("/")[0] for name in files.names]
    folders = set(filter(None, first)).union(_subfolders(files.folder / below))
    classes = tuple(in_counting_order(folders)) if any(first) else ()
    numbers = {"": NO_CLASS, **{name: number for number, name in enumerate(classes)}}
    labels = np.array([numbers[name] for name in first], np.int32)
    return Sorting(labels, classes, tuple(range(len(classes))), False)


def _subfolders(folder: Path) -> List[str]:
    """The subfolders that could be classes, empty ones too."""
    try:
        # A link that leads to itself is no folder, and no error.
        found = [name for name in os.listdir(folder) if not name.startswith(".") and (folder / name).is_dir()]
    except OSError as error:
        raise GanError(f"{folder}: cannot be listed ({reason(error)})", code="unreadable") from error
    # A training's folder may lie among the pictures, and is not looked into.
    return [name for name in found if name not in ARCHIVERS and not all((folder / name / run).exists() for run in RUN)]


def _by_list(files: FolderFiles, below: str, path: Path) -> Sorting:
    labels, classes = read_list(path)
    if labels is None:
        return Sorting(np.full(len(files.names), NO_CLASS, np.int32), (), (), True)
    known = {name[len(below) :] for name in files.names}
    absent = [name for name in labels if name not in known and not _is_lost(below + name, files.lost)]
    if absent:
        raise UsageError(
            f"{path}: names {len(absent):,} of its {len(labels):,} pictures that are not there: {some(absent)}; remove"
            " them from the file, or put the pictures back",
            code="missing",
        )
    needed = tuple(range(len(classes))) if classes else tuple(sorted(set(labels.values())))
    found = np.array([labels.get(name[len(below) :], NO_CLASS) for name in files.names], np.int32)
    return Sorting(found, classes or tuple(map(str, range(needed[-1] + 1))), needed, True)


def _is_lost(name: str, lost: Sequence[str]) -> bool:
    """Whether a picture is known to be there, but cannot be read; a lost folder ends in a slash."""
    return any(name == one or (one.endswith("/") and name.startswith(one)) for one in lost)


def read_list(path: Path) -> Tuple[Optional[Dict[str, int]], Tuple[str, ...]]:
    """The labels by path, or None where the file says that there are none, and the classes' names, if it has them.

    Raises:
        UsageError: the file is broken, or a label is out of range.
        GanError: it cannot be read.
    """
    content = _content(path)
    if not isinstance(content, dict) or "labels" not in content:
        raise _broken(path, 'it has no "labels"')
    classes = content.get("classes") or ()
    if not isinstance(classes, (list, tuple)) or not all(isinstance(name, str) and name.strip() for name in classes):
        raise _broken(path, '"classes" is no list of names')
    if len(set(classes)) < len(classes):
        twice = [name for name, count in Counter(classes).items() if count > 1]
        raise _broken(path, f'"classes" names {some(twice)} twice')
    if content["labels"] is None:
        return None, tuple(classes)
    labels: Dict[str, int] = {}
    most = len(classes) or MOST_CLASSES
    for name, label in _pairs(path, content["labels"]):
        if type(label) is not int or not 0 <= label < most:
            shown = printable(str(label))[:40] if isinstance(label, (int, float, str)) else "that is no number"
            raise _broken(path, f"{printable(name)} has the label {shown}", most)
        name = name.replace("\\", "/").removeprefix("./")
        if name in labels:
            raise _broken(path, f"it names {printable(name)} twice")
        labels[name] = label
    if not labels:
        raise _broken(path, "it labels no picture")
    return labels, tuple(classes)


def _content(path: Path) -> Any:
    try:
        with open(path, "rb") as file:
            read = file.read(LIST_BYTES + 1)
        if len(read) > LIST_BYTES:
            raise _broken(path, f"it is larger than {LIST_BYTES:,} bytes")
        return json.loads(read.decode("utf-8-sig"))
    except OSError as error:
        raise GanError(f"{path}: cannot be read ({reason(error)})", code="unreadable") from error
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"it is no JSON ({first_line(error)})") from error


def _pairs(path: Path, labels: Any) -> List[Tuple[str, Any]]:
    if isinstance(labels, dict):
        return list(labels.items())
    if not isinstance(labels, list):
        raise _broken(path, '"labels" is no list of pairs')
    for place, pair in enumerate(labels):
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise _broken(path, f'entry {place:,} of "labels" is no pair of a path and a number')
    return [(name, label) for name, label in labels]


def _broken(path: Path, why: str, most: Optional[int] = None) -> UsageError:
    form = 'it should be {"labels": [["path/of/picture.png", 0], ...]}'
    allowed = f"a label is a whole number, 0 to {most - 1:,}" if most else form
    return UsageError(
        f"{path}: {why}; {allowed}; correct it, or remove it to have subfolders for classes", code="malformed"
    )
