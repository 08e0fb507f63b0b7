"""One map of classes: a PNG of class numbers, with a palette, or of one colour a class. It is never blended."""

from pathlib import Path
from typing import IO, List, NamedTuple, Optional, Tuple, Union

import numpy as np
from PIL import Image

from ms_gan.data.decode import TooLarge, formats, refuse_bomb
from ms_gan.data.legend import MOST_CLASSES, UNKNOWN, Colour, Legend, of_colours, of_numbers
from ms_gan.errors import GanError

BLURRED = ("JPEG", "MPO", "WEBP", "HEIF", "AVIF", "JPEG2000")  # what such files hold is blended at edges, or may be


class RawMap(NamedTuple):
    """A map as its file has it.

    Attributes:
        values: class numbers (H, W), or colours (H, W, 3), uint8.
        palette: the colours of the numbers, (n, 3), where the file has them.
    """

    values: np.ndarray
    palette: Optional[np.ndarray] = None


def open_map(source: Union[Path, IO[bytes]], sides: Optional[Tuple[int, int]] = None, name: str = "") -> RawMap:
    """Read a map; where sides are given, its central part in their shape, scaled by nearest neighbour.

    Args:
        source: the file.
        sides: (height, width) in pixels; None: as it is.
        name: of the file in errors; "": its path.

    Raises:
        GanError: it cannot be read, is of a format that blends colours, or has more pixels than are allowed.
    """
    path = name or str(source)
    try:
        with Image.open(source, formats=formats()) as image:
            if image.format in BLURRED:
                raise GanError(f"{path}: a map in {image.format}, which blends colours at edges; save it as PNG")
            refuse_bomb(image)
            image.load()
            palette = _palette(image)
            return RawMap(_scaled(_plain(image, path), sides), palette)
    except GanError:
        raise
    except (TooLarge, Image.DecompressionBombError):
        raise GanError(
            f"{path}: a map with more pixels than are allowed; scale it down without blending, or raise data.max_pixels"
        ) from None
    except Exception as error:  # Pillow's readers raise whatever their parsing of a broken file runs into
        text = " ".join(str(error).split()) or type(error).__name__
        text = "not a picture" if "cannot identify" in text else text
        raise GanError(f"{path}: not a map that can be read ({text}); give a PNG") from None


def _palette(image: Image.Image) -> Optional[np.ndarray]:
    found = image.getpalette("RGB") if image.mode == "P" else None
    return None if not found else np.array(found, np.uint8).reshape(-1, 3)


def _plain(image: Image.Image, path: str) -> Image.Image:
    """A map in mode L, of numbers, or RGB."""
    if image.mode in ("L", "P", "1"):
        # A mode P's pixels are its numbers, whatever its colours.
        return Image.fromarray(np.asarray(image).astype(np.uint8))
    if image.mode.startswith("I"):
        numbers = np.asarray(image)
        if numbers.min() < 0 or numbers.max() > UNKNOWN:
            y, x = np.argwhere((numbers < 0) | (numbers > UNKNOWN))[0]
            raise GanError(f"{path}: class {numbers[y, x]} at pixel ({x}, {y}); allowed: 0 to {UNKNOWN}")
        return Image.fromarray(numbers.astype(np.uint8))
    return image.convert("RGB")


def _scaled(image: Image.Image, sides: Optional[Tuple[int, int]]) -> np.ndarray:
    if sides is None:
        return np.array(image)
    width, height = image.size
    scale = min(width / sides[1], height / sides[0])
    columns, rows = min(width, round(sides[1] * scale)), min(height, round(sides[0] * scale))
    left, top = (width - columns) // 2, (height - rows) // 2
    box = (left, top, left + columns, top + rows)
    return np.array(image.resize(sides[::-1], Image.Resampling.NEAREST, box))


def numbers_of(raw: RawMap, legend: Legend, where: str) -> np.ndarray:
    """A map's class numbers (H, W), uint8, UNKNOWN where no class is known.

    Args:
        raw: the map.
        legend: the classes that there are.
        where: names the map in an error.

    Raises:
        GanError: a number or a colour that is no class; names the pixel.
    """
    if raw.values.ndim == 2:
        wrong = (raw.values >= len(legend.names)) & (raw.values != UNKNOWN)
        if wrong.any():
            y, x = np.argwhere(wrong)[0]
            raise GanError(
                f"{where}: class {raw.values[y, x]} at pixel ({x}, {y}), but there are {len(legend.names)} classes; "
                f"allowed: 0 to {len(legend.names) - 1}, and {UNKNOWN} for unknown"
            )
        return raw.values
    codes = _codes(raw.values)
    known = _codes(np.array(legend.colours, np.uint8))
    order = np.argsort(known)
    places = np.clip(np.searchsorted(known, codes, sorter=order), 0, len(known) - 1)
    numbers = order[places]
    wrong = known[numbers] != codes
    if wrong.any():
        y, x = np.argwhere(wrong)[0]
        colour = "#{:02x}{:02x}{:02x}".format(*raw.values[y, x])
        known_ones = ", ".join(f"{text} {name}" for name, text in list(zip(*(legend.names, legend.hexadecimal)))[:4])
        raise GanError(
            f"{where}: colour {colour} at pixel ({x}, {y}) is no class of the {len(legend.names)}: {known_ones}, ..."
        )
    return numbers.astype(np.uint8)


def found_legend(maps: List[RawMap], where: str) -> Legend:
    """The classes that maps themselves tell of: their palette's colours, their colours, or as many as their numbers.

    Raises:
        GanError: they are of two kinds, or have more colours than classes can be.
    """
    kinds = {raw.values.ndim for raw in maps}
    if len(kinds) != 1:
        raise GanError(f"{where}: some maps hold class numbers and others colours; make them all the same")
    if kinds == {2}:
        most = max((int(raw.values[raw.values != UNKNOWN].max(initial=0)) for raw in maps), default=0)
        count = max(2, most + 1)
        palette = next((raw.palette for raw in maps if raw.palette is not None and len(raw.palette) >= count), None)
        colours = [] if palette is None else [tuple(map(int, row)) for row in palette[:count]]
        return of_colours(colours) if len(set(colours)) == count else of_numbers(count)
    codes = np.unique(np.concatenate([np.unique(_codes(raw.values)) for raw in maps]))
    if len(codes) > MOST_CLASSES:
        raise GanError(
            f"{where}: the maps have {len(codes):,} colours, but at most {MOST_CLASSES} classes can be told apart; are "
            "they photographs? python -m ms_gan.data.make_maps makes maps of pictures"
        )
    colours = [tuple(int(code >> shift & 255) for shift in (16, 8, 0)) for code in codes]
    return of_colours(colours if len(colours) > 1 else [*colours, (255, 0, 255)])


def _codes(colours: np.ndarray) -> np.ndarray:
    """Colours (..., 3) as whole numbers, (...)."""
    parts = colours.astype(np.int64)
    return parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]


def in_colour(maps: np.ndarray, legend_colours: List[Colour]) -> np.ndarray:
    """Maps (N, H, W) as pictures (N, 3, H, W), uint8; what is unknown is dark grey."""
    table = np.full((UNKNOWN + 1, 3), 48, np.uint8)
    table[: len(legend_colours)] = legend_colours
    return np.ascontiguousarray(table[maps].transpose(0, 3, 1, 2))
