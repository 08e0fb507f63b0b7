"""Held-out images of the same kind as the training images: a source's test split."""

from dataclasses import replace
from typing import Optional

import numpy as np

from ms_gan.config.data_section import DataConfig
from ms_gan.data import as_asked, cifar, mnist
from ms_gan.data.image_data import ImageData
from ms_gan.data.stacked import held_out_stacks
from ms_gan.data.synthetic import CLASSES, MOST_DIGITS, draw

DRAWN = 1_000  # synthetic test images


def load_held_out(config: DataConfig, training: ImageData, seed: int) -> Optional[ImageData]:
    """The test split that belongs to training images, in the same shape and of the same classes; data.limit apart.

    Args:
        config: the data options that the training images were loaded with.
        training: those images; where they came from is where the test split is looked for.
        seed: the seed that they were loaded with; only synthetic images depend on it.

    Returns:
        the images with their labels, or None where the source has no test split or it is not on this machine.

    Raises:
        GanError: files that are damaged.
    """
    if config.source == "synthetic":
        data = _draw(training, seed)
    elif config.source == "cifar10":
        data = cifar.read_test_split(training.origin)
    elif config.source == "stacked_mnist":
        data = held_out_stacks(training.origin)
    elif config.source == "folder":
        data = None
    else:
        dataset = {"mnist": mnist.MNIST, "fashion_mnist": mnist.FASHION_MNIST}[config.source]
        data = mnist.read_test_split(dataset, training.origin)
    return data and as_asked(data, replace(config, limit=None))


def _draw(training: ImageData, seed: int) -> ImageData:
    """Drawn digits with numbers beyond those of any training split."""
    images, labels = zip(*(draw(seed, MOST_DIGITS + i) for i in range(DRAWN)))
    return replace(
        training,
        images=np.stack(images)[:, np.newaxis],
        labels=np.array(labels, np.uint8),
        classes=CLASSES,
        title="synthetic digits that no training sees (drawn, not handwritten)",
    )
