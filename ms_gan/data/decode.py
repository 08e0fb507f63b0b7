"""One picture of any format, mode and size as what a network sees: cropped and scaled to one size."""

import contextlib
import threading
import warnings
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, ContextManager, Iterator, NamedTuple, Optional, Tuple, Union

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from ms_gan.config.sizes import Size, sides_of
from ms_gan.data.pixel_range import Extremes, Range, common_range, eight_bit, extremes, is_deep, is_halved
from ms_gan.pictures.grids import MADE_BY, MAKER

VERSION = 2  # raise it whenever the same file decodes to other pixels, so that caches are made anew
# What pictures come in. Pillow reads more, but hands some to other programs, such as EPS to Ghostscript, which runs
# what stands in them; of others it unpacks without limit (FITS in older releases) or opens whatever is inside (IPTC).
FORMATS = (
    "JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "DIB", "PPM", "JPEG2000", "AVIF", "MPO", "TGA", "ICO", "CUR", "ICNS",
    "PCX", "DCX", "PSD", "SGI", "SUN", "DDS", "QOI", "XBM", "XPM", "MSP", "FLI", "HEIF",
)  # fmt: skip
LARGE_PIXELS = 10_000_000  # pixels; of pictures with more, one is decoded at a time, to bound the memory
# What undoes each EXIF orientation that is not upright already.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
LEFT, RIGHT = "left", "right"  # of two pictures side by side in one file
UNEVEN = 0.02  # share of the height by which such a file may miss being twice as wide as high
OWN_SHEET = "a sheet of images that ms_gan made"
_one_large = threading.Lock()


class Unreadable(Exception):
    """A picture that cannot be decoded; says why. `lasting` is False where the same file may be readable later."""

    def __init__(self, why: str, lasting: bool = True):
        super().__init__(why)
        self.lasting = lasting


class TooLarge(Unreadable):
    """A picture with more pixels than are allowed.

    Args:
        size: how many it has, in words.
        option: what allows them.
    """

    def __init__(self, size: str, option: str):
        super().__init__(f"{size}; if you trust the file: {option}")
        self.size = size


class NotSideBySide(Unreadable):
    """A picture that should be two side by side, and is not twice as wide as high."""


class Depth(NamedTuple):
    """What there is to know of a picture with more than 8 bits: a grey one's values; that a coloured one is halved."""

    extremes: Optional[Extremes]
    halved: bool


def decode(
    path: Path,
    size: Size,
    channels: int,
    background: Tuple[int, int, int],
    pixel_range: Optional[Range] = None,
    own: bool = False,
    half: Optional[str] = None,
) -> Tuple[np.ndarray, bool]:
    """Decode a picture: turned upright as its EXIF data says, cropped to its middle, scaled with antialiasing.

    Args:
        path: a file in any format of Pillow's; of an animation, the first frame.
        size: of the result: the side of a square, or height and width; the crop is the largest of that shape.
        channels: 1 for grey, 3 for red, green and blue.
        background: the colour put behind transparent pixels.
        pixel_range: black and white of grey pictures with more than 8 bits; None: by the values of this one alone.
        own: also decode a sheet of images that ms_gan made; as training images they are refused.
        half: LEFT or RIGHT of two pictures side by side in one file, which is twice as wide as high; None: all of it.

    Returns:
        uint8 (channels, height, width), and whether the picture was smaller than that and had to be enlarged.

    Raises:
        Unreadable: it cannot be decoded, has more pixels than are allowed, is a sheet of images that ms_gan made, or
            not twice as wide as high where a half is asked for.
    """
    height, width = sides_of(size)
    largest = max(height, width)
    with opened(path, own) as image:
        # A JPEG is decoded at a fraction of its size where that is still more than enough.
        image.draft(image.mode, (2 * largest, 2 * largest))
        refuse_bomb(image)
        with alone(image):
            image.load()
            whole = plain(upright(image), pixel_range)
            middle = _middle(whole, (height, width), _half(whole.size, half) if half else (0, 0, *whole.size))
    if middle.mode == "RGBA":
        middle = on_background(middle, background)
    pixels = np.asarray(middle.convert("L" if channels == 1 else "RGB"))
    small = whole.width < width or whole.height < height
    return pixels.reshape(height, width, channels).transpose(2, 0, 1), small


@contextlib.contextmanager
def opened(source: Union[Path, BinaryIO], own: bool) -> Iterator[Image.Image]:
    """A picture, not yet decoded; whatever goes wrong with it in this context becomes Unreadable.

    Args:
        source: a file, or its content.
        own: also a sheet of images that ms_gan made.
    """
    try:
        # What a file is called says nothing about what it holds.
        with Image.open(source, formats=formats()) as image:
            if not own and _is_own(image):
                raise Unreadable(OWN_SHEET)
            yield image
    except Unreadable:
        raise
    except Image.DecompressionBombError:
        most = 2 * Image.MAX_IMAGE_PIXELS
        raise TooLarge(f"more than {most:,} pixels", "raise data.max_pixels") from None
    # Pillow's readers raise whatever their parsing of a broken file runs into.
    except Exception as error:
        # An error number comes from the system, not from what the file holds.
        lasting = not (isinstance(error, MemoryError) or getattr(error, "errno", None))
        raise Unreadable(" ".join((str(error) or type(error).__name__).split()), lasting) from error


def alone(image: Image.Image) -> ContextManager:
    """A context in which a large picture is the only one that is decoded."""
    return _one_large if image.width * image.height > LARGE_PIXELS else contextlib.nullcontext()


