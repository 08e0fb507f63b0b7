"""Where metrics take the images from that they measure: a generator, or pictures of any origin."""

from typing import Any, Iterator, Optional, Protocol, Tuple

import numpy as np

from ms_gan.data import ImageData
from ms_gan.metrics.conditional import Asked
from ms_gan.metrics.protocol import GeneratorUsed, describe_generator
from ms_gan.metrics.reference import pixel_digest

AT_ONCE = 64  # images in a block
PICTURES = "pictures"  # the kind of what no generator of ours made


class Images(Protocol):
    """Images to measure.

    Attributes:
        shape: (C, H, W).
    """

    shape: Tuple[int, int, int]

    def stream(self, seed: int, count: int) -> Iterator[Tuple[int, np.ndarray]]:
        """The first `count` of them in blocks: (number of the first, uint8 (n, C, H, W)); `seed`: of latents."""

    def asked(self, seed: int, count: int) -> Optional[Asked]:
        """The classes that the first `count` of them were asked to be of, (count,); None where none were."""

    def described(self) -> GeneratorUsed:
        """What made them, for the protocol."""


class Sampled:
    """What a generator makes of the latents of a seed.

    Args:
        sampler: the generator, a `sampling.Sampler`.
    """

    def __init__(self, sampler: Any):
        self.shape = sampler.card.image.shape
        self.stream = sampler.stream
        self._sampler = sampler

    def asked(self, seed: int, count: int) -> Optional[Asked]:
        """The labels (count,) that the generator is given with the latents; None where it takes none."""
        port = self._sampler.card.port("label")
        if port is None or port.classes is None:
            return None
        return Asked(self._sampler.labels(seed, 0, count), tuple(port.classes))

    def described(self) -> GeneratorUsed:
        """The generator."""
        return describe_generator(self._sampler)


class Stored:
    """Images that are there already; no seed changes them.

    Args:
        data: the images, in the order in which they count.
    """

    def __init__(self, data: ImageData):
        self._data = data
        self.shape = data.images.shape[1:]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._data.images)

    def stream(self, seed: int, count: int) -> Iterator[Tuple[int, np.ndarray]]:
        """The first `count` of them in blocks: (number of the first, uint8 (n, C, H, W))."""
        for start in range(0, count, AT_ONCE):
            yield start, self._data.images[start : min(start + AT_ONCE, count)]

    def asked(self, seed: int, count: int) -> Optional[Asked]:
        """The labels (count,) that they came with, such as the names of their folders; None where they have none."""
        if self._data.labels is None or self._data.classes is None:
            return None
        return Asked(self._data.labels[:count], tuple(self._data.classes))

    def described(self) -> GeneratorUsed:
        """Their name and pixels, in the place of a generator."""
        images = self._data.images
        return GeneratorUsed(self._data.name, PICTURES, 0.0, 0, pixel_digest(images, len(images))[:16])
