"""Labels of training images as a conditional run learns them: 0 to K - 1, each with images."""

from dataclasses import replace

import numpy as np

from ms_gan.data.image_data import ImageData
from ms_gan.errors import UsageError


def labelled(data: ImageData) -> ImageData:
    """The same images with labels int32 (N,), 0 to K - 1, over the classes that have images, and their K names.

    Raises:
        UsageError: there are no labels, or one class alone.
    """
    if data.labels is None or data.classes is None:
        raise UsageError("conditional: the images have no labels; sort them into a folder for each class")
    used = np.unique(data.labels)
    if len(used) < 2:
        raise UsageError(f"conditional: all images are of class {data.classes[used[0]]}; two classes are the least")
    labels = np.searchsorted(used, data.labels).astype(np.int32)
    return replace(data, labels=labels, classes=tuple(data.classes[number] for number in used))


def class_counts(data: ImageData) -> np.ndarray:
    """How many images of each class there are, (K,), whole numbers."""
    return np.bincount(data.labels, minlength=len(data.classes))
