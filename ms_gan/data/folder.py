"""A folder of pictures of any nesting, format, mode and size."""

import os
from pathlib import Path
from typing import Iterator, List, NamedTuple, Sequence, Set, Tuple

from PIL import Image, ImageColor

from ms_gan.config import DataConfig
from ms_gan.data.decode import formats
from ms_gan.data.decoded import Failure, Recipe, decoded
from ms_gan.data.image_data import ImageData
from ms_gan.errors import GanError, UsageError
from ms_gan.runtime.paths import cache_dir, data_folders

DEFAULT_SIDE = 64
NAMED = 5  # failures spelt out in a message


class PictureFile(NamedTuple):
    """A file that should be a picture: its path below the folder, its size in bytes and its time of change."""

    name: str
    size: int
    mtime_ns: int


def load_folder(config: DataConfig, seed: int) -> ImageData:
    """The pictures of the folder named by --data-dir, uint8 (N, C, side, side), in the order of their paths.

    They are decoded once into a file of the user's cache, which later runs map into memory; a folder that changes
    afterwards does not disturb a running training, and the next run decodes it anew.

    Raises:
        UsageError: no folder is named, or it holds no pictures.
        GanError: too many pictures cannot be read, or the cache cannot be written.
    """
    if not config.dir:
        raise UsageError("data.source: a folder of images is needed; name it with --data-dir")
    folder = data_folders(config.dir)[0]
    files = find_pictures(folder)
    if not files:
        raise UsageError(
            f"--data-dir: {folder} holds no images, nor do its subfolders; pictures end in .png, .jpg, ..."
        )
    channels = 1 if config.channels == "grey" else 3
    recipe = Recipe(config.image_size or DEFAULT_SIDE, channels, parse_colour(config.background))
    result = decoded(folder, files[: config.limit], recipe, cache_dir() / "pictures")
    _refuse_many(result.failures, len(files[: config.limit]), config.max_unreadable, folder)
    notices = []
    if result.failures:
        notices.append(f"{_count(len(result.failures), 'image file')} left out: {name_failures(result.failures)}")
    if result.enlarged:
        notices.append(f"{_count(result.enlarged, 'image')} smaller than {recipe.side}x{recipe.side} enlarged")
    return ImageData(
        images=result.images,
        labels=None,
        title=f"images in {printable(folder.resolve().name)}",
        origin=str(folder),
        notices=tuple(notices),
    )


def find_pictures(folder: Path) -> List[PictureFile]:
    """The files under a folder that are pictures by their endings, sorted by path; hidden ones are left out.

    Raises:
        GanError: a folder cannot be listed.
    """
    known = formats()  # before EXTENSION is looked at: it loads Pillow's readers
    endings = {ending for ending, form in Image.EXTENSION.items() if form in known}
    try:
        return sorted(_walk(folder, endings))
    except OSError as error:
        raise GanError(f"{folder}: cannot be listed ({error})") from error


def parse_colour(text: str) -> Tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a colour's name or #rrggbb."""
    try:
        return ImageColor.getrgb(text)[:3]
    except ValueError:
        raise UsageError(f"data.background: {text!r} is no colour; allowed: a name such as white, or #rrggbb") from None


def printable(name: str) -> str:
    """A file's name with whatever a terminal cannot show, or should not obey, spelt out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def name_failures(failures: Sequence[Failure], most: int = NAMED) -> str:
    """The files that could not be read and why, in one line."""
    named = [f"{printable(failure.name)} ({failure.why})" for failure in failures[:most]]
    more = [f"and {len(failures) - most} more"] if len(failures) > most else []
    return ", ".join(named + more)


def _walk(folder: Path, endings: Set[str]) -> Iterator[PictureFile]:
    seen, waiting = set(), [""]
    while waiting:
        below = waiting.pop()
        here = os.stat(folder / below)
        # A link may lead back to a folder that contains it.
        if (here.st_dev, here.st_ino) in seen:
            continue
        seen.add((here.st_dev, here.st_ino))
        for entry in os.scandir(folder / below):
            name = below + entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                waiting.append(f"{name}/")
            elif os.path.splitext(entry.name)[1].lower() in endings and entry.is_file():
                about = entry.stat()
                yield PictureFile(name, about.st_size, about.st_mtime_ns)


def _refuse_many(failures: Sequence[Failure], tried: int, share: float, folder: Path) -> None:
    if len(failures) > share * tried or len(failures) == tried:
        raise GanError(
            f"{folder}: {len(failures):,} of {_count(tried, 'image file')} cannot be read, more than"
            f" data.max_unreadable ({share:g}) allows: {name_failures(failures)}"
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
