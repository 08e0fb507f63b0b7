"""The latents that a person asks for: those of a file, those of several seeds; and the classes to show them in."""

from pathlib import Path
from typing import Iterator, Optional, Sequence, Tuple

import numpy as np

from ms_gan.config.network_sections import LatentConfig
from ms_gan.errors import GanError, UsageError, first_line
from ms_gan.files import whole_file
from ms_gan.generators.card import Card
from ms_gan.generators.labels import sample_labels
from ms_gan.generators.latents import sample_latents


class LatentList:
    """Latents by number: first all of a file, then the first `each` samples of every seed, seed by seed.

    Args:
        latent: the generator's.
        stored: (n, width), of a file, or None.
        seeds: in their order.
        each: samples of every seed.
    """

    def __init__(self, latent: LatentConfig, stored: Optional[np.ndarray], seeds: Sequence[int], each: int):
        self.latent, self.seeds, self.each = latent, seeds, each
        self.stored = np.zeros((0, latent.width), np.float32) if stored is None else stored

    def __len__(self) -> int:
        return len(self.stored) + len(self.seeds) * self.each

    def part(self, start: int, count: int) -> np.ndarray:
        """Latents number `start` to `start + count`, or as many as there are; (n, width), float32."""
        drawn = [sample_latents(seed, first, taken, self.latent) for seed, first, taken in self._drawn(start, count)]
        return np.concatenate([self.stored[start : start + count], *drawn])

    def labels(self, start: int, count: int, counts: Sequence[int]) -> np.ndarray:
        """The classes that samples number `start` to `start + count` have where none is asked for, (n,), int32.

        Args:
            start, count: none of them of a file, which says nothing of classes.
            counts: (K,), training images of each class.
        """
        drawn = [sample_labels(seed, first, taken, counts) for seed, first, taken in self._drawn(start, count)]
        return np.concatenate([np.zeros(0, np.int32), *drawn])

    def _drawn(self, start: int, count: int) -> Iterator[Tuple[int, int, int]]:
        """Which of those are samples: seed, number of the first of its samples, how many of them."""
        number, stop = max(0, start - len(self.stored)), min(start + count, len(self)) - len(self.stored)
        while number < stop:
            seed, first = divmod(number, self.each)
            taken = min(self.each - first, stop - number)
            yield self.seeds[seed], first, taken
            number += taken


class InClasses:
    """Latents and labels by number: all latents of a list in the first class that is asked for, then in the next.

    Where none is asked for, each latent once: alone, or with the class that is drawn with it.

    Args:
        latents: the list.
        card: the generator's.
        classes: numbers of classes, in their order.

    Raises:
        UsageError: latents of a file without a class to show them in.
    """

    def __init__(self, latents: LatentList, card: Card, classes: Sequence[int]):
        self.latents, self._port, self._classes = latents, card.port("label"), list(classes)
        if self._port is not None and not classes and len(latents.stored):
            raise UsageError("--latents: this generator makes images of classes; add --classes, such as --classes all")

    def __len__(self) -> int:
        return len(self.latents) * (len(self._classes) or 1)

    def part(self, start: int, count: int) -> Tuple[np.ndarray, Optional[np.ndarray]]:
        """Latents (n, width), float32, and labels (n,), int32, or None, number `start` to `start + count`."""
        if not self._classes:
            port = self._port
            labels = None if port is None else self.latents.labels(start, count, port.frequencies)
            return self.latents.part(start, count), labels
        each, latents, labels = len(self.latents), [], []
        while start < len(self) and count:
            row, first = divmod(start, each)
            taken = min(each - first, count)
            latents.append(self.latents.part(first, taken))
            labels.append(np.full(taken, self._classes[row], np.int32))
            start, count = start + taken, count - taken
        return np.concatenate(latents), np.concatenate(labels)


def read_latents(path: Path, latent: LatentConfig) -> np.ndarray:
    """Latents of a .npy file, (n, width), float32; one alone may be stored as (width,).

    Raises:
        UsageError: not latents of this generator.
        GanError: the file cannot be read.
    """
    try:
        # Mapped, since a small file may claim to hold more than any memory; nor does this unpickle.
        stored = np.lib.format.open_memmap(path, mode="r")
    # A header is Python's text, and numpy raises whatever reading a broken one runs into.
    except Exception as error:
        raise GanError(
            f"{path}: cannot be read as a .npy file of numbers ({first_line(error)})", code="damaged"
        ) from None
    if stored.dtype.kind not in "fiu" or stored.shape[-1:] != (latent.width,):
        raise UsageError(
            f"{path}: holds {stored.dtype} {stored.shape}; latents of this generator are numbers (N, {latent.width})",
            code="mismatch",
        )
    with np.errstate(over="ignore"):
        latents = np.array(stored.reshape(-1, latent.width), np.float32)
    if stored.ndim > 2 or not len(latents) or not np.isfinite(latents).all():
        raise UsageError(
            f"{path}: holds {stored.shape}; latents are finite numbers (N, {latent.width}), N 1 or more",
            code="mismatch",
        )
    return latents


def save_latents(latents: np.ndarray, path: Path) -> None:
    """Write latents (N, width) as a .npy file, float32, for `read_latents`. Raises GanError where it cannot."""
    with whole_file(path) as temporary:
        np.save(temporary, latents.astype(np.float32))
