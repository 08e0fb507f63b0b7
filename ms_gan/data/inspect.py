"""Show what a folder of pictures holds before training on it: `python -m ms_gan.data.inspect DIR`.

Counts, sizes, formats and modes; broken files and duplicates by name; and a contact sheet of what a network would see.
"""

import hashlib
import sys
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np
from PIL import Image

from ms_gan.config.data_section import MAX_PIXELS
from ms_gan.config.help import Parser
from ms_gan.config.paths import FILE, FOLDER, home_for_tilde, kind_at, refuse_same
from ms_gan.config.sizes import Size, sides_of, spelt_size
from ms_gan.data.decode import OWN_SHEET, Unreadable, decode, is_own_file
from ms_gan.data.decoded import Failure, find_range, in_threads
from ms_gan.data.folder import (
    DEFAULT_SIDE,
    files_of,
    find_pictures,
    name_failures,
    open_zip,
    parse_colour,
    what_is_left_out,
)
from ms_gan.data.image_data import ImageData
from ms_gan.data.labels import in_words, labelled
from ms_gan.data.sorting import sort_pictures
from ms_gan.data.walk import Found, PictureFile, described, printable
from ms_gan.errors import GanError, UsageError
from ms_gan.pictures.grids import save_grid
from ms_gan.runtime.run_command import run_command

PROGRAM = "python -m ms_gan.data.inspect"
ABOUT = """\
Show what a folder of pictures holds before training on it: counts, sizes, formats and modes, broken files and \
duplicates by name; and write a contact sheet of the images as a network would see them."""
EXAMPLES = f"""\
  {PROGRAM} photos
  {PROGRAM} photos --side 32 --sheet small.png
  {PROGRAM} drawings --background "#202020\""""
SMALLEST_SIDE, LARGEST_SIDE = 8, 1024  # pixels: the range of data.image_size
SHEET_IMAGES = 64
NAMED = 20  # broken files and groups of duplicates spelt out; the others are counted
COMMONEST = 5


