"""The latents that a person asks for: those of a file, those of several seeds."""

from pathlib import Path
from typing import Optional, Sequence

import numpy as np

from ms_gan.config.sections import LatentConfig
from ms_gan.errors import GanError, UsageError, first_line
from ms_gan.files import whole_file
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
        drawn = range(max(0, start - len(self.stored)), min(start + count, len(self)) - len(self.stored))
        parts = [self.stored[start : start + count]]
        number = drawn.start
        while number < drawn.stop:
            seed, first = divmod(number, self.each)
            taken = min(self.each - first, drawn.stop - number)
            parts.append(sample_latents(self.seeds[seed], first, taken, self.latent))
            number += taken
        return np.concatenate(parts)


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
        raise GanError(f"{path}: cannot be read as a .npy file of numbers ({first_line(error)})") from None
    if stored.dtype.kind not in "fiu" or stored.shape[-1:] != (latent.width,):
        raise UsageError(
            f"{path}: holds {stored.dtype} {stored.shape}; latents of this generator are numbers (N, {latent.width})"
        )
    with np.errstate(over="ignore"):
        latents = np.array(stored.reshape(-1, latent.width), np.float32)
    if stored.ndim > 2 or not len(latents) or not np.isfinite(latents).all():
        raise UsageError(f"{path}: holds {stored.shape}; latents are finite numbers (N, {latent.width}), N 1 or more")
    return latents


def save_latents(latents: np.ndarray, path: Path) -> None:
    """Write latents (N, width) as a .npy file, float32, for `read_latents`. Raises GanError where it cannot."""
    with whole_file(path) as temporary:
        np.save(temporary, latents.astype(np.float32))