def on_background(image: Image.Image, colour: Tuple[int, int, int]) -> Image.Image:
    """A picture of mode RGBA in front of a colour."""
    return Image.alpha_composite(Image.new("RGBA", image.size, colour), image)


@lru_cache(maxsize=None)
def formats() -> Tuple[str, ...]:
    """Those of FORMATS that this Pillow reads, with pillow-heif where it is installed."""
    Image.init()
    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()
    return tuple(form for form in FORMATS if form in Image.OPEN)


@contextlib.contextmanager
def allowing(pixels: int) -> Iterator[None]:
    """A context in which pictures may have so many pixels: in all threads, Pillow has one limit."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, pixels
    try:
        with warnings.catch_warnings():
            # What Pillow warns about is refused in one sentence.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def depth_of(path: Path, with_values: bool) -> Optional[Depth]:
    """What there is to know about a picture with more than 8 bits; None of any other file.

    Args:
        path: the file.
        with_values: look at the values of a grey one, which takes as long as to decode it.
    """
    # What cannot be read now cannot be decoded later either, and is reported then.
    with contextlib.suppress(Exception), Image.open(path, formats=formats()) as image:
        refuse_bomb(image)
        if is_halved(image):
            return Depth(None, True)
        if with_values and is_deep(image):
            return Depth(extremes(image), False)
    return None


def refuse_bomb(image: Image.Image) -> None:
    """Refuse a picture with more pixels than are allowed, before it is decoded: a small file may hold very many."""
    width, height = image.size
    limit = Image.MAX_IMAGE_PIXELS
    if limit and width * height > limit:
        raise TooLarge(f"{width}x{height} pixels are more than {limit:,}", f"--data.max_pixels {width * height}")


def size_of(path: Path) -> Optional[Tuple[int, int]]:
    """Width and height of a picture, turned upright; None where it cannot be read. Its pixels are not looked at."""
    with contextlib.suppress(Exception), Image.open(path, formats=formats()) as image:
        turned = image.format != "TIFF" and image.getexif().get(ExifTags.Base.Orientation) in (5, 6, 7, 8)
        return image.size[::-1] if turned else image.size
    return None


def is_side_by_side(size: Tuple[int, int]) -> bool:
    """Whether a picture of this width and height is twice as wide as high."""
    width, height = size
    return abs(width - 2 * height) <= max(1, height * UNEVEN)


def is_picture(path: Path) -> bool:
    """Whether a file is a picture by its content, whatever it is called; Targa files are not told from others.

    Raises:
        OSError: it cannot be read.
    """
    telling = [form for form in formats() if form != "TGA"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=telling):
                return True
    except Image.DecompressionBombError:
        return True
    except UnidentifiedImageError:
        return False
    except Exception as error:
        if getattr(error, "errno", None):
            raise
        return False


def is_own_file(path: Path) -> bool:
    """Whether a file is a sheet, a plot or an animation that ms_gan made."""
    with contextlib.suppress(Exception), Image.open(path, formats=formats()) as image:
        return _is_own(image)
    return False


def _is_own(image: Image.Image) -> bool:
    """Whether a picture is a sheet, a plot or an animation that ms_gan made."""
    if image.info.get(MADE_BY) == MAKER or image.info.get("comment") == MAKER.encode():
        return True
    with contextlib.suppress(Exception):  # broken EXIF data, as below
        return image.format == "WEBP" and image.getexif().get(ExifTags.Base.Software) == MAKER
    return False


def upright(image: Image.Image) -> Image.Image:
    """A picture turned and mirrored as its EXIF data says."""
    # Pillow turns a TIFF by itself, and its older releases leave the orientation standing.
    if image.format == "TIFF":
        return image
    orientation = None
    # Broken EXIF data around sound pixels is common, and no reason to lose the picture.
    with contextlib.suppress(Exception):
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    return image.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else image


def plain(image: Image.Image, pixel_range: Optional[Range]) -> Image.Image:
    """A picture in mode L, RGB or RGBA; of a deep one, black and white become 0 and 255."""
    if is_deep(image):
        return eight_bit(image, *(pixel_range or common_range([extremes(image)])))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        return _converted(image, "RGBA")
    return _converted(image, "L" if image.mode in ("1", "L") else "RGB")


def _converted(image: Image.Image, mode: str) -> Image.Image:
    # Pillow copies the whole picture even where the mode is the right one.
    return image if image.mode == mode else image.convert(mode)


def _half(size: Tuple[int, int], half: str) -> Tuple[int, int, int, int]:
    """Left, top, right and bottom of one of two pictures side by side."""
    width, height = size
    if not is_side_by_side(size):
        raise NotSideBySide(f"{width}x{height} pixels are not twice as wide as high")
    return (0, 0, width // 2, height) if half == LEFT else (width - width // 2, 0, width, height)


def _middle(image: Image.Image, sides: Tuple[int, int], box: Tuple[int, int, int, int]) -> Image.Image:
    """The middle of a part of a picture, as large as the shape of (height, width) allows, scaled to these."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    cut_width = max(1, min(width, height * sides[1] // sides[0]))
    cut_height = max(1, min(height, width * sides[0] // sides[1]))
    left, top = left + (width - cut_width) // 2, top + (height - cut_height) // 2
    return image.resize(sides[::-1], Image.Resampling.LANCZOS, (left, top, left + cut_width, top + cut_height))
