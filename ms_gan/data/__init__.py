"""Training images: where they come from, and the batches they are learnt in. Imports no MindSpore."""

from dataclasses import replace

from ms_gan.config import DataConfig
from ms_gan.data.batches import Batches
from ms_gan.data.image_data import ImageData
from ms_gan.data.images import to_float, to_uint8
from ms_gan.data.mnist import load_fashion_mnist, load_mnist
from ms_gan.data.synthetic import load_synthetic

__all__ = ["Batches", "ImageData", "load", "to_float", "to_uint8"]

SOURCES = {"mnist": load_mnist, "fashion_mnist": load_fashion_mnist, "synthetic": load_synthetic}


def load(config: DataConfig, seed: int) -> ImageData:
    """The training images that a config asks for.

    Args:
        config: the run's data options.
        seed: the run's seed; only a source that makes its own images depends on it.

    Raises:
        UsageError: a folder that does not exist or does not hold the data.
        GanError: data that is damaged, or that is missing and cannot be fetched.
    """
    data = SOURCES[config.source](config, seed)
    labels = data.labels if data.labels is None else data.labels[: config.limit]
    return replace(data, images=data.images[: config.limit], labels=labels)
