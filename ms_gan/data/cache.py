"""What the user's cache keeps because it was computed once, and how it is removed again.

That is decoded pictures, trained feature extractors and statistics of real images. All of it is made anew where it is
missing. Fetched data sets are not looked at: they may not be had again.
"""

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Iterator, List, NamedTuple, Tuple

from filelock import FileLock, Timeout

from ms_gan.runtime.paths import cache_dir

LOCK = ".lock"  # as ms_gan.data.lock has it
DAY_SECONDS = 24 * 3600


class Kept(NamedTuple):
    """Something in the cache.

    Attributes:
        folder: where it lies.
        files: that it consists of; there may be others in the folder.
        about: what it is, for people.
        size: bytes.
        used: when it was made or used last, in seconds since 1970.
    """

    folder: Path
    files: Tuple[Path, ...]
    about: str
    size: int
    used: float

    @property
    def unused(self) -> float:
        """Seconds since its last use; 0 if the clock was set back since."""
        return max(0.0, time.time() - self.used)


def mark_used(file: Path) -> None:
    """Note by its time of change that a file of the cache is used now."""
    with contextlib.suppress(OSError):  # another user's cache may be read only
        os.utime(file)


def everything_kept() -> List[Kept]:
    """All that the cache keeps, what was used last at the end."""
    found = []
    for folder in _folders("pictures"):
        found.append(_kept(folder, folder.rglob("*"), _pictures_of(folder)))
    for folder in _folders("unpacked"):
        found.append(_kept(folder, folder.rglob("*"), "a zip file of pictures, unpacked"))
    for folder in _folders("features"):
        own = [path for path in folder.iterdir() if not path.name.startswith("moments-") and path.name != LOCK]
        if own:
            found.append(_kept(folder, own, f"features {folder.name}"))
        for path in folder.glob("moments-*"):
            found.append(_kept(folder, [path], f"statistics of real images, by {folder.name}"))
    return sorted(found, key=lambda one: one.used)


def prune(days: float) -> Iterator[Kept]:
    """Remove what has not been used for `days`; yields what was removed. What a process is writing now stays."""
    for kept in everything_kept():
        if kept.unused >= days * DAY_SECONDS and _remove(kept):
            yield kept


def _remove(kept: Kept) -> bool:
    try:
        with FileLock(kept.folder / LOCK, timeout=0):
            for path in kept.files:
                # Whoever has mapped a file keeps it for as long as it runs.
                path.unlink(missing_ok=True)
            folders = [path for path in kept.folder.rglob("*") if path.is_dir()]
            for path in sorted(folders, reverse=True):
                path.rmdir()
            if [path.name for path in kept.folder.iterdir()] == [LOCK]:
                (kept.folder / LOCK).unlink()
                kept.folder.rmdir()
    except (OSError, Timeout):
        return False
    return True


def _folders(kind: str) -> List[Path]:
    place = cache_dir() / kind
    return sorted(path for path in place.iterdir() if path.is_dir()) if place.is_dir() else []


def _kept(folder: Path, paths: Iterator[Path], about: str) -> Kept:
    files, size, used = [], 0, 0.0
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and path.name != LOCK:
                files.append(path)
                size, used = size + path.stat().st_size, max(used, path.stat().st_mtime)
    return Kept(folder, tuple(files), about, size, used or folder.stat().st_mtime)


def _pictures_of(folder: Path) -> str:
    try:
        about = json.loads((folder / "about.json").read_text(encoding="ascii"))
        size = about["recipe"]["side"]
        shape = "wide" if isinstance(size, int) else "(height x width)"
        return f"{about['images']:,} decoded pictures of {about['folder']}, {size} pixels {shape}"
    except (OSError, ValueError, KeyError, TypeError):
        return "decoded pictures, unfinished"
