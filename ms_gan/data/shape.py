"""Images of one shape made into images of another, whole data sets at a time."""

import numpy as np

from ms_gan.config.sizes import Size, sides_of
from ms_gan.errors import UsageError

BLOCK_IMAGES = 1024  # images turned grey in one go, to bound the memory for it
LUMA = np.array([19595, 38470, 7471], np.uint32)  # ITU-R 601 in units of 1/65536, as Pillow has it


def with_channels(images: np.ndarray, channels: str) -> np.ndarray:
    """Images (N, C, H, W), uint8, in grey or in colour.

    Args:
        channels: "grey" (C = 1), "rgb" (C = 3) or "own" (as they are). Grey images become colour ones without a copy.
    """
    count, own, height, width = images.shape
    if channels == "rgb" and own == 1:
        return np.broadcast_to(images, (count, 3, height, width))
    if channels == "grey" and own == 3:
        grey = np.empty((count, 1, height, width), np.uint8)
        for start in range(0, count, BLOCK_IMAGES):
            part = images[start : start + BLOCK_IMAGES]
            # 0x8000 rounds to the nearest.
            grey[start : start + BLOCK_IMAGES, 0] = (np.einsum("nchw,c->nhw", part, LUMA) + 0x8000) >> 16
        return grey
    return images


def check_side(size: Size, own: int) -> None:
    """Refuse to pad square images of a side of `own` to a size with a smaller one.

    Raises:
        UsageError: naming the option.
    """
    if min(sides_of(size)) < own:
        raise UsageError(f"data.image_size: {size} is out of range; allowed for this data set: {own} to 1024 pixels")


def padded(images: np.ndarray, size: Size) -> np.ndarray:
    """Square images (N, C, S, S) in the middle of black ones (N, C, H, W) of a size; those of that size stay.

    Raises:
        UsageError: they are larger than that.
    """
    sides, own = sides_of(size), images.shape[-1]
    if images.shape[2:] == sides:
        return images
    check_side(size, own)
    margins = [((side - own) // 2, side - own - (side - own) // 2) for side in sides]
    return np.pad(images, ((0, 0), (0, 0), *margins))
