"""A zip file of pictures in place of a folder: unpacked once into the user's cache."""

import hashlib
import os
import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import List

from ms_gan.data.cache import mark_used
from ms_gan.data.fetch import put_in_place, scratch
from ms_gan.data.lock import held
from ms_gan.errors import GanError, first_line
from ms_gan.files import write_text

DONE = "unpacked.txt"  # lies beside the folder once all is there
CONTENT = "content"
MOST_FILES = 5_000_000
PART = 1 << 20  # bytes


def unpacked(archive: Path, cache: Path) -> Path:
    """The folder with what a zip file holds, from the cache or, the first time, made into it.

    Names that lead out of the folder, links and encrypted files are left out; no file becomes larger than the archive
    says, and all of them together must fit on the disk.

    Args:
        archive: the zip file.
        cache: the folder of all that has been unpacked.

    Raises:
        GanError: it is no zip file, it is damaged, or the cache has no room for it.
    """
    about = archive.stat()
    key = hashlib.sha256(f"{archive.resolve()}\0{about.st_size}\0{about.st_mtime_ns}".encode(errors="surrogateescape"))
    place = cache / key.hexdigest()[:32]
    if not (place / DONE).is_file():
        with held(place, f"unpacking {archive}"):
            if not (place / DONE).is_file():
                _unpack(archive, place)
    mark_used(place / DONE)
    return place / CONTENT


def _unpack(archive: Path, place: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as source, scratch(place) as work:
            members = [member for member in source.infolist() if _is_wanted(member)]
            _check_room(archive, members, place)
            (work / CONTENT).mkdir()
            for member in members:
                target = work / CONTENT / PurePosixPath(member.filename)
                target.parent.mkdir(parents=True, exist_ok=True)
                with source.open(member) as packed, open(target, "wb") as out:
                    shutil.copyfileobj(packed, out, PART)
            shutil.rmtree(place / CONTENT, ignore_errors=True)
            put_in_place(work / CONTENT, place / CONTENT)
        write_text(place / DONE, f"{archive}\n")
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise GanError(f"--data-dir: {archive} cannot be unpacked ({first_line(error)})") from error
    except OSError as error:
        raise GanError(f"{place}: {archive} cannot be unpacked there ({error}); see MS_GAN_CACHE") from error


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a file that stays below the folder."""
    path = PurePosixPath(member.filename)
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    is_encrypted = member.flag_bits & 1
    inside = path.parts and not path.is_absolute() and ".." not in path.parts and "\\" not in member.filename
    return bool(inside) and not (member.is_dir() or is_link or is_encrypted)


def _check_room(archive: Path, members: List[zipfile.ZipInfo], place: Path) -> None:
    needed, free = sum(member.file_size for member in members), shutil.disk_usage(place).free
    if len(members) > MOST_FILES or needed > free:
        raise GanError(
            f"--data-dir: {archive} holds {len(members):,} files of {needed:,} bytes; {free:,} bytes are free in "
            f"{os.fspath(place)}: unpack it elsewhere, or set MS_GAN_CACHE to a folder on a larger disk"
        )
