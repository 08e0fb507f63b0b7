"""A folder of pictures decoded once, into one file that every later epoch and run maps into memory."""

import hashlib
import json
import os
import shutil
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Callable, Iterator, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np
import PIL
from tqdm import tqdm

from ms_gan.config.data_section import MAX_PIXELS
from ms_gan.config.sizes import Size, sides_of
from ms_gan.data import decode as decoder
from ms_gan.data.cache import mark_used
from ms_gan.data.fetch import put_in_place, scratch
from ms_gan.data.lock import held
from ms_gan.data.pixel_range import Range, common_range, halved_sentence, sentence
from ms_gan.errors import GanError
from ms_gan.files import write_text
from ms_gan.runtime.checkup import usable_cores
from ms_gan.runtime.progress import progress

PIXELS, ABOUT = "pixels.bin", "about.json"
BLOCK_PICTURES = 256  # pictures handed to the threads in one go, to bound what waits to be written
MOST_THREADS = 8
SAMPLE_BYTES = 4096  # at the beginning, in the middle and at the end of a file that are part of the key
WHOLE_BYTES = 1 << 16  # of a file that is part of the key as a whole


@dataclass(frozen=True)
class Decoding:
    """What a picture is made into: (channels, height, width), over this background. See `decode`.

    Attributes:
        side: a Size: that of squares, or height and width.
        pixel_range: black and white of grey pictures with more than 8 bits; None: found over all of them.
        max_pixels: pictures with more pixels are not read.
    """

    side: Size
    channels: int
    background: Tuple[int, int, int]
    pixel_range: Optional[Range] = None
    max_pixels: int = MAX_PIXELS

    @property
    def sides(self) -> Tuple[int, int]:
        """Height and width, in pixels."""
        return sides_of(self.side)

    @property
    def image_bytes(self) -> int:
        """The size of one decoded picture."""
        return self.channels * self.sides[0] * self.sides[1]


@dataclass(frozen=True)
class HalfDecoding(Decoding):
    """What one of two pictures side by side in one file is made into.

    Attributes:
        half: `decode.LEFT` or `decode.RIGHT`.
    """

    half: str = decoder.LEFT


class Failure(NamedTuple):
    """A picture that could not be read: its path below the folder, and why; lasting unless it may succeed later."""

    name: str
    why: str
    lasting: bool


class Decoded(NamedTuple):
    """The pictures that could be read, uint8 (N, C, H, W), read-only; the others; how many were enlarged.

    `depth` has sentences on pictures with more than 8 bits, for people: the range that was found, and what is lost.
    """

    images: np.ndarray
    failures: Tuple[Failure, ...]
    enlarged: int
    depth: Tuple[str, ...]


def decoded(folder: Path, files: Sequence, recipe: Decoding, cache: Path) -> Decoded:
    """The decoded pictures of a folder, from the cache or, the first time, made into it.

    The cache's key is the folder, the paths, sizes, times of change and samples of its files, the recipe, and Pillow's
    version: what one cannot read another may. Times alone do not do: packages and archives give all files the same.
    Several processes may ask for the same pictures at once: one decodes, the others wait for it.

    Args:
        folder: where the files' paths begin.
        files: (path below the folder, size in bytes, time of change in ns) of each picture, in order.
        cache: the folder of all decoded folders.

    Raises:
        GanError: the cache cannot be written.
    """
    place = cache / _key(folder, files, recipe)
    found = _open(place, recipe, len(files))
    if found is None:
        with held(place, f"decoding {folder}"):
            # Another process may have made it while this one waited.
            found = _open(place, recipe, len(files))
            if found is None:
                _make(folder, files, recipe, place)
                found = _open(place, recipe, len(files), also_passing=True)
    return found


def _key(folder: Path, files: Sequence, recipe: Decoding) -> str:
    key = hashlib.sha256(repr((decoder.VERSION, PIL.__version__, recipe)).encode())
    key.update(os.fsencode(folder.resolve()))
    for name, size, mtime_ns in files:
        key.update(os.fsencode(name) + f"\0{size}\0{mtime_ns}\0".encode() + _sample(folder / name, size))
    return key.hexdigest()[:32]


