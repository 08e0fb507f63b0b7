"""Labels for training by class: numbers from 0 without gaps, the names they stand for, and how many images each has."""

from dataclasses import replace
from typing import Optional

import numpy as np

from ms_gan.data.image_data import ImageData
from ms_gan.errors import UsageError

FEWEST = 2  # images of a class that it can be learnt from
UNEVEN = 10  # times the images of the smallest class that the largest may have without a warning
NAMED = 5  # classes spelt out in a message
LISTED = 20  # classes whose counts are all shown


def labelled(data: ImageData) -> ImageData:
    """The same images with labels that a network can be trained by.

    Args:
        data: images of any source. Classes that data.classes left are numbered anew, in the order of their numbers.

    Returns:
        the data with labels int32 (N,), 0 to K - 1, and the names of those K classes. Each has at least two images.

    Raises:
        UsageError: there are no labels, or of one class only; a chosen class has no image, any has a single one; labels
            are out of range.
    """
    if data.labels is None:
        raise UsageError(f"data: {data.title} have no labels")
    counts = class_counts(data)
    names = data.classes or tuple(map(str, range(len(counts))))
    present = np.flatnonzero(counts)
    if len(present) < 2:
        raise UsageError(f"data: {data.name} are of one class only, {names[present[0]]}")
    numbers = np.cumsum(counts > 0) - 1
    labels = numbers[data.labels].astype(np.int32)
    return replace(data, labels=labels, classes=tuple(names[number] for number in present))


def class_counts(data: ImageData) -> np.ndarray:
    """How many images each class has, int64 (K,), in the order of their numbers; of data with labels."""
    return np.bincount(data.labels, minlength=len(data.classes or ()))


def uneven(data: ImageData) -> Optional[str]:
    """A sentence where the largest class has over 10 times the images of the smallest; None otherwise.

    Classes without any image do not count.
    """
    counts = class_counts(data)
    names = data.classes or tuple(map(str, range(len(counts))))
    present = np.flatnonzero(counts)
    smallest, largest = present[counts[present].argmin()], present[counts[present].argmax()]
    if counts[largest] <= UNEVEN * counts[smallest]:
        return None
    return (
        f"classes are uneven: {names[largest]} has {counts[largest]:,} images, {names[smallest]} has"
        f" {counts[smallest]:,}; rare classes are learnt worst"
    )
