"""A zip file of pictures in place of a folder: unpacked once into the user's cache."""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Optional, Tuple

from ms_gan.data.cache import mark_used
from ms_gan.data.decoded import Failure
from ms_gan.data.fetch import put_in_place, scratch
from ms_gan.data.lock import held
from ms_gan.errors import GanError, first_line
from ms_gan.files import write_text

DONE = "unpacked.json"  # lies beside the folder once all is there; lists the files that could not be unpacked
CONTENT = "content"
MOST_FILES = 5_000_000
PART_BYTES = 1 << 20
# What the disk says of a file's name, not of itself: it is too long, or a file and a folder have the same.
OF_NAMES = (errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR)


class Unpacked(NamedTuple):
    """The folder with what a zip file holds, and the files that are not in it."""

    folder: Path
    failures: Tuple[Failure, ...]


def unpacked(archive: Path, cache: Path) -> Unpacked:
    """What a zip file holds, from the cache or, the first time, unpacked into it.

    Names that lead out of the folder, links, and encrypted or damaged files are left out, each by itself; no file
    becomes larger than the archive says, and all of them together must fit on the disk. The cache's key is the archive
    and the names, sizes and checksums of its files.

    Args:
        archive: the zip file.
        cache: the folder of all that has been unpacked.

    Raises:
        GanError: it is not a zip file, its directory is damaged, or the cache has no room for it.
    """
    with contextlib.ExitStack() as opened:
        # The directory of a broken archive makes zipfile raise whatever its parsing runs into.
        try:
            source = opened.enter_context(zipfile.ZipFile(archive))
        except Exception as error:
            raise GanError(f"--data-dir: {archive} cannot be unpacked ({first_line(error)})", code="damaged") from error
        place = cache / _key(archive, source)
        failures = _done(place)
        if failures is None:
            with held(place, f"unpacking {archive}"):
                # Another process may have done it while this one waited.
                failures = _done(place)
                if failures is None:
                    failures = _unpack(archive, source, place)
    mark_used(place / DONE)
    return Unpacked(place / CONTENT, failures)


def _key(archive: Path, source: zipfile.ZipFile) -> str:
    key = hashlib.sha256(os.fsencode(archive.resolve()))
    for member in source.infolist():
        key.update(repr((member.filename, member.file_size, member.CRC)).encode())
    return key.hexdigest()[:32]


def _done(place: Path) -> Optional[Tuple[Failure, ...]]:
    """The files that could not be unpacked, or None where it has still to be done."""
    try:
        listed = json.loads((place / DONE).read_text(encoding="ascii"))
        return tuple(Failure(str(name), str(why), True) for name, why in listed)
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _unpack(archive: Path, source: zipfile.ZipFile, place: Path) -> Tuple[Failure, ...]:
    failures = []
    try:
        _check_room(archive, source, place)
        with scratch(place) as work:
            (work / CONTENT).mkdir()
            for member in source.infolist():
                # Some programs of Windows write backslashes.
                name = member.filename.replace("\\", "/")
                if not name.endswith("/"):
                    why = _unpack_one(source, member, work / CONTENT, PurePosixPath(name))
                    failures += [Failure(name, why, True)] if why else []
            shutil.rmtree(place / CONTENT, ignore_errors=True)
            put_in_place(work / CONTENT, place / CONTENT)
        write_text(place / DONE, json.dumps([failure[:2] for failure in failures]))
    except OSError as error:
        raise GanError(
            f"{place}: {archive} cannot be unpacked there ({error}); see MS_GAN_CACHE", code="unwritable"
        ) from error
    return tuple(failures)


def _unpack_one(source: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, name: PurePosixPath) -> str:
    """Unpack a file below a folder; returns why it cannot be, or "". Raises OSError where the disk takes nothing."""
    refused = _refusal(member, name)
    if refused:
        return refused
    target = folder / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open(member) as packed, open(target, "wb") as out:
            shutil.copyfileobj(packed, out, PART_BYTES)
    # Unpacking a damaged file raises whatever it runs into, some of it from compiled libraries.
    except Exception as error:
        why = getattr(error, "errno", None)
        if why is not None and why not in OF_NAMES:
            raise
        # Half a picture must not be taken for one; where the name is the trouble, there is none.
        with contextlib.suppress(OSError):
            target.unlink()
        return first_line(error) if why is None else os.strerror(why).lower()
    return ""


def _refusal(member: zipfile.ZipInfo, name: PurePosixPath) -> str:
    """Why a file is not unpacked whatever it holds, or ""."""
    if not name.parts or name.is_absolute() or ".." in name.parts:
        return "a name that leads out of the folder"
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        return "a link"
    return "encrypted" if member.flag_bits & 1 else ""


def _check_room(archive: Path, source: zipfile.ZipFile, place: Path) -> None:
    members = source.infolist()
    needed, free = sum(member.file_size for member in members), shutil.disk_usage(place).free
    if len(members) > MOST_FILES or needed > free:
        raise GanError(
            f"--data-dir: {archive} holds {len(members):,} files of {needed:,} bytes; {free:,} bytes are free in "
            f"{os.fspath(place)}: unpack it elsewhere, or set MS_GAN_CACHE to a folder on a larger disk",
            code="space",
        )
