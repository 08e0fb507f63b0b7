"""Walks: latents on the way from one to the next.

Several walks go side by side, each through latents of its own; `stops` are (stops, walks, width), at least two stops.
"""

import numpy as np

from ms_gan.config.network_sections import LatentConfig
from ms_gan.generators.latents import between, sample_latents


def sample_pairs(seed: int, walks: int, latent: LatentConfig) -> np.ndarray:
    """Stops of walks between two samples, (stops, walks, width): walk i goes from sample 2i of a seed to 2i + 1."""
    return sample_latents(seed, 0, 2 * walks, latent).reshape(walks, 2, latent.width).transpose(1, 0, 2)


def rows(stops: np.ndarray, pictures: int, spherical: bool) -> np.ndarray:
    """From each stop to the next in `pictures` latents, both ends included.

    Args:
        stops: (stops, walks, width).
        pictures: 2 or more.
        spherical: as in `latents.between`.

    Returns:
        (walks, stops - 1, pictures, width), float32.
    """
    starts, ends = (part.transpose(1, 0, 2)[:, :, None] for part in (stops[:-1], stops[1:]))
    t = np.linspace(0, 1, pictures).reshape(pictures, 1)
    return between(starts, ends, t, spherical).astype(np.float32)


def there_and_back(frames: np.ndarray) -> np.ndarray:
    """Frames (n, ...) of a way forth, and then back, as a loop without a jump: (2n - 2, ...)."""
    return np.concatenate([frames, frames[-2:0:-1]])


def round_trip(stops: np.ndarray, pictures: int, spherical: bool) -> np.ndarray:
    """From each stop to the next and from the last back to the first, as frames of a loop without a jump.

    Args:
        stops: (stops, walks, width).
        pictures: latents from a stop (included) to the next (not included).
        spherical: as in `latents.between`.

    Returns:
        (stops * pictures, walks, width), float32.
    """
    t = (np.arange(pictures) / pictures).reshape(pictures, 1, 1)
    way = between(stops[:, None], np.roll(stops, -1, axis=0)[:, None], t, spherical)
    return way.reshape(-1, *stops.shape[1:]).astype(np.float32)
