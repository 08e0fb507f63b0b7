"""Which files of a folder are pictures, and what else lies there."""

import os
from collections import Counter
from pathlib import Path
from typing import Collection, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from PIL import Image

from ms_gan.data.decode import formats, is_picture

# Kinds of pictures that Pillow does not read by itself, and what to do about them.
REMEDIES = {
    ".heic": "install pillow-heif", ".heif": "install pillow-heif", ".avif": "install a newer Pillow",
    ".jxl": "convert them to PNG", ".svg": "convert them to PNG", ".eps": "convert them to PNG",
    ".pdf": "convert them to PNG", ".exr": "convert them to PNG", ".hdr": "convert them to PNG",
    ".dng": "develop them to JPEG", ".nef": "develop them to JPEG", ".cr2": "develop them to JPEG",
    ".cr3": "develop them to JPEG", ".arw": "develop them to JPEG", ".raw": "develop them to JPEG",
    ".mp4": "take pictures out of them, such as by ffmpeg", ".mov": "take pictures out of them, such as by ffmpeg",
    ".zip": "unpack them, or name one with --data-dir",
}  # fmt: skip
# What lies beside pictures and is not meant to be one.
BESIDE = {
    ".txt", ".md", ".rst", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".toml", ".ini", ".log", ".html",
    ".htm", ".db", ".py", ".sh", ".npy", ".npz",
}  # fmt: skip
KINDS = 10  # endings spelt out
RUN = ("config.yaml", "checkpoints", "samples")  # what the folder of a run holds from its beginning
NO_ENDING = "no ending"


class PictureFile(NamedTuple):
    """A file that should be a picture: its path below the folder, its size in bytes and its time of change."""

    name: str
    size: int
    mtime_ns: int


class Found(NamedTuple):
    """What lies under a folder.

    Attributes:
        files: the pictures by their endings, sorted by path.
        unreadable: (path below the folder, why) of what cannot be looked at: locked folders, links that lead nowhere.
        others: how many files have each other ending, in lower case.
        runs: the folders of trainings, whose pictures are no data.
    """

    files: List[PictureFile]
    unreadable: List[Tuple[str, str]]
    others: Dict[str, int]
    runs: List[str]


def walk(folder: Path) -> Found:
    """Look for pictures in a folder and its subfolders; hidden ones, and the folders of trainings, are left out.

    Raises:
        OSError: the folder itself cannot be listed.
    """
    known = formats()  # before EXTENSION is looked at: it loads Pillow's readers
    endings = {ending for ending, form in Image.EXTENSION.items() if form in known}
    found = Found([], [], Counter(), [])
    for entry, name in _entries(folder, found):
        try:
            kind = os.path.splitext(entry.name)[1].lower()
            about = entry.stat()
            if kind in endings or (not kind and is_picture(folder / name)):
                found.files.append(PictureFile(name, about.st_size, about.st_mtime_ns))
            else:
                found.others[kind or NO_ENDING] += 1
        except OSError as error:
            found.unreadable.append((name, _why(error)))
    found.files.sort()
    return found


def described(others: Dict[str, int], without: Collection[str] = ()) -> Optional[str]:
    """How many files there are of other kinds, with what can be done: ".heic 10 (install pillow-heif)", or None.

    Args:
        others: how many files have each ending.
        without: endings that are not mentioned.
    """
    rows = sorted((row for row in others.items() if row[0] not in without), key=lambda row: -row[1])
    texts = [
        f"{printable(ending)} {count:,}" + (f" ({REMEDIES[ending]})" if ending in REMEDIES else "")
        for ending, count in rows[:KINDS]
    ]
    return ", ".join(texts + [f"{len(rows) - KINDS} other kinds"] * (len(rows) > KINDS)) or None


def printable(name: str) -> str:
    """A file's name with whatever a terminal cannot show, or should not obey, spelt out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def _entries(folder: Path, found: Found) -> Iterator[Tuple[os.DirEntry, str]]:
    """The files under a folder, each with its path below it."""
    seen: Set[Tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            here = os.stat(folder / below)
            entries = list(os.scandir(folder / below))
        except OSError as error:
            if not below:
                raise
            found.unreadable.append((below, _why(error)))
            continue
        # A link may lead back to a folder that contains it.
        if (here.st_dev, here.st_ino) in seen:
            continue
        seen.add((here.st_dev, here.st_ino))
        if {entry.name for entry in entries}.issuperset(RUN):
            found.runs.append(below or ".")
            continue
        for entry in entries:
            name = below + entry.name
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir():
                    waiting.append(f"{name}/")
                elif entry.is_file():
                    yield entry, name
                elif entry.is_symlink():
                    found.unreadable.append((name, "a link that leads nowhere"))
            except OSError as error:  # such as a link that leads to itself
                found.unreadable.append((name, _why(error)))


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
