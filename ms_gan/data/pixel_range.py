"""What black and white are in grey pictures of 16 bits, 32 bits or floating point: one range for a whole folder.

Were it guessed for each picture by itself, a dark one among 12-bit pictures would become as bright as the others.
"""

import re
from typing import Iterable, Iterator, List, NamedTuple, Optional, Tuple

import numpy as np
from PIL import Image

from ms_gan.errors import UsageError

BAND_ROWS = 256  # rows looked at in one go, to bound the memory
HALVED = re.compile(";16[BLN]")  # in the name of a layout of which Pillow makes a mode of 8 bits
WHITES = (255, 1023, 4095, 16383, 65535)  # of 8, 10, 12, 14 and 16 bits
Range = Tuple[float, float]


class Extremes(NamedTuple):
    """The smallest and the largest value of a picture, ignoring NaN and infinities."""

    low: float
    high: float


def is_deep(image: Image.Image) -> bool:
    """Whether a picture's values need a range: grey, of more than 8 bits."""
    return image.mode[0] in "IF"


def is_halved(image: Image.Image) -> bool:
    """Whether Pillow reads only the upper 8 bits of a colour picture's 16; to be asked before its pixels are read."""
    return not is_deep(image) and any(HALVED.search(str(tile[3])) for tile in image.tile)


def extremes(image: Image.Image) -> Optional[Extremes]:
    """Of a deep picture; None of any other, whose pixels are not looked at."""
    if not is_deep(image):
        return None
    numbers = (values[np.isfinite(values)] for _, values in bands(image))
    parts = [(values.min(), values.max()) for values in numbers if values.size] or [(0, 0)]
    return Extremes(float(min(low for low, _ in parts)), float(max(high for _, high in parts)))


def common_range(found: Iterable[Optional[Extremes]]) -> Optional[Range]:
    """Black and white for all pictures of a folder, or None where none of them is deep.

    Values from 0 on have black at 0, and white at 1 or at the largest value of 8, 10, 12, 14 or 16 bits, whichever
    holds them all; values from -1 to 1 keep that range. Otherwise the smallest value is black, and the largest white.
    """
    deep: List[Extremes] = [one for one in found if one is not None]
    if not deep:
        return None
    low, high = min(one.low for one in deep), max(one.high for one in deep)
    if low < 0:
        return (-1.0, 1.0) if low >= -1 and high <= 1 else (low, high if high > low else low + 1)
    if high <= 1:
        return (0.0, 1.0)
    return (0.0, float(next((white for white in WHITES if high <= white), high)))


def eight_bit(image: Image.Image, black: float, white: float) -> Image.Image:
    """A deep picture in 8 bits; values beyond black and white become black and white."""
    pixels = np.empty((image.height, image.width), np.uint8)
    for rows, values in bands(image):
        values = np.nan_to_num(values)
        pixels[rows] = np.rint(np.clip((values - np.float32(black)) / np.float32(white - black), 0, 1) * 255)
    return Image.fromarray(pixels)


def bands(image: Image.Image) -> Iterator[Tuple[slice, np.ndarray]]:
    """A grey picture as float32, some rows at a time: (rows, W)."""
    for top in range(0, image.height, BAND_ROWS):
        rows = slice(top, min(top + BAND_ROWS, image.height))
        yield rows, np.asarray(image.crop((0, top, image.width, rows.stop))).astype(np.float32)


def checked_range(given: Optional[List[float]]) -> Optional[Range]:
    """The option data.range as black and white.

    Raises:
        UsageError: it does not have two numbers, or both are equal.
    """
    if given is None:
        return None
    if len(given) != 2 or not np.isfinite(given).all() or given[0] == given[1]:
        raise UsageError(f"data.range: {given} is not allowed; allowed: black and white, such as [0, 4095]")
    return float(given[0]), float(given[1])


def halved_sentence(pictures: int) -> str:
    """What a person should know about pictures that are `is_halved`."""
    what = "colour picture has" if pictures == 1 else "colour pictures have"
    return f"{pictures:,} {what} 16 bits a channel, of which the upper 8 are read"


def sentence(found: Range, pictures: int) -> str:
    """What a person should know about a range that was found, not given."""
    what = "picture has" if pictures == 1 else "pictures have"
    return (
        f"{pictures:,} {what} more than 8 bits; black is {found[0]:g} and white {found[1]:g} for all of them, by their "
        "values: data.range sets it"
    )
