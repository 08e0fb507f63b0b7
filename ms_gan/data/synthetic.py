"""Digits drawn with Pillow, for tests and for machines without any data; never to be mistaken for handwriting."""

from functools import lru_cache
from typing import Tuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from tqdm import tqdm

from ms_gan.config.data_section import DataConfig
from ms_gan.data.image_data import ImageData
from ms_gan.seeds import Purpose, stream

SIDE, DETAIL = 28, 4  # pixels of an image, and how much finer it is drawn before it is averaged down
DEFAULT_COUNT, MOST_DIGITS = 2_000, 60_000
CLASSES = tuple("0123456789")
STROKES = (1, 3, 5, 7)  # how far the strokes are thickened, in the finer pixels


def load_synthetic(config: DataConfig, seed: int) -> ImageData:
    """Drawn digits, uint8 (N, 1, 28, 28), white on black; N is data.limit, at most 60,000, or 2,000.

    Image i is a function of (seed, i) alone, whatever the limit; data.classes keeps its share of those N.
    """
    total = count(config)
    images = np.empty((total, 1, SIDE, SIDE), np.uint8)
    labels = np.empty(total, np.uint8)
    for i in tqdm(range(total), "Drawing digits", unit="image", disable=None, leave=False):
        images[i, 0], labels[i] = draw(seed, i)
    images.setflags(write=False)
    return ImageData(
        images=images,
        labels=labels,
        title="synthetic digits (drawn, not handwritten)",
        origin=f"drawn with seed {seed}",
        classes=CLASSES,
    )


def count(config: DataConfig) -> int:
    """How many digits are drawn."""
    return min(config.limit or DEFAULT_COUNT, MOST_DIGITS)


def draw(seed: int, index: int) -> Tuple[np.ndarray, int]:
    """One digit, uint8 (28, 28), and which it is; place, size, rotation and thickness are random."""
    random = stream(seed, Purpose.SYNTHETIC_IMAGES, index)
    digit, stroke = int(random.integers(10)), int(random.choice(STROKES))
    angle, slant = random.normal(0, 0.12), random.normal(0, 0.1)  # radians; shift in x per unit of y
    scale_x, scale_y = random.uniform(0.75, 1.1, 2)
    shift = random.uniform(-2, 2, 2) * DETAIL
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    # Pillow asks where each pixel of the result comes from, so this is the map from the result to the glyph.
    matrix = np.diag([1 / scale_x, 1 / scale_y]) @ np.array([[1, slant], [0, 1]]) @ turn
    centre = np.full(2, SIDE * DETAIL / 2)
    offset = centre - matrix @ (centre + shift)
    glyph = _glyph(digit, stroke)
    coefficients = [*matrix[0], offset[0], *matrix[1], offset[1]]
    drawn = glyph.transform(glyph.size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR)
    return np.asarray(drawn.reduce(DETAIL)), digit


@lru_cache(maxsize=None)
def _glyph(digit: int, stroke: int) -> Image.Image:
    """A digit's upright shape, centred, 18 pixels high before thickening, on the finer canvas."""
    font = _font(10 * DETAIL)
    left, top, right, bottom = font.getbbox(str(digit))
    shape = Image.new("L", (right, bottom))
    ImageDraw.Draw(shape).text((0, 0), str(digit), 255, font)
    shape = shape.crop(shape.getbbox())
    height = 18 * DETAIL
    shape = shape.resize((max(1, round(shape.width * height / shape.height)), height), Image.Resampling.BICUBIC)
    canvas = Image.new("L", (SIDE * DETAIL, SIDE * DETAIL))
    canvas.paste(shape, ((canvas.width - shape.width) // 2, (canvas.height - height) // 2))
    return canvas.filter(ImageFilter.MaxFilter(stroke)) if stroke > 1 else canvas


def _font(size: int):
    """Pillow's own font; where Pillow is older than 10.1 or built without FreeType, its small bitmap font."""
    try:
        return ImageFont.load_default(size)
    except (TypeError, ImportError):
        return ImageFont.load_default()
