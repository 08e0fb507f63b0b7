"""One picture of any format, mode and size as the square that a network sees."""

import contextlib
from pathlib import Path
from typing import Tuple

import numpy as np
from PIL import Image, ImageOps

VERSION = 1  # raise it whenever the same file decodes to other pixels, so that caches are made anew


class Unreadable(Exception):
    """A picture that cannot be decoded; says why. `lasting` is False where the same file may be readable later."""

    def __init__(self, why: str, lasting: bool = True):
        super().__init__(why)
        self.lasting = lasting


def decode(path: Path, side: int, channels: int, background: Tuple[int, int, int]) -> Tuple[np.ndarray, bool]:
    """Decode a picture: turned upright as its EXIF data says, cropped to its central square, scaled with antialiasing.

    Args:
        path: a file in any format of Pillow's; of an animation, the first frame.
        side: width and height of the result, in pixels.
        channels: 1 for grey, 3 for red, green and blue.
        background: the colour put behind transparent pixels.

    Returns:
        uint8 (channels, side, side), and whether the picture was smaller than that and had to be enlarged.

    Raises:
        Unreadable: it cannot be decoded, or has more pixels than Pillow deems safe.
    """
    try:
        with Image.open(path) as image:
            refuse_bomb(image)
            # A JPEG is decoded at a fraction of its size where that is still more than enough.
            image.draft(image.mode, (2 * side, 2 * side))
            width, height = image.size
            square = _square(_plain(_upright(image)), side)
    except Unreadable:
        raise
    # Pillow's readers raise whatever their parsing of a broken file runs into.
    except Exception as error:
        # An error number comes from the system, not from what the file holds.
        lasting = not (isinstance(error, MemoryError) or getattr(error, "errno", None))
        raise Unreadable(" ".join((str(error) or type(error).__name__).split()), lasting) from error
    if square.mode == "RGBA":
        behind = Image.new("RGBA", square.size, background)
        square = Image.alpha_composite(behind, square)
    pixels = np.asarray(square.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(side, side, channels).transpose(2, 0, 1), min(width, height) < side


def refuse_bomb(image: Image.Image) -> None:
    """Refuse a picture that a small file blows up to more pixels than Pillow's limit, before it is decoded."""
    width, height = image.size
    limit = Image.MAX_IMAGE_PIXELS
    if limit and width * height > limit:
        raise Unreadable(f"{width}x{height} pixels are beyond Pillow's limit of {limit} (a decompression bomb?)")


def _upright(image: Image.Image) -> Image.Image:
    # Broken EXIF data around sound pixels is common, and no reason to lose the picture.
    with contextlib.suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _plain(image: Image.Image) -> Image.Image:
    """The picture in mode L, RGB or RGBA."""
    if image.mode[0] in "IF":
        return _eight_bit(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """A grey picture of 16 bits or of floating point, which are taken to range to 1 or else to 255."""
    values = np.nan_to_num(np.asarray(image).astype(np.float32))
    white = 65535 if image.mode[0] == "I" else 1 if values.max() <= 1 else 255
    return Image.fromarray(np.rint(np.clip(values / white, 0, 1) * 255).astype(np.uint8))


def _square(image: Image.Image, side: int) -> Image.Image:
    width, height = image.size
    cut = min(width, height)
    left, top = (width - cut) // 2, (height - cut) // 2
    return image.resize((side, side), Image.Resampling.LANCZOS, (left, top, left + cut, top + cut))
