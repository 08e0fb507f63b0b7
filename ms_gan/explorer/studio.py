"""A generator made ready to be asked: images of latents, and pictures of those, all in memory."""

import copy
import io
from pathlib import Path
from typing import Optional

import mindspore as ms
import numpy as np

from ms_gan.errors import GanError
from ms_gan.export.directions import principal_directions
from ms_gan.export.folded import first_matrix
from ms_gan.export.graph import read_graph
from ms_gan.generators.latents import is_spherical
from ms_gan.generators.sampling import Sampler, opened_with
from ms_gan.pictures.grids import grid, made_by, to_pillow
from ms_gan.pictures.pixels import to_uint8

SHOWN_PIXELS = 256  # pixels: a single image and a walk are enlarged by a whole number to about this height
MOST_IMAGES = 144
MOST_FRAMES = 720
FILM_BYTES = 256 << 20  # of an animation's pixels
ANSWER_BYTES = 16 << 20  # of the images, or of the latents as text, that one request may ask for
NUMBER_CHARACTERS = 25  # of a number in JSON, at most


class Studio:
    """A generator, its directions and what may be asked of it.

    A single image is made by a launch of one where the generator can do that: convolutional generators take 30 times as
    long for a block of 64. What both make is equal up to rounding.

    Attributes:
        card: the generator's card.
        spherical: whether ways between latents lie on the sphere: those of normal latents do.
        principal: principal directions (n, width), or (0, width) where the file does not tell what the first layer is.
        most_images: how many images one request may ask for.
        most_frames: how many pictures an animation may have.
    """

    def __init__(self, sampler: Sampler):
        self.card = sampler.card
        self._sampler = sampler
        self._mixes = self.card.sha256 is None  # exported graphs take numbers of classes alone
        self._single = copy.copy(sampler)
        if sampler.card.batch_size is None:
            self._single.block = 1
        self.spherical = is_spherical(self.card.latent)
        self.principal = _principal(sampler)
        numbers, pixels = self.card.latent.width + len(self.card.classes), int(np.prod(self.card.image.shape))
        self.most_images = max(4, min(MOST_IMAGES, ANSWER_BYTES // max(pixels, NUMBER_CHARACTERS * numbers)))
        self.most_frames = min(MOST_FRAMES, FILM_BYTES // (pixels * _factor(self.card.image.height) ** 2))

    def warm_up(self) -> None:
        """Compile both launches, so that the first click does not wait for it."""
        classes = len(self.card.classes)
        for count in (1, 2):
            latents = np.zeros((count, self.card.latent.width), np.float32)
            self.images(latents, 1.0, np.zeros(count, np.int32) if classes else None)
            if classes and self._mixes:
                self.images(latents, 1.0, np.eye(classes, dtype=np.float32)[:1].repeat(count, 0))

    def labels(self, seed: int, start: int, count: int) -> Optional[np.ndarray]:
        """The classes of a seed's samples, as Sampler.labels has them."""
        return self._sampler.labels(seed, start, count)

    def taken(self, labels: np.ndarray) -> np.ndarray:
        """Labels, (N,) or weights (N, K), as the generator takes them: an exported graph none but numbers, (N,)."""
        return labels if self._mixes or labels.ndim == 1 else labels.argmax(1).astype(np.int32)

    def images(self, latents: np.ndarray, truncation: float, labels: Optional[np.ndarray] = None) -> np.ndarray:
        """Images of latents (N, width), each scaled by `truncation`: (N, C, H, W) uint8.

        Args:
            latents: (N, width).
            truncation: the factor.
            labels: of a generator that takes them: int32 (N,), or weights of the classes, float32 (N, K).

        Raises:
            GanError: the generator produced NaN or infinite pixels.
        """
        sampler = self._single if len(latents) == 1 else self._sampler
        labels = None if labels is None else self.taken(labels)
        return to_uint8(sampler.generate(latents * np.float32(truncation), labels))


def _principal(sampler: Sampler) -> np.ndarray:
    """The principal directions (n, width), float32; none where the file does not tell what its first layer is."""
    none = np.zeros((0, sampler.card.latent.width), np.float32)
    try:
        graph = read_graph(_cells(sampler), sampler.card.graph_inputs)
        matrix = first_matrix(graph, len(sampler.card.classes))
    except GanError:
        return none
    if matrix is None or not np.isfinite(matrix).all():
        return none
    return principal_directions(matrix).astype(np.float32)


def _cells(sampler: Sampler) -> ms.nn.Cell:
    """The network in cells: a MindIR file's graph has forgotten them, but not what its parameters were called.

    Raises:
        GanError: an ONNX file, or one whose parameters are not those of the generator that its card describes.
    """
    if not isinstance(sampler.network, ms.nn.GraphCell):
        if isinstance(sampler.network, ms.nn.Cell):
            return sampler.network
        raise GanError("an ONNX file keeps its weights to itself", code="unsupported")
    values = {parameter.name: parameter for parameter in sampler.parameters()}
    return opened_with(sampler.card, values, Path("the MindIR file")).network


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
    return max(1, SHOWN_PIXELS // height)


def _enlarged(images: np.ndarray) -> np.ndarray:
    factor = _factor(images.shape[2])
    return images.repeat(factor, axis=2).repeat(factor, axis=3)
