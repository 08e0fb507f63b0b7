"""CIFAR-10 in its binary layout: 50,000 training images of 32x32 pixels in colour, in ten classes.

Krizhevsky: "Learning Multiple Layers of Features from Tiny Images", 2009. Five files of 10,000 records; a record is
one byte for the class and 3,072 for the red, green and blue planes. The archive is read, never unpacked, and the
layout that needs pickle is not read at all.
"""

import hashlib
from pathlib import Path, PurePosixPath
from typing import Dict, Optional, Sequence

import numpy as np

from ms_gan.config.data_section import DataConfig
from ms_gan.data.fetch import download, put_in_place, reason, scratch
from ms_gan.data.image_data import TEST, TRAINING, ImageData, title_of
from ms_gan.data.lock import held
from ms_gan.data.tar import DAMAGE, open_tar
from ms_gan.errors import GanError, UsageError
from ms_gan.runtime.paths import data_cache, data_folders

TITLE, SIDE = "CIFAR-10", 32
RECORD_BYTES = 1 + 3 * SIDE * SIDE
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
ARCHIVE, ARCHIVE_MD5 = "cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530"
URL = f"https://www.cs.toronto.edu/~kriz/{ARCHIVE}"
UNPACKED = "cifar-10-batches-bin"
BATCHES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
TEST_BATCHES = ("test_batch.bin",)
FOLDERS = ("", "cifar10", "cifar-10", "CIFAR10")
FILE_BYTES = 10_000 * RECORD_BYTES
ARCHIVE_BYTES = 1 << 28  # of the unpacked archive that are believed; the real one has 184 million


def load_cifar10(config: DataConfig, seed: int) -> ImageData:
    """The training split of CIFAR-10, uint8 (50000, 3, 32, 32), from the archive or the folder that it unpacks to.

    Raises:
        UsageError: the folder named by --data-dir does not exist or does not hold the files.
        GanError: a file is damaged, or there is none and none can be fetched.
    """
    cache = data_cache() / "cifar10"
    for folder in data_folders(config.dir):
        found = locate(folder)
        if found and (found.parent != cache or _is_published(found)):
            return _read(found)
    if config.dir:
        raise UsageError(
            f"--data-dir: {config.dir} holds no {TITLE}: expected {ARCHIVE} or the folder {UNPACKED} with {BATCHES[0]}"
            f" to {BATCHES[-1]} (the binary version); omit --data-dir to download it"
        )
    return _read(_fetch(cache))


def read_test_split(origin: str) -> Optional[ImageData]:
    """The test split, uint8 (10000, 3, 32, 32), from where the training split was read; None where it is not there."""
    try:
        return _read(Path(origin), TEST_BATCHES, TEST)
    except GanError:
        return None


def locate(folder: Path) -> Optional[Path]:
    """The archive, or the folder that holds the unpacked files, in a folder or its usual subfolders; or None.

    The files are not read.
    """
    for place in (folder / name for name in FOLDERS):
        for unpacked in (place, place / UNPACKED):
            if (unpacked / BATCHES[0]).is_file():
                return unpacked
        if (place / ARCHIVE).is_file():
            return place / ARCHIVE
    return None


def _fetch(cache: Path) -> Path:
    archive = cache / ARCHIVE
    with held(cache, f"fetching {TITLE}"), scratch(cache) as work:
        try:
            if not _is_published(archive):
                put_in_place(download(URL, f"md5:{ARCHIVE_MD5}", ARCHIVE_BYTES, work), archive)
        except (OSError, ValueError, GanError) as error:
            raise GanError(
                f"{TITLE} is not on this machine and could not be downloaded ({URL}: {reason(error)}). Any of these"
                f" helps: put {ARCHIVE} (the binary version) into a folder and pass that as --data-dir; or install"
                " Debian's package dataset-fashion-mnist and use --data.source fashion_mnist; or train on drawn digits"
                " with --data.source synthetic",
                code="network",
            ) from error
    return archive


def _read(place: Path, names: Sequence[str] = BATCHES, split: str = TRAINING) -> ImageData:
    if place.is_dir():
        files = {name: _read_file(place / name) for name in names}
        notices = (f"{place}: unpacked files have no published digest and were not verified",)
    else:
        files = _read_archive(place, names)
        notices = () if _is_published(place) else (f"{place}: not the published {TITLE} (the digest differs)",)
    records = [_records(files[name], f"{place}: {name}") for name in names]
    return ImageData(
        images=np.concatenate([part[:, 1:] for part in records]).reshape(-1, 3, SIDE, SIDE),
        labels=np.concatenate([part[:, 0] for part in records]),
        title=title_of(TITLE, split, not notices),
        origin=str(place),
        classes=CLASSES,
        notices=notices,
    )


def _read_file(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(FILE_BYTES + 1)
    except OSError as error:
        raise GanError(
            f"{path}: cannot be read ({error.strerror}); {TITLE} needs all of {', '.join(BATCHES)}", code="missing"
        ) from error


def _read_archive(path: Path, names: Sequence[str]) -> Dict[str, bytes]:
    """The contents of some of the archive's files, by name."""
    files, total = {}, 0
    try:
        with open_tar(path) as members:
            for member in members:
                name = PurePosixPath(member.name)
                total += member.size
                # Nothing is written, so such a name could do no harm here; but an archive that has one is an attack.
                if name.is_absolute() or ".." in name.parts:
                    raise GanError(
                        f"{path}: holds the unsafe name {member.name!r}; do not use this archive", code="damaged"
                    )
                if total > ARCHIVE_BYTES:
                    raise GanError(
                        f"{path}: unpacks to more than {ARCHIVE_BYTES:,} bytes; this is not {TITLE}", code="damaged"
                    )
                if member.plain and name.parent == PurePosixPath(UNPACKED) and name.name in names:
                    files[name.name] = member.content.read(FILE_BYTES + 1)
    except DAMAGE as error:
        raise GanError(
            f"{path}: cannot be read ({error}); it may be truncated or damaged: replace it", code="damaged"
        ) from error
    missing = [name for name in names if name not in files]
    if missing:
        raise GanError(f"{path}: holds no {UNPACKED}/{missing[0]}; {TITLE}'s binary version is needed", code="damaged")
    return files


def _records(content: bytes, named: str) -> np.ndarray:
    """Records (N, 3073): the class, then the pixels."""
    if len(content) > FILE_BYTES:
        raise GanError(
            f"{named}: more than the {FILE_BYTES:,} bytes that a file of {TITLE} has; replace it", code="damaged"
        )
    if not content or len(content) % RECORD_BYTES:
        raise GanError(
            f"{named}: {len(content):,} bytes are not a whole number of records of {RECORD_BYTES:,}; replace it",
            code="damaged",
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD_BYTES)
    if records[:, 0].max() >= len(CLASSES):
        raise GanError(
            f"{named}: class {records[:, 0].max()} found; {TITLE} has 0 to {len(CLASSES) - 1}", code="damaged"
        )
    return records


def _is_published(path: Path) -> bool:
    if not path.is_file():
        return False
    found = hashlib.md5()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            found.update(chunk)
    return found.hexdigest() == ARCHIVE_MD5
