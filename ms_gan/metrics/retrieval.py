"""How often a picture's nearest picture of the other kind is the one that belongs to it."""

import numpy as np

from ms_gan.metrics.neighbours import nearest


def retrieval(made: np.ndarray, others: np.ndarray, partners: np.ndarray) -> float:
    """The share of pictures to which no other one is nearer than their partner; that of guesses is one in m.

    Of a translation whose truth is known but was never shown to the network it tells whether the content has
    survived: a picture that looks real but shows something else finds another one's partner.

    Args:
        made: features of the pictures, (n, d), any float type.
        others: features of all pictures of the other kind, (m, d).
        partners: numbers of those that belong to the pictures, integers (n,), 0 to m - 1. A picture that lies there
            twice is found by either.

    Returns:
        0 to 1.

    Raises:
        ValueError: features that are no matrices of one width, or partners that are not theirs.
        UsageError: no others.
        GanError: infinite numbers or NaN among the features.
    """
    if np.shape(partners) != (len(made),) or not len(made):
        raise ValueError(f"{len(made)} pictures with partners {np.shape(partners)}; each needs one, and one at least")
    index, distance = nearest(made, others)
    own = np.linalg.norm(made.astype(np.float64) - others[partners], axis=1)
    return float(np.mean((index == partners) | (own <= distance)))
