"""A folder of pictures of any nesting, format, mode and size."""

from pathlib import Path
from typing import Iterator, Sequence, Tuple

import numpy as np
from PIL import ImageColor

from ms_gan.config.data_section import DataConfig
from ms_gan.config.paths import FILE, home_for_tilde, kind_at
from ms_gan.data.decode import OWN_SHEET
from ms_gan.data.decoded import Decoding, Failure, decoded
from ms_gan.data.image_data import FolderFiles, ImageData
from ms_gan.data.pixel_range import checked_range
from ms_gan.data.sorting import choose_files
from ms_gan.data.walk import BESIDE, Found, described, printable, walk
from ms_gan.data.zipped import Unpacked, unpacked
from ms_gan.errors import GanError, UsageError
from ms_gan.files import counted
from ms_gan.runtime.paths import cache_dir, data_folders

DEFAULT_SIDE = 64
NAMED = 5  # failures spelt out in a message


def load_folder(config: DataConfig, seed: int) -> ImageData:
    """The pictures of the folder or zip file that --data-dir names, uint8 (N, C, H, W), sorted by path.

    They are decoded once into a file of the user's cache, which later runs map into memory; a folder that changes
    afterwards does not disturb a running training, and the next run decodes it anew.

    Raises:
        UsageError: no folder is named, it holds no pictures, or not the classes that are asked for.
        GanError: too many pictures cannot be read, or the cache cannot be written.
    """
    if not config.dir:
        raise UsageError("data.source: a folder of images is needed; give it with --data-dir")
    given = Path(home_for_tilde(config.dir))
    folder, lost = open_zip(given) if is_zip(config.dir) else (data_folders(config.dir)[0], ())
    found = find_pictures(folder)
    if not found.files:
        there = described(found.others)
        raise UsageError(
            f"--data-dir: {given} holds no images, even in its subfolders; pictures end in .png, .jpg, ..."
            + (f"; there are: {there}" if there else "")
            + (f"; cannot be unpacked: {name_failures(lost)}" if lost else "")
        )
    files, chosen, names = choose_files(files_of(given, folder, found, lost), config)
    wanted = [found.files[number] for number in files.taken]
    channels = 1 if config.channels == "grey" else 3
    background, pixel_range = parse_colour(config.background), checked_range(config.range)
    recipe = Decoding(config.image_size or DEFAULT_SIDE, channels, background, pixel_range, config.max_pixels)
    result = decoded(folder, wanted, recipe, cache_dir() / "pictures")
    failures = [*lost, *result.failures]
    refuse_many(failures, len(lost) + len(wanted), config.max_unreadable, given)
    failed = {failure.name for failure in result.failures}
    kept = np.array([file.name not in failed for file in wanted], bool)
    notices = [*what_is_left_out(found), *result.depth]
    if failures:
        notices.append(f"{counted(len(failures), 'image file')} left out: {name_failures(failures)}")
    if result.enlarged:
        notices.append(f"{counted(result.enlarged, 'image')} smaller than {'x'.join(map(str, recipe.sides))} enlarged")
    return ImageData(
        images=result.images,
        labels=None,
        title=f"images in {printable(given.resolve().name)}{names}",
        origin=str(given),
        notices=tuple(notices),
        chosen=chosen,
        files=files._replace(kept=files.taken[kept]),
    )


def is_zip(given: str) -> bool:
    """Whether --data-dir names a zip file in place of a folder."""
    path = Path(home_for_tilde(given))
    return path.suffix.lower() == ".zip" and kind_at(path, "--data-dir") == FILE


def open_zip(archive: Path) -> Unpacked:
    """The folder that a zip file holds, in the user's cache, and what of it could not be unpacked. Raises GanError."""
    return unpacked(archive, cache_dir() / "unpacked")


def files_of(given: Path, folder: Path, found: Found, lost: Sequence[Failure] = ()) -> FolderFiles:
    """All pictures of a folder, by name, for looking up their classes.

    Args:
        given: the folder or the zip file that a person named.
        folder: where the pictures lie.
        found: what lies there.
        lost: what of a zip file could not be unpacked.
    """
    names = tuple(file.name for file in found.files)
    unseen = (*(failure.name for failure in lost), *(name for name, _ in found.unreadable))
    everything = np.arange(len(names))
    return FolderFiles(given, folder, folder != given, names, unseen, everything, everything)


def find_pictures(folder: Path) -> Found:
    """What lies under a folder: its pictures, sorted by path, and what is none; see `walk`.

    Raises:
        GanError: the folder cannot be listed.
    """
    try:
        return walk(folder)
    except OSError as error:
        raise GanError(f"{folder}: cannot be listed ({error})", code="unreadable") from error


def what_is_left_out(found: Found) -> Iterator[str]:
    """Sentences about files in a folder that are not used, though someone may expect them to be."""
    kinds = described(found.others, without=BESIDE)
    if kinds:
        yield f"files in unsupported formats: {kinds}"
    if found.unreadable:
        failures = [Failure(name, why, False) for name, why in found.unreadable]
        yield f"left out because they cannot be read: {name_failures(failures)}"
    if found.runs:
        names = [printable(name) for name in found.runs[:NAMED]]
        more = [f"and {len(found.runs) - NAMED} more"] if len(found.runs) > NAMED else []
        yield f"the folders of trainings are left out: {', '.join(names + more)}"


def parse_colour(text: str) -> Tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a colour's name or #rrggbb."""
    try:
        return ImageColor.getrgb(text)[:3]
    except ValueError:
        raise UsageError(
            f"data.background: {text!r} is not a colour; allowed: a name such as white, or #rrggbb"
        ) from None


def name_failures(failures: Sequence[Failure], most: int = NAMED) -> str:
    """The files that could not be read and why, in one line."""
    named = [f"{printable(failure.name)} ({failure.why})" for failure in failures[:most]]
    more = [f"and {len(failures) - most} more"] if len(failures) > most else []
    return ", ".join(named + more)


def refuse_many(failures: Sequence[Failure], tried: int, share: float, folder: Path, what: str = "image file") -> None:
    """Refuse a folder of which too many pictures cannot be read; sheets that ms_gan made do not count.

    Args:
        failures: the pictures that cannot be read.
        tried: how many there are.
        share: of them that may fail.
        folder: as a person named it.
        what: they are, for the message.

    Raises:
        GanError: more cannot be read, or none can.
    """
    failures = [failure for failure in failures if failure.why != OWN_SHEET] if len(failures) < tried else failures
    if len(failures) > share * tried or len(failures) == tried:
        raise GanError(
            f"{folder}: {len(failures):,} of {counted(tried, what)} cannot be read, more than"
            f" data.max_unreadable ({share:g}) allows: {name_failures(failures)}",
            code="unreadable",
        )
