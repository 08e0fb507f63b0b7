"""Generators of pictures made ready to be asked: a person's picture in, what they make of it out, all in memory."""

import base64
import io
from typing import Any, Dict, List, NamedTuple, Optional

import numpy as np
from PIL import Image

from ms_gan.config.data_section import DataConfig
from ms_gan.data.decode import Unreadable, allowing
from ms_gan.data.folder import parse_colour
from ms_gan.data.pixel_range import checked_range
from ms_gan.data.whole import decode_whole
from ms_gan.errors import UsageError
from ms_gan.generators.translator import Translator
from ms_gan.pictures.resizing import to_pillow

MOST_SIDE = 1024  # pixels of a picture's longer side on the page; larger ones are made smaller
FEWEST_PIXELS = 8  # of a longer side that a picture is brought to
OPAQUE = 128  # of 255, from which on a pixel is no hole


class Shown(NamedTuple):
    """Before and after, uint8 (H, W, 4) each: red, green, blue and opacity."""

    before: np.ndarray
    after: np.ndarray


class PictureStudio:
    """Generators of one run: one, or one for each direction.

    Args:
        translators: by direction: ab and ba; or one, by "".
        data: of the run, for how pictures are read.
        examples: pictures to begin with, uint8 (C, H, W) each, by direction.

    Attributes:
        translators, examples: those.
    """

    def __init__(self, translators: Dict[str, Translator], data: DataConfig, examples: Dict[str, List[np.ndarray]]):
        self.translators, self.examples = translators, examples
        self._data = data

    @property
    def first(self) -> Translator:
        """The one that the page begins with."""
        return next(iter(self.translators.values()))

    def about(self, most_side: int) -> Dict[str, Any]:
        """What the page must know; `most_side`: pixels of the longer side of the largest picture that it may have."""
        card, degradation = self.first.card, self.first.degradation
        factor = degradation.strength if degradation is not None and degradation.name == "downscale" else 1
        return {
            "recipe": card.recipe,
            "epoch": card.epoch,
            "averaged": card.averaged,
            "side": max(FEWEST_PIXELS, round(max(card.image.shape[1:]) / factor)),
            "most_side": most_side,
            "hole": self.first.takes_hole,
            "directions": {one: made.card.port("image").title for one, made in self.translators.items()},
        }

    def warm_up(self) -> None:
        """Compile what a square picture of the training's size needs, so that the first one does not wait for it."""
        for translator in self.translators.values():
            channels, height, width = translator.card.port("image").shape
            translator.translate(np.zeros((1, channels, height, width), np.float32))

    def decoded(self, content: bytes) -> np.ndarray:
        """A file's content as uint8 (H, W, 4), upright, at most MOST_SIDE pixels a side.

        Raises:
            UsageError: it cannot be read as a picture.
        """
        background, pixel_range = parse_colour(self._data.background), checked_range(self._data.range)
        try:
            with allowing(self._data.max_pixels):
                pixels, alpha = decode_whole(io.BytesIO(content), 3, background, pixel_range, MOST_SIDE)
        except Unreadable as error:
            raise UsageError(f"the file cannot be read as a picture ({error})", code="damaged") from None
        return with_opacity(pixels, alpha)

    def translated(self, picture: np.ndarray, direction: str, most: Optional[int] = None) -> Shown:
        """What a generator makes of a picture.

        Args:
            picture: uint8 (H, W, 4): red, green, blue and opacity. A generator that fills in holes does so where the
                picture is transparent; of others the result is as opaque as the picture.
            direction: of `translators`.
            most: pixels of the longer side, to which a larger picture is brought first; None: as it is.

        Raises:
            UsageError: a picture without a hole where one is to be filled in.
            GanError: the generator made NaN or infinite pixels.
        """
        translator = self.translators[direction]
        image = Image.fromarray(picture[..., :3])
        alpha = Image.fromarray(picture[..., 3])
        if most is not None and max(image.size) > most:
            size = tuple(max(1, round(side * most / max(image.size))) for side in image.size)
            image, alpha = (one.resize(size, Image.Resampling.LANCZOS) for one in (image, alpha))
        pixels = (
            np.asarray(image.convert("L"))[None] if translator.channels == 1 else np.asarray(image).transpose(2, 0, 1)
        )
        opacity = np.asarray(alpha)
        hole = opacity < OPAQUE if translator.takes_hole else None
        given = translator.prepared(pixels, hole)
        before, after = translator.shown(given), translator.finished(given)
        if translator.takes_hole or opacity.min() == 255:
            return Shown(with_opacity(before, None), with_opacity(after, None))
        opacity = np.asarray(alpha.resize(after.shape[:0:-1], Image.Resampling.BICUBIC))
        return Shown(with_opacity(before, opacity), with_opacity(after, opacity))


def with_opacity(pixels: np.ndarray, alpha: Optional[np.ndarray]) -> np.ndarray:
    """Pixels (C, H, W) and opacity (H, W), or None for all opaque, as uint8 (H, W, 4)."""
    image = to_pillow(pixels).convert("RGB")
    image.putalpha(255 if alpha is None else Image.fromarray(alpha))
    return np.asarray(image)


def packed(picture: np.ndarray) -> Dict[str, Any]:
    """uint8 (H, W, 4) as the page takes it: height, width and pixels in base64."""
    height, width, _ = picture.shape
    return {"height": height, "width": width, "pixels": base64.b64encode(np.ascontiguousarray(picture)).decode()}
