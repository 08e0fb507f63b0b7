"""The directions in which a generator's first layer answers most: what the explorer's and the page's sliders move."""

import numpy as np


def principal_directions(matrix: np.ndarray) -> np.ndarray:
    """Directions in which a generator's first layer answers most, the strongest first.

    They are the unit vectors n that maximise |A n| for the matrix A, each at right angles to those before it: the right
    singular vectors of A (SeFa: Shen & Zhou 2021, arXiv:2007.06600, section 3.2). A is the layer's weight with the
    BatchNorm after it, if there is one: what the generator really makes of a latent. The sign, which a singular vector
    leaves open, is such that the largest number is positive.

    Args:
        matrix: (outputs, width), see `folded.first_matrix`.

    Returns:
        (min(outputs, width), width), float64, rows of length 1.
    """
    _, _, rows = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)
    largest = np.abs(rows).argmax(1)
    signs = np.sign(rows[np.arange(len(rows)), largest])
    return rows * signs[:, None]
