"""Latents, the generator's input, as functions of a seed and a number."""

import numpy as np

from ms_gan.config import LatentConfig
from ms_gan.seeds import Purpose, stream

BLOCK = 64  # sample latents drawn at a time; part of what a seed means: never change it


def draw_latents(random: np.random.Generator, count: int, latent: LatentConfig) -> np.ndarray:
    """Latents (count, width), float32: N(0, 1) or U(-1, 1)."""
    if latent.distribution == "normal":
        return random.standard_normal((count, latent.width), dtype=np.float32)
    return random.random((count, latent.width), dtype=np.float32) * 2 - 1


def sample_latents(seed: int, start: int, count: int, latent: LatentConfig) -> np.ndarray:
    """Latents number `start` to `start + count` of a seed, (count, width), float32.

    Latent i is a function of (seed, i) alone: more samples of a seed begin with the same ones.
    """
    first, last = start // BLOCK, (start + count - 1) // BLOCK
    blocks = [draw_latents(stream(seed, Purpose.SAMPLE_LATENTS, b), BLOCK, latent) for b in range(first, last + 1)]
    return np.concatenate(blocks)[start - first * BLOCK :][:count] if blocks else np.zeros((0, latent.width), "float32")


def interpolate(seed: int, rows: int, columns: int, latent: LatentConfig) -> np.ndarray:
    """Latents on the way between pairs of samples, (rows * columns, width), row by row.

    Normal latents are interpolated on the sphere (White 2016, arXiv:1609.04468), because a straight line between two of
    them passes too near the origin, where training never was; uniform ones along the straight line.
    """
    ends = sample_latents(seed, 0, 2 * rows, latent).astype(np.float64).reshape(rows, 2, 1, latent.width)
    a, b = ends[:, 0], ends[:, 1]
    t = np.linspace(0, 1, columns).reshape(1, columns, 1)
    way = (1 - t) * a + t * b
    if latent.distribution == "normal":
        lengths = np.linalg.norm(a, axis=2, keepdims=True) * np.linalg.norm(b, axis=2, keepdims=True)
        angle = np.arccos(np.clip((a * b).sum(2, keepdims=True) / lengths, -1, 1))
        if (np.sin(angle) > 1e-6).all():
            way = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    return way.reshape(rows * columns, latent.width).astype(np.float32)