def _sample(path: Path, size: int) -> bytes:
    """A small file, or of a large one some bytes; none where it cannot be read, which decoding will tell."""
    try:
        with open(path, "rb") as file:
            if size <= WHOLE_BYTES:
                return file.read(WHOLE_BYTES)
            parts = []
            for start in (0, (size - SAMPLE_BYTES) // 2, size - SAMPLE_BYTES):
                file.seek(start)
                parts.append(file.read(SAMPLE_BYTES))
            return b"".join(parts)
    except OSError:
        return b""


def _open(place: Path, recipe: Decoding, files: int, also_passing: bool = False) -> Optional[Decoded]:
    """What the cache holds of a number of files, or None where it must be made.

    Failures that may have passed count only if asked for.
    """
    try:
        about = json.loads((place / ABOUT).read_text(encoding="ascii"))
        failures = tuple(Failure(*failure) for failure in about["failures"])
        count, enlarged, depth = about["images"], about["enlarged"], tuple(about["depth"])
        if (place / PIXELS).stat().st_size != count * recipe.image_bytes:
            return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    texts = [*depth, *(text for failure in failures for text in failure[:2])]
    if type(count) is not int or type(enlarged) is not int or not all(isinstance(text, str) for text in texts):
        return None
    # Each image's label is found by its place among the files that could be read.
    if count + len(failures) != files:
        return None
    if not also_passing and not all(failure.lasting for failure in failures):
        return None
    mark_used(place / ABOUT)
    shape = (count, recipe.channels, *recipe.sides)
    # A file without a single byte cannot be mapped.
    images = np.memmap(place / PIXELS, np.uint8, "r", shape=shape) if count else np.empty(shape, np.uint8)
    return Decoded(images, failures, enlarged, depth)


def _make(folder: Path, files: Sequence, recipe: Decoding, place: Path) -> None:
    needed, free = len(files) * recipe.image_bytes, shutil.disk_usage(place).free
    if needed > free:
        raise GanError(
            f"{place}: decoding {folder} takes {needed:,} bytes, {free:,} are free; set MS_GAN_CACHE to a folder on a"
            " larger disk, or use fewer images (data.limit)",
            code="space",
        )
    tqdm.write(f"Decoding {len(files):,} pictures of {folder} into {place} ({needed:,} bytes)", file=sys.stderr)
    failures, count, enlarged = [], 0, 0
    names = [name for name, *_ in files]
    pixel_range, depth = find_range(folder, names, recipe.max_pixels, recipe.pixel_range)
    try:
        with scratch(place) as work:
            with open(work / PIXELS, "wb") as out:
                work_on_one = partial(_decode_one, folder, recipe, pixel_range)
                for result in in_threads(work_on_one, names, "Decoding", recipe.max_pixels):
                    if isinstance(result, Failure):
                        failures.append(result)
                        continue
                    pixels, was_enlarged = result
                    out.write(pixels.tobytes())
                    count, enlarged = count + 1, enlarged + was_enlarged
            # The description goes last: where it is, the pixels are complete.
            (place / ABOUT).unlink(missing_ok=True)
            put_in_place(work / PIXELS, place / PIXELS)
        about = {"folder": str(folder), "recipe": asdict(recipe), "images": count, "enlarged": enlarged}
        write_text(place / ABOUT, json.dumps({**about, "failures": failures, "depth": depth}))
    except OSError as error:
        raise GanError(
            f"{place}: the decoded images cannot be written ({error}); see MS_GAN_CACHE", code="unwritable"
        ) from error


def find_range(
    folder: Path, names: Sequence[str], max_pixels: int, given: Optional[Range] = None
) -> Tuple[Optional[Range], Tuple[str, ...]]:
    """Black and white of the grey pictures with more than 8 bits among some, None without; and sentences on such ones.

    Args:
        folder: where the names begin.
        names: of the pictures.
        max_pixels: pictures with more pixels are not looked at.
        given: black and white, where they need not be found.
    """
    work = partial(_depth_of, folder, given is None)
    found = [
        one
        for one in in_threads(work, names, "Looking for pictures with more than 8 bits", max_pixels)
        if one is not None
    ]
    halved = sum(one.halved for one in found)
    pixel_range = given or common_range(one.extremes for one in found)
    told = (sentence(pixel_range, len(found) - halved),) if pixel_range and not given else ()
    return pixel_range, told + ((halved_sentence(halved),) if halved else ())


def _depth_of(folder: Path, with_values: bool, name: str) -> Optional[decoder.Depth]:
    return decoder.depth_of(folder / name, with_values)


def in_threads(work: Callable, names: Sequence[str], doing: str, max_pixels: int) -> Iterator:
    """The results of `work(name)` for each picture, in order; shows how many have been worked on.

    Args:
        work: reads a picture.
        names: of the pictures.
        doing: what is done, for a person.
        max_pixels: that a picture may have.
    """
    # Pillow releases the interpreter lock while it decodes, so threads are enough.
    threads = ThreadPoolExecutor(min(MOST_THREADS, usable_cores()))
    with threads as pool, warnings.catch_warnings(), decoder.allowing(max_pixels):
        # What Pillow warns about is either harmless here or counted as a failure.
        warnings.simplefilter("ignore")
        with progress(doing, len(names), "image") as update:
            for start in range(0, len(names), BLOCK_PICTURES):
                part = names[start : start + BLOCK_PICTURES]
                yield from pool.map(work, part)
                update(len(part))


def _decode_one(
    folder: Path, recipe: Decoding, pixel_range: Optional[Range], name: str
) -> Union[Failure, Tuple[np.ndarray, bool]]:
    try:
        half = recipe.half if isinstance(recipe, HalfDecoding) else None
        shape = recipe.side, recipe.channels
        return decoder.decode(folder / name, *shape, recipe.background, pixel_range, half=half)
    except decoder.Unreadable as error:
        return Failure(name, str(error), error.lasting)
