"""A folder of pictures of any nesting, format, mode and size."""

from pathlib import Path
from typing import Iterator, Sequence, Tuple

from PIL import ImageColor

from ms_gan.config.data_section import DataConfig
from ms_gan.config.paths import FILE, home_for_tilde, kind_at
from ms_gan.data.decode import OWN_SHEET
from ms_gan.data.decoded import Decoding, Failure, decoded
from ms_gan.data.folder_labels import read_labels
from ms_gan.data.image_data import ImageData
from ms_gan.data.pixel_range import checked_range
from ms_gan.data.walk import BESIDE, Found, described, printable, walk
from ms_gan.data.zipped import Unpacked, unpacked
from ms_gan.errors import GanError, UsageError
from ms_gan.files import counted
from ms_gan.runtime.paths import cache_dir, data_folders

DEFAULT_SIDE = 64
NAMED = 5  # failures spelt out in a message


def load_folder(config: DataConfig, seed: int) -> ImageData:
    """The pictures of the folder or zip file that --data-dir names, uint8 (N, C, side, side), sorted by path.

    They are decoded once into a file of the user's cache, which later runs map into memory; a folder that changes
    afterwards does not disturb a running training, and the next run decodes it anew.

    Raises:
        UsageError: no folder is named, or it holds no pictures.
        GanError: too many pictures cannot be read, or the cache cannot be written.
    """
    if not config.dir:
        raise UsageError("data.source: a folder of images is needed; give it with --data-dir")
    given = Path(home_for_tilde(config.dir))
    folder, lost = open_zip(given) if is_zip(config.dir) else (data_folders(config.dir)[0], ())
    found = find_pictures(folder)
    files = found.files
    if not files:
        there = described(found.others)
        raise UsageError(
            f"--data-dir: {given} holds no images, even in its subfolders; pictures end in .png, .jpg, ..."
            + (f"; there are: {there}" if there else "")
            + (f"; cannot be unpacked: {name_failures(lost)}" if lost else "")
        )
    channels = 1 if config.channels == "grey" else 3
    background, pixel_range = parse_colour(config.background), checked_range(config.range)
    recipe = Decoding(config.image_size or DEFAULT_SIDE, channels, background, pixel_range, config.max_pixels)
    result = decoded(folder, files[: config.limit], recipe, cache_dir() / "pictures")
    failures = [*lost, *result.failures]
    _refuse_many(failures, len(lost) + len(files[: config.limit]), config.max_unreadable, given)
    notices = [*what_is_left_out(found), *result.depth]
    if failures:
        notices.append(f"{counted(len(failures), 'image file')} left out: {name_failures(failures)}")
    if result.enlarged:
        notices.append(f"{counted(result.enlarged, 'image')} smaller than {recipe.side}x{recipe.side} enlarged")
    lost_names = {failure.name for failure in result.failures}
    names = [file.name for file in files[: config.limit] if file.name not in lost_names]
    labels, classes = read_labels(folder, names) if config.labelled else (None, None)
    return ImageData(
        images=result.images,
        labels=labels,
        title=f"images in {printable(given.resolve().name)}",
        origin=str(given),
        classes=classes,
        notices=tuple(notices),
    )


def is_zip(given: str) -> bool:
    """Whether --data-dir names a zip file in place of a folder."""
    path = Path(home_for_tilde(given))
    return path.suffix.lower() == ".zip" and kind_at(path, "--data-dir") == FILE


def open_zip(archive: Path) -> Unpacked:
    """The folder that a zip file holds, in the user's cache, and what of it could not be unpacked. Raises GanError."""
    return unpacked(archive, cache_dir() / "unpacked")


def find_pictures(folder: Path) -> Found:
    """What lies under a folder: its pictures, sorted by path, and what is none; see `walk`.

    Raises:
        GanError: the folder cannot be listed.
    """
    try:
        return walk(folder)
    except OSError as error:
        raise GanError(f"{folder}: cannot be listed ({error})") from error


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


def _refuse_many(failures: Sequence[Failure], tried: int, share: float, folder: Path) -> None:
    failures = [failure for failure in failures if failure.why != OWN_SHEET] if len(failures) < tried else failures
    if len(failures) > share * tried or len(failures) == tried:
        raise GanError(
            f"{folder}: {len(failures):,} of {counted(tried, 'image file')} cannot be read, more than"
            f" data.max_unreadable ({share:g}) allows: {name_failures(failures)}"
        )
