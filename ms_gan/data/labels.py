"""Labels of training images as a conditional run learns them: 0 to K - 1, each with images."""

from dataclasses import replace
from typing import Iterator

import numpy as np

from ms_gan.data.image_data import ImageData
from ms_gan.errors import UsageError
from ms_gan.files import counted

FEWEST_IMAGES = 2  # of a class, on average
UNEVEN = 10  # times as many images of one class as of another, from which on a person is told


def labelled(data: ImageData) -> ImageData:
    """The same images with labels 0 to K - 1 over the classes that have images, in their order, and these K names.

    Args:
        data: images (N, C, H, W), with labels (N,).

    Raises:
        UsageError: there are no labels, one class alone, or fewer than two images a class.
    """
    if data.labels is None or data.classes is None:
        raise UsageError(
            "conditional: the images have no classes; for a folder with a subfolder for each class, or a dataset.json, "
            "add --data.labelled true"
        )
    used, labels = np.unique(data.labels, return_inverse=True)
    classes = tuple(data.classes[number] for number in used)
    if len(classes) < 2:
        raise UsageError(f"conditional: all images are of one class, {classes[0]}; at least 2 classes are needed")
    if len(labels) < FEWEST_IMAGES * len(classes):
        raise UsageError(
            f"conditional: {counted(len(labels), 'image')} of {len(classes):,} classes are too few; a class needs "
            f"{FEWEST_IMAGES} on average: add some, or merge classes"
        )
    return replace(data, labels=labels.reshape(-1).astype(np.int32), classes=classes)


def class_counts(data: ImageData) -> np.ndarray:
    """How many images of each class there are, (K,), whole numbers.

    Args:
        data: images (N, C, H, W), with labels (N,).
    """
    return np.bincount(data.labels, minlength=len(data.classes))


def describe_classes(data: ImageData) -> Iterator[str]:
    """The classes and their sizes in a sentence, and a second one where they are very unequal.

    Args:
        data: images (N, C, H, W), with labels (N,).
    """
    counts = class_counts(data)
    smallest, largest = counts.argmin(), counts.argmax()
    extremes = f"{counts[smallest]:,} ({data.classes[smallest]}) to {counts[largest]:,} ({data.classes[largest]})"
    yield f"{len(counts):,} classes of {extremes} images"
    if counts[largest] > UNEVEN * counts[smallest]:
        yield (
            f"classes are very unequal: {data.classes[largest]} has {counts[largest] / max(counts[smallest], 1):,.0f} "
            f"times as many images as {data.classes[smallest]}, of which generated ones will vary less"
        )
