"""Where the two sides of a training from picture to picture lie, what is called alike, and what is held out."""

import hashlib
import os
import unicodedata
from pathlib import Path
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from ms_gan.config.paths import FILE, FOLDER, home_for_tilde, kind_at
from ms_gan.config.translation_sections import TwoFoldersConfig
from ms_gan.data.decoded import Decoding, Failure
from ms_gan.data.folder import (
    DEFAULT_SIDE,
    find_pictures,
    is_zip,
    name_failures,
    open_zip,
    parse_colour,
)
from ms_gan.data.pixel_range import checked_range
from ms_gan.data.walk import Found, PictureFile, described, printable
from ms_gan.errors import UsageError

A, B = "a", "b"
TEST_FOLDERS = ("test", "val", "valid", "validation")  # whose pictures no training sees
PARTS = ("train", *TEST_FOLDERS)
OF_SIDES = {f"{part}{side}": (part, side) for part in PARTS for side in (A, B)}, {A: ("", A), B: ("", B)}
TELLING = (*PARTS, *OF_SIDES[0], *OF_SIDES[1])  # names of folders that say what they hold
LAYOUTS = "subfolders trainA and trainB (and testA and testB), or A and B"


class Side(NamedTuple):
    """The pictures of one side.

    Attributes:
        named: how a person named them, for messages, such as "--data.a photos".
        given: the folder or the zip file that a person named.
        folder: where the files' paths begin.
        files: the pictures, sorted by name.
        names: of each picture, its path without ending, and without what tells the sides apart: what partners share.
        found: all that lies there.
        lost: what of a zip file could not be unpacked.
    """

    named: str
    given: Path
    folder: Path
    files: Tuple[PictureFile, ...]
    names: Tuple[str, ...]
    found: Found
    lost: Tuple[Failure, ...] = ()


def find_sides(config: TwoFoldersConfig) -> Optional[Tuple[Side, Side]]:
    """The pictures of both sides: of data.a and data.b, or of the subfolders of data.dir that tell them apart.

    Returns:
        None where data.dir has no such subfolders.

    Raises:
        UsageError: folders that are not named, do not exist, or hold no pictures.
        GanError: a folder that cannot be listed.
    """
    if config.a or config.b:
        if config.dir:
            raise UsageError("--data-dir: cannot be combined with --data.a and --data.b; name either")
        missing = next((name for name in (A, B) if not getattr(config, name)), None)
        if missing:
            raise UsageError(f"--data.{missing}: is missing; two folders are needed, --data.a DIR --data.b DIR")
        return one_folder(config.a, "--data.a"), one_folder(config.b, "--data.b")
    if not config.dir:
        raise UsageError(f"--data.a, --data.b: two folders are needed, or --data-dir with {LAYOUTS}")
    whole = one_folder(config.dir, "--data-dir")
    subfolders = _subfolders(whole.found.files)
    for sides in OF_SIDES:
        if not any(name in sides for name in subfolders.values()):
            continue
        both = tuple(_of(whole, subfolders, sides, side) for side in (A, B))
        for side, letter in zip(both, (A, B)):
            if not side.files:
                lacking = next(name for name, (_, of) in sides.items() if of == letter)
                lacking = lacking[:-1] + lacking[-1].upper()
                raise UsageError(f"--data-dir: {whole.given} has no pictures in {lacking}; it should have {LAYOUTS}")
        return both
    return None


def one_folder(given: str, named: str) -> Side:
    """The pictures of one folder or zip file.

    Args:
        given: as a person named it.
        named: by which option.

    Raises:
        UsageError: it does not exist, is a file, or holds no pictures.
        GanError: it cannot be listed, or is a broken zip file.
    """
    path, lost = Path(home_for_tilde(given)), ()
    folder = path
    if is_zip(given):
        folder, lost = open_zip(path)
    elif kind_at(path, named) != FOLDER:
        what = "is a file, not a folder" if kind_at(path, named) == FILE else "does not exist"
        raise UsageError(f"{named}: {path} {what}; give an existing folder of pictures, or a .zip file")
    found = find_pictures(folder)
    if not found.files:
        there = described(found.others)
        raise UsageError(
            f"{named}: {path} holds no images, even in its subfolders; pictures end in .png, .jpg, ..."
            + (f"; there are: {there}" if there else "")
            + (f"; cannot be unpacked: {name_failures(lost)}" if lost else "")
        )
    below = _only_folder([file.name for file in found.files], PARTS)
    names = tuple(name_of(file.name[len(below) :]) for file in found.files)
    return Side(f"{named} {path}", path, folder, tuple(found.files), names, found, tuple(lost))


