"""Latents, the generator's input, as functions of a seed and a number."""

from typing import Sequence

import numpy as np

from ms_gan.config.network_sections import LatentConfig
from ms_gan.seeds import Purpose, stream

BLOCK_LATENTS = 64  # sample latents drawn at a time; part of what a seed means: never change it
STRAIGHT = 1e-6  # sine of the angle below which two latents have no great circle between them


def draw_latents(random: np.random.Generator, count: int, latent: LatentConfig) -> np.ndarray:
    """Latents (count, width), float32: N(0, 1) or U(-1, 1)."""
    if latent.distribution == "normal":
        return random.standard_normal((count, latent.width), dtype=np.float32)
    return random.random((count, latent.width), dtype=np.float32) * 2 - 1


def sample_latents(seed: int, start: int, count: int, latent: LatentConfig) -> np.ndarray:
    """Latents number `start` to `start + count` of a seed, (count, width), float32.

    Latent i is a function of (seed, i) alone: more samples of a seed begin with the same ones.
    """
    first, last = start // BLOCK_LATENTS, (start + count - 1) // BLOCK_LATENTS
    blocks = [
        draw_latents(stream(seed, Purpose.SAMPLE_LATENTS, b), BLOCK_LATENTS, latent) for b in range(first, last + 1)
    ]
    return (
        np.concatenate(blocks)[start - first * BLOCK_LATENTS :][:count]
        if blocks
        else np.zeros((0, latent.width), "float32")
    )


def between(a: np.ndarray, b: np.ndarray, t: np.ndarray, spherical: bool) -> np.ndarray:
    """Latents on the way from `a` to `b`.

    Args:
        a, b: (..., width).
        t: (..., 1), 0 at `a` and 1 at `b`.
        spherical: along the great circle (White 2016, arXiv:1609.04468) instead of the straight line. Latents in the
            same or in opposite directions, and zeros, have no such circle, and go straight.

    Returns:
        (..., width), float64.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    straight = (1 - t) * a + t * b
    if not spherical:
        return straight
    lengths = np.linalg.norm(a, axis=-1, keepdims=True) * np.linalg.norm(b, axis=-1, keepdims=True)
    cosine = (a * b).sum(-1, keepdims=True) / np.where(lengths > 0, lengths, 1)
    angle = np.arccos(np.clip(cosine, -1, 1))
    usable = (np.sin(angle) > STRAIGHT) & (lengths > 0)
    arc = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.where(usable, np.sin(angle), 1)
    return np.where(usable, arc, straight)


def is_spherical(latent: LatentConfig) -> bool:
    """Whether paths between latents follow the sphere by default.

    Those of normal latents do, because a straight line between two of them passes too near the origin, where training
    never was; a great circle between uniform ones would leave the cube that they fill.
    """
    return latent.distribution == "normal"


def truncated(latents: np.ndarray, factors: Sequence[float]) -> np.ndarray:
    """Latents (N, width) times each factor: (N * factors, width), float32, all of the first latent first.

    Factors below 1 draw latents towards their mean, the origin: N(0, 1) becomes N(0, factor^2), the temperature of
    Kingma and Dhariwal 2018 (arXiv:1807.03039); samples become more typical and less varied. 0 gives the
    image of the origin, and above 1 they exaggerate.
    """
    scales = np.asarray(factors, np.float32)
    return (latents[:, None].astype(np.float32) * scales[:, None]).reshape(-1, latents.shape[1])
