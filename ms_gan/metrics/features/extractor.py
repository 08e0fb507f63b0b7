"""The one interface of all feature extractors."""

from typing import Callable, Optional, Sequence, Tuple

import numpy as np

from ms_gan.errors import GanError, UsageError
from ms_gan.pictures.pixels import unload

AT_ONCE = 1 << 21  # pixel values in one block, to bound the memory for the layers
MOST_AT_ONCE = 256  # images in one block


class Features:
    """A network that turns images into vectors.

    All blocks have one size, the last one filled up with black images: a network is compiled once, and the memory does
    not grow with the number of images.

    Attributes:
        name: short, with a digest of all that the features depend on.
        width: numbers in one vector.
        classes: the names of the classes that the network tells apart, or None.
        accuracy: share of the test split that it classifies rightly, or None where that was not measured.
        description: one line: which network, trained on what, and what is done to the pixels first.
        kept_in: the folder or file that holds the weights, or None.

    Args:
        compute: (N, C, H, W) uint8 -> (N, width) features and (N, classes) logits or None, float32.
        block: images given to `compute` at once.
        image_shape: (C, H, W) that it accepts; None: any.
    """

    def __init__(
        self,
        name: str,
        description: str,
        width: int,
        compute: Callable[[np.ndarray], Tuple[np.ndarray, Optional[np.ndarray]]],
        block: int,
        image_shape: Optional[Sequence[int]] = None,
        classes: Optional[Sequence[str]] = None,
        accuracy: Optional[float] = None,
        kept_in: Optional[str] = None,
    ):
        self.name = name
        self.description = description
        self.width = width
        self.classes = None if classes is None else list(classes)
        self.accuracy = accuracy
        self.kept_in = kept_in
        self._compute = compute
        self._block = block
        self._image_shape = None if image_shape is None else tuple(image_shape)

    def __call__(self, images: np.ndarray) -> Tuple[np.ndarray, Optional[np.ndarray]]:
        """Features (N, width), and the probabilities of the classes (N, classes), or None; float32.

        Args:
            images: uint8 (N, C, H, W), at least one, in memory or mapped from a file.

        Raises:
            UsageError: images of another shape than the network was made for.
            GanError: the network made something that is not a number.
        """
        if images.dtype != np.uint8 or images.ndim != 4 or not len(images):
            raise ValueError(f"images are {images.dtype} {images.shape}, and should be uint8 (N, C, H, W)")
        if self._image_shape not in (None, images.shape[1:]):
            expected, found = ("x".join(map(str, shape)) for shape in (self._image_shape, images.shape[1:]))
            raise UsageError(
                f"images of {found} (channels x rows x columns); {self.name} is for {expected}", code="mismatch"
            )
        values = np.empty((len(images), self.width), np.float32)
        logits = None
        for start in range(0, len(images), self._block):
            part = slice(start, start + self._block)
            values[part], part_logits = self._of_block(images[part])
            if part_logits is not None:
                logits = np.empty((len(images), part_logits.shape[1]), np.float32) if logits is None else logits
                logits[part] = part_logits
            unload(images)
        if not np.isfinite(values).all():
            raise GanError(f"{self.name} made features that are not numbers", code="diverged")
        return values, None if logits is None else _softmax(logits)

    def _of_block(self, images: np.ndarray) -> Tuple[np.ndarray, Optional[np.ndarray]]:
        """Features and logits of up to a block of images."""
        padded = images
        if len(images) < self._block:
            padded = np.zeros((self._block, *images.shape[1:]), np.uint8)
            padded[: len(images)] = images
        features, logits = self._compute(padded)
        return features[: len(images)], None if logits is None else logits[: len(images)]


def block_for(image_shape: Sequence[int]) -> int:
    """How many images (C, H, W) go through a network at once."""
    return int(np.clip(AT_ONCE // np.prod(image_shape), 1, MOST_AT_ONCE))


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
