"""How well pictures keep to their maps, and how much styles change them."""

from typing import Dict, Sequence

import numpy as np

from ms_gan.data.legend import UNKNOWN


def confusion(maps: np.ndarray, seen: np.ndarray, classes: int) -> np.ndarray:
    """Pixels by their class in maps (rows) and by what is seen in the pictures (columns), (classes, classes).

    Args:
        maps, seen: uint8 (N, H, W); pixels that are unknown in the map do not count.
        classes: K.
    """
    known = maps != UNKNOWN
    pairs = maps[known].astype(np.int64) * classes + seen[known]
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def agreement(maps: np.ndarray, seen: np.ndarray, classes: int) -> Dict[str, float]:
    """Pixel accuracy, and the mean over classes of intersection over union, of what is seen in pictures (N, H, W).

    Long et al. 2015 (arXiv:1411.4038), section 5. Classes that no map has do not count.
    """
    found = confusion(maps, seen, classes).astype(np.float64)
    right, union = np.diag(found), found.sum(0) + found.sum(1) - np.diag(found)
    having = found.sum(1) > 0
    return {"pixel_accuracy": float(right.sum() / found.sum()), "miou": float((right[having] / union[having]).mean())}


def diversity(styles: Sequence[np.ndarray]) -> float:
    """The mean absolute difference of pictures of the same maps in several styles, 0 to 1.

    Args:
        styles: for each style its pictures, uint8 (N, C, H, W), in the same order.
    """
    apart = [
        np.abs(a.astype(np.int16) - b.astype(np.int16)).mean() / 255
        for place, a in enumerate(styles)
        for b in styles[:place]
    ]
    return float(np.mean(apart))


def in_mean_colours(maps: np.ndarray, images: np.ndarray, asked: np.ndarray, classes: int) -> np.ndarray:
    """Maps painted with each class's mean colour: what needs no network.

    Args:
        maps: uint8 (N, H, W), with their pictures `images`, uint8 (N, C, H, W), that the colours are the means of.
        asked: the maps to paint, uint8 (M, H, W).
        classes: K.

    Returns:
        uint8 (M, C, H, W); unknown pixels have the mean of all.
    """
    pixels = images.transpose(0, 2, 3, 1).reshape(-1, images.shape[1])
    table = np.tile(pixels.mean(0), (UNKNOWN + 1, 1))
    numbers = maps.reshape(-1)
    counts = np.bincount(numbers, minlength=classes)[:classes]
    for channel in range(images.shape[1]):
        sums = np.bincount(numbers, pixels[:, channel], minlength=classes)[:classes]
        table[:classes, channel] = np.where(counts > 0, sums / np.maximum(counts, 1), table[:classes, channel])
    return np.ascontiguousarray(np.rint(table).astype(np.uint8)[asked].transpose(0, 3, 1, 2))