class Picture(NamedTuple):
    """A picture that can be read: its path below the folder, its format and mode in Pillow's words, (width, height)."""

    name: str
    format: str
    mode: str
    size: Tuple[int, int]


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code: 0, 1 for a failure, 2 for wrong usage."""
    return run_command(_inspect, argv)


def _inspect(argv: List[str]) -> int:
    parser = Parser(PROGRAM, ABOUT, EXAMPLES)
    parser.add_argument("dir", metavar="DIR", type=_path, help="folder of pictures, of any nesting")
    parser.add_argument("--side", metavar="N", default=DEFAULT_SIDE,
        help="side of the images that a network would see, or height x width; data.image_size, in pixels "
        f"({SMALLEST_SIDE} to {LARGEST_SIDE}; default: {DEFAULT_SIDE})")  # fmt: skip
    parser.add_argument("--background", metavar="COLOUR", default="white",
        help="colour behind transparent pixels, a name or #rrggbb (default: white)")  # fmt: skip
    parser.add_argument("--sheet", type=_path, metavar="FILE", default=Path("contact_sheet.png"),
        help="where to write the contact sheet (default: contact_sheet.png)")  # fmt: skip
    given = parser.parse_args(argv)
    for line in inspect(given.dir, _size(given.side), given.background, given.sheet):
        print(line)
    return 0


def _size(text: Size) -> Size:
    try:
        size = spelt_size(str(text))
    except ValueError as error:
        raise UsageError(f"--side: {error}") from None
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in sides_of(size)):
        raise UsageError(f"--side: {size} is out of range; allowed: {SMALLEST_SIDE} to {LARGEST_SIDE} pixels")
    return size


def inspect(folder: Path, size: Size, background: str, sheet: Path) -> Iterator[str]:
    """Describe a folder of pictures, line by line, and write the contact sheet.

    Args:
        size: of the images that a network would be given, in pixels.
        background: the colour behind transparent pixels.
        sheet: the PNG to write: up to 64 images, evenly taken from the folder.

    Raises:
        UsageError: there is no such folder, or no picture in it, or no such colour.
        GanError: the contact sheet cannot be written.
    """
    colour = parse_colour(background)
    given, lost = folder, ()
    if folder.suffix.lower() == ".zip" and kind_at(folder, "DIR") == FILE:
        folder, lost = open_zip(folder)
    if kind_at(folder, "DIR") != FOLDER:
        raise UsageError(f"{folder}: no such folder", code="missing")
    found = find_pictures(folder)
    files, others = found.files, described(found.others)
    if not files:
        raise UsageError(
            f"{given}: no images in it or its subfolders"
            + (f"; there are: {others}" if others else "")
            + (f"; cannot be unpacked: {name_failures(lost)}" if lost else ""),
            code="missing",
        )
    names = [file.name for file in files]
    for name in names:
        if sheet.name == Path(name).name and not is_own_file(folder / name):
            refuse_same(sheet, "--sheet", folder / name, "one of the pictures")
    pixel_range, depth = find_range(folder, names, MAX_PIXELS)
    decode_one = partial(decode, size=size, channels=3, background=colour, pixel_range=pixel_range)
    seen = list(in_threads(partial(_look, folder, decode_one), names, "Reading", MAX_PIXELS))
    pictures = [result for result in seen if isinstance(result, Picture)]
    failures = [*lost, *(result for result in seen if isinstance(result, Failure))]
    own = [failure.name for failure in failures if failure.why == OWN_SHEET]
    failures = [failure for failure in failures if failure.why != OWN_SHEET]
    files = [file for file in files if file.name not in own]
    yield f"{given}: {len(files):,} image files, {sum(file.size for file in files) / 1e6:,.1f} MB"
    if pictures:
        yield from _describe(pictures, size)
    yield f"broken      {len(failures):,}" + (f": {name_failures(failures, NAMED)}" if failures else "")
    yield from _classes(_with_files(given, folder, found, pictures, lost))
    if others:
        yield f"other files {others}"
    for sentence in [*depth, *what_is_left_out(found._replace(others={})), *_own_sheets(own, folder, sheet)]:
        yield f"note        {sentence}"
    groups = _duplicates(folder, files)
    same = [" = ".join(map(printable, group)) for group in groups[:NAMED]]
    more = [f"and {len(groups) - NAMED} groups more"] if len(groups) > NAMED else []
    yield f"duplicates  {sum(len(group) - 1 for group in groups):,}" + (f": {', '.join(same + more)}" if same else "")
    if pictures:
        chosen = np.unique(np.linspace(0, len(pictures) - 1, SHEET_IMAGES).round().astype(int))
        save_grid(np.stack([decode_one(folder / pictures[i].name)[0] for i in chosen]), sheet)
        yield f"sheet       {sheet} ({len(chosen)} images as a network would see them)"


def _with_files(
    given: Path, folder: Path, found: Found, pictures: Sequence[Picture], lost: Sequence[Failure]
) -> ImageData:
    """The folder as a data set of images (n, 0) without pixels, for looking up their classes."""
    files, readable = files_of(given, folder, found, lost), {picture.name for picture in pictures}
    kept = np.flatnonzero([name in readable for name in files.names])
    images = np.empty((len(kept), 0), np.uint8)
    return ImageData(images, None, f"images in {printable(given.name)}", str(given), files=files._replace(kept=kept))


def _classes(data: ImageData) -> Iterator[str]:
    """How many images each class has, or why the pictures cannot be learnt by class."""
    try:
        if not sort_pictures(data.files).classes:
            yield "classes     none"
            return
        data = labelled(data)
        yield f"classes     {in_words(data)}"
        yield from (f"note        {notice}" for notice in data.notices)
    except GanError as error:
        yield f"classes     none to learn by: {error}"


def _own_sheets(names: Sequence[str], folder: Path, sheet: Path) -> Iterator[str]:
    if names:
        yield f"left out because ms_gan made them: {', '.join(map(printable, names[:NAMED]))}"
    if folder.resolve() in sheet.resolve().parents:
        yield f"{sheet} lies among the pictures; ms_gan ignores it, other programs may not"


def _path(text: str) -> Path:
    return Path(home_for_tilde(text))


def _look(folder: Path, decode_one, name: str) -> Union[Picture, Failure]:
    try:
        decode_one(folder / name)
        with Image.open(folder / name) as image:
            return Picture(name, image.format, image.mode, image.size)
    except Unreadable as error:
        return Failure(name, str(error), error.lasting)


def _describe(pictures: Sequence[Picture], size: Size) -> Iterator[str]:
    smallest, largest = (f(pictures, key=lambda p: p.size[0] * p.size[1]).size for f in (min, max))
    height, width = sides_of(size)
    small = sum(picture.size[0] < width or picture.size[1] < height for picture in pictures)
    yield f"formats     {_tally(picture.format for picture in pictures)}"
    yield f"modes       {_tally(picture.mode for picture in pictures)}"
    yield f"sizes       {_tally('%dx%d' % picture.size for picture in pictures)}"
    yield f"            smallest {'%dx%d' % smallest}, largest {'%dx%d' % largest}"
    yield f"too small   {small:,} (smaller than {height}x{width}: they would be enlarged)"


def _tally(values: Iterable[str]) -> str:
    """The commonest values with their counts."""
    counts = Counter(values)
    named = [f"{value} {count:,}" for value, count in counts.most_common(COMMONEST)]
    return ", ".join(named + [f"{len(counts) - COMMONEST} others"] * (len(counts) > COMMONEST))


def _duplicates(folder: Path, files: Sequence[PictureFile]) -> List[List[str]]:
    """Groups of files with the same bytes. Only files of one size are read for it."""
    by_size = defaultdict(list)
    for file in files:
        by_size[file.size].append(file.name)
    by_content = defaultdict(list)
    for size, names in by_size.items():
        for name in names if len(names) > 1 else ():
            by_content[size, _digest(folder / name)].append(name)
    return sorted(group for group in by_content.values() if len(group) > 1)


def _digest(path: Path) -> str:
    """Of a file's content; a file that cannot be read is like no other."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
