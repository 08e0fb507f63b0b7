"""One picture of any format and mode in its own size."""

from pathlib import Path
from typing import BinaryIO, Optional, Tuple, Union

import numpy as np
from PIL import Image

from ms_gan.data.decode import alone, on_background, opened, plain, refuse_bomb, upright
from ms_gan.data.pixel_range import Range


def decode_whole(
    source: Union[Path, BinaryIO],
    channels: int,
    background: Tuple[int, int, int],
    pixel_range: Optional[Range] = None,
    most: Optional[int] = None,
) -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """Decode a picture in its own size, turned upright as its EXIF data says.

    Args:
        source: a file in any format of Pillow's, or its content; of an animation, the first frame.
        channels: 1 for grey, 3 for red, green and blue.
        background: the colour put behind transparent pixels.
        pixel_range: black and white of grey pictures with more than 8 bits; None: by the values of this one alone.
        most: pixels of the longer side; a larger picture is made smaller, with antialiasing. None: any.

    Returns:
        uint8 (channels, H, W), and how opaque each pixel is, uint8 (H, W); None where all are.

    Raises:
        Unreadable: it cannot be decoded, or has more pixels than are allowed.
    """
    with opened(source, own=True) as image:
        refuse_bomb(image)
        with alone(image):
            image.load()
            whole = plain(upright(image), pixel_range)
            if most and max(whole.size) > most:
                sides = (max(1, round(side * most / max(whole.size))) for side in whole.size)
                whole = whole.resize(tuple(sides), Image.Resampling.LANCZOS)
    alpha = None
    if whole.mode == "RGBA":
        alpha = np.asarray(whole.getchannel("A"))
        whole = on_background(whole, background)
    pixels = np.asarray(whole.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(*pixels.shape[:2], channels).transpose(2, 0, 1), alpha