def name_of(path: str) -> str:
    """What partners share: a path without its ending, whichever way a system writes accents."""
    return unicodedata.normalize("NFC", os.path.splitext(path)[0])


def held_out_names(names: Iterable[str], share: float) -> Set[str]:
    """The names that no training sees: those in test and val folders where there are any, or a share of all.

    They are chosen by a hash of the name alone: a picture stays on its side whatever is added to a folder or removed,
    and both sides of a training hold out the same names. Of at least two names at least one is held out, unless the
    share is 0, and one is not.
    """
    everything = sorted(set(names), key=lambda name: hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())
    named = {name for name in everything if name.split("/")[0].lower() in TEST_FOLDERS and "/" in name}
    if named or not share or len(everything) < 2:
        return named
    limit = int(share * 2**64)
    chosen = [
        name
        for name in everything
        if int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8], "big") < limit
    ]
    return set(chosen[: len(everything) - 1] or everything[:1])


def recipe_of(config: TwoFoldersConfig) -> Decoding:
    """What each picture of a folder is made into.

    Raises:
        UsageError: a colour or a range that cannot be.
    """
    channels = 1 if config.channels == "grey" else 3
    background, pixel_range = parse_colour(config.background), checked_range(config.range)
    return Decoding(config.image_size or DEFAULT_SIDE, channels, background, pixel_range, config.max_pixels)


def refuse_classes(config: TwoFoldersConfig) -> None:
    """Refuse a choice of classes among pictures of folders that say which belong together, not what they show.

    Raises:
        UsageError: naming the option.
    """
    if config.classes is not None:
        raise UsageError("data.classes: is of no use here; name a folder that holds nothing but those pictures")


def _of(whole: Side, subfolders: Dict[str, str], sides: Dict[str, Tuple[str, str]], side: str) -> Side:
    """What belongs to one side of a folder whose subfolders tell the sides apart."""
    below = _only_folder([file.name for file in whole.found.files], TELLING)
    files, names = [], []
    for file in whole.files:
        first, _, rest = file.name[len(below) :].partition("/")
        part, of = sides.get(subfolders.get(first, ""), ("", ""))
        if of == side and rest:
            files.append(file)
            names.append(name_of(f"{part}/{rest}" if part else rest))
    return whole._replace(named=f"{whole.named}, {side.upper()}", files=tuple(files), names=tuple(names))


def _subfolders(files: Sequence[PictureFile]) -> Dict[str, str]:
    """The folders that hold pictures, each with its name in lower case and without what may part its words."""
    below = _only_folder([file.name for file in files], TELLING)
    first = {file.name[len(below) :].partition("/")[0] for file in files if "/" in file.name[len(below) :]}
    return {name: _plain(name) for name in first}


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _only_folder(names: List[str], telling: Sequence[str]) -> str:
    """The path of the folder that holds all, where a folder or a zip file has nothing else: "" or ending in a slash.

    Args:
        names: of all files.
        telling: names of folders that say something about what they hold, and so are not passed over.
    """
    below = ""
    while True:
        first = {name[len(below) :].partition("/")[0] for name in names}
        only = next(iter(first))
        inside = all("/" in name[len(below) :] for name in names)
        if len(first) > 1 or not inside or _plain(only) in telling:
            return below
        below += f"{only}/"


def without_partner(side: Side, names: Set[str], most: int = 5) -> Optional[str]:
    """A sentence about the pictures of a side that have no partner among `names`, or None."""
    alone = [printable(name) for name in side.names if name not in names]
    if not alone:
        return None
    more = f" and {len(alone) - most:,} more" if len(alone) > most else ""
    return f"{side.named}: {len(alone):,} without a partner left out: {', '.join(alone[:most])}{more}"
