"""Where latents can be moved: along directions, and between corners."""

import numpy as np

from ms_gan.generators.latents import between


def principal_directions(weight: np.ndarray) -> np.ndarray:
    """Directions in which a generator's first layer answers most, the strongest first.

    They are the unit vectors n that maximise |A n| for the layer's weight A, each at right angles to those before it:
    the right singular vectors of A (SeFa: Shen & Zhou 2021, arXiv:2007.06600, section 3.2). The sign, which a singular
    vector leaves open, is such that the largest number is positive.

    Args:
        weight: (outputs, width), of the Dense layer that latents enter.

    Returns:
        (min(outputs, width), width), float32, rows of length 1.
    """
    _, _, rows = np.linalg.svd(weight.astype(np.float64), full_matrices=False)
    largest = np.abs(rows).argmax(1)
    signs = np.sign(rows[np.arange(len(rows)), largest])
    return (rows * signs[:, None]).astype(np.float32)


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
