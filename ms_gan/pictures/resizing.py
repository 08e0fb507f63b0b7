"""Pictures as arrays made larger, smaller or cropped, by Pillow."""

from typing import Optional, Tuple

import numpy as np
from PIL import Image


def resized(
    picture: np.ndarray, size: Tuple[int, int], box: Optional[Tuple[float, float, float, float]] = None
) -> np.ndarray:
    """A picture, uint8 (C, H, W), in another size, by Pillow's bicubic interpolation, which averages when it shrinks.

    Args:
        picture: with 1 or 3 channels.
        size: height and width of the result, in pixels.
        box: left, top, right and bottom of the part to be used, in pixels or fractions of them; None: all of it.

    Returns:
        uint8 (C, height, width).
    """
    return from_pillow(to_pillow(picture).resize((size[1], size[0]), Image.Resampling.BICUBIC, box))


def to_pillow(picture: np.ndarray) -> Image.Image:
    """A picture, uint8 (C, H, W) with 1 or 3 channels, as Pillow has it."""
    return Image.fromarray(picture[0] if len(picture) == 1 else np.ascontiguousarray(picture.transpose(1, 2, 0)))


def from_pillow(image: Image.Image) -> np.ndarray:
    """A grey picture, or one of red, green and blue, as uint8 (C, H, W)."""
    pixels = np.asarray(image)
    return pixels[np.newaxis] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
