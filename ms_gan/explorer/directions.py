"""Where latents can be moved: along directions, and between corners."""

import numpy as np

from ms_gan.generators.latents import between


def axis(index: int, width: int) -> np.ndarray:
    """The direction (width,), float32, in which one number of a latent grows and no other changes."""
    direction = np.zeros(width, np.float32)
    direction[index] = 1
    return direction


def mixed(corners: np.ndarray, points: np.ndarray, spherical: bool) -> np.ndarray:
    """Latents between four corners: along the upper and the lower edge first, then from one edge to the other.

    Args:
        corners: (4, width): top left, top right, bottom left, bottom right.
        points: (N, 2), x from left to right and y from top to bottom, each 0 to 1.
        spherical: as in `latents.between`.

    Returns:
        (N, width), float32; a corner itself where a point lies on it.
    """
    x, y = points[:, :1], points[:, 1:]
    top = between(corners[0], corners[1], x, spherical)
    bottom = between(corners[2], corners[3], x, spherical)
    return between(top, bottom, y, spherical).astype(np.float32)
