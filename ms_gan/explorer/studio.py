"""A generator made ready to be asked: images of latents, and pictures of those, all in memory."""

import copy
import io
from typing import Optional

import mindspore as ms
import numpy as np

from ms_gan.explorer.directions import principal_directions
from ms_gan.generators.latents import is_spherical
from ms_gan.generators.sampling import Sampler
from ms_gan.pictures.grids import grid, made_by, to_pillow
from ms_gan.pictures.pixels import to_uint8

SHOWN = 256  # pixels: a single image and a walk are enlarged by a whole number to about this height
MOST_IMAGES = 144
MOST_FRAMES = 720
LARGEST_FILM = 256 << 20  # bytes of an animation's pixels
LONGEST_ANSWER = 16 << 20  # bytes of the images, or of the latents as text, that one request may ask for
NUMBER_TEXT = 25  # characters of a number in JSON, at most


class Studio:
    """A generator, its directions and what may be asked of it.

    A single image is made by a launch of one where the generator can do that: convolutional generators take 30 times as
    long for a block of 64. What both make is equal up to rounding.

    Attributes:
        card: the generator's card.
        spherical: whether ways between latents lie on the sphere: those of normal latents do.
        principal: principal directions (n, width), or (0, width) where the file does not tell the first layer's weight.
        most_images: how many images one request may ask for.
        most_frames: how many pictures an animation may have.
    """

    def __init__(self, sampler: Sampler):
        self.card = sampler.card
        self._sampler = sampler
        self._single = copy.copy(sampler)
        if sampler.card.batch_size is None:
            self._single.block = 1
        self.spherical = is_spherical(self.card.latent)
        weight = _first_weight(sampler)
        width = self.card.latent.width
        self.principal = np.zeros((0, width), np.float32) if weight is None else principal_directions(weight)
        pixels = int(np.prod(self.card.image.shape))
        self.most_images = max(4, min(MOST_IMAGES, LONGEST_ANSWER // max(pixels, NUMBER_TEXT * width)))
        self.most_frames = min(MOST_FRAMES, LARGEST_FILM // (pixels * _factor(self.card.image.height) ** 2))

    def warm_up(self) -> None:
        """Compile both launches, so that the first click does not wait for it."""
        for count in (1, 2):
            self.images(np.zeros((count, self.card.latent.width), np.float32), 1.0)

    def images(self, latents: np.ndarray, truncation: float) -> np.ndarray:
        """Images of latents (N, width), each scaled by `truncation`: (N, C, H, W) uint8.

        Raises:
            GanError: the generator made something that is not a number.
        """
        sampler = self._single if len(latents) == 1 else self._sampler
        return to_uint8(sampler.generate(latents * np.float32(truncation)))


def _first_weight(sampler: Sampler) -> Optional[np.ndarray]:
    """The weight (outputs, width) of the Dense layer that latents enter, or None where it is not to be found."""
    width = sampler.card.latent.width
    # An ONNX file's network keeps its weights to itself.
    for parameter in sampler.parameters() if isinstance(sampler.network, ms.nn.Cell) else ():
        if len(parameter.shape) == 2 and parameter.shape[1] == width:
            weight = parameter.asnumpy()
            return weight if np.isfinite(weight).all() else None
    return None


def png(images: np.ndarray, columns: Optional[int]) -> bytes:
    """Images (N, C, H, W) uint8 as a PNG: a grid as infer.py makes it; a single one without a frame, enlarged."""
    sheet = _enlarged(images)[0] if len(images) == 1 else grid(images, columns)
    file = io.BytesIO()
    to_pillow(sheet).save(file, "PNG", **(made_by(".png") if len(images) > 1 else {}))
    return file.getvalue()


def animation(images: np.ndarray, kind: str, milliseconds: int) -> bytes:
    """Images (N, C, H, W) uint8 as a film that loops.

    Args:
        images: the frames.
        kind: GIF, or WEBP (without loss).
        milliseconds: how long each frame is shown.
    """
    first, *others = [to_pillow(image) for image in _enlarged(images)]
    file = io.BytesIO()
    about = made_by(f".{kind.lower()}") | ({"lossless": True, "method": 0} if kind == "WEBP" else {})
    first.save(file, kind, save_all=True, append_images=others, duration=milliseconds, loop=0, **about)
    return file.getvalue()


def _factor(height: int) -> int:
    return max(1, SHOWN // height)


def _enlarged(images: np.ndarray) -> np.ndarray:
    factor = _factor(images.shape[2])
    return images.repeat(factor, axis=2).repeat(factor, axis=3)
