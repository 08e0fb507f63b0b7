"""Training images: where they come from, and the batches they are learnt in. Imports no MindSpore."""

from dataclasses import replace

from ms_gan.config.data_section import DataConfig
from ms_gan.config.map_sections import MapsConfig
from ms_gan.config.translation_sections import PairsConfig, TwoFoldersConfig
from ms_gan.data.batches import Batches
from ms_gan.data.cifar import load_cifar10
from ms_gan.data.classes import keep_classes
from ms_gan.data.domains import load_domains
from ms_gan.data.folder import load_folder
from ms_gan.data.image_data import ImageData
from ms_gan.data.map_data import load_maps
from ms_gan.data.mnist import load_fashion_mnist, load_mnist
from ms_gan.data.pairs import load_pairs
from ms_gan.data.shape import padded, with_channels
from ms_gan.data.stacked import load_stacked
from ms_gan.data.synthetic import load_synthetic

__all__ = ["Batches", "ImageData", "as_asked", "load"]

SOURCES = {
    "mnist": load_mnist,
    "fashion_mnist": load_fashion_mnist,
    "cifar10": load_cifar10,
    "stacked_mnist": load_stacked,
    "folder": load_folder,
    "synthetic": load_synthetic,
}


def load(config: DataConfig, seed: int) -> ImageData:
    """The training images that a config asks for, in the shape that it asks for: a `PairData` for a `PairsConfig`, a
    `DomainData` for any other `TwoFoldersConfig`, an `ImageData` otherwise.

    Args:
        config: the run's data options.
        seed: the run's seed; only a source that makes its own images depends on it.

    Raises:
        UsageError: a folder that does not exist or does not hold the data; a class or a size that the data lacks.
        GanError: data that is damaged, or that is missing and cannot be fetched.
    """
    if isinstance(config, MapsConfig):
        return load_maps(config, seed)
    if isinstance(config, TwoFoldersConfig):
        return (load_pairs if isinstance(config, PairsConfig) else load_domains)(config, seed, _of_one_source)
    return _of_one_source(config, seed)


def _of_one_source(config: DataConfig, seed: int) -> ImageData:
    return as_asked(SOURCES[config.source](config, seed), config)


def as_asked(data: ImageData, config: DataConfig) -> ImageData:
    """A source's images as a config wants them: some or all classes, limited in number, grey or in colour, padded.

    Raises:
        UsageError: a class or a size that the data lacks.
    """
    if config.classes is not None and config.source != "folder":  # a folder chooses before it decodes
        data = keep_classes(data, config.classes)
    images = with_channels(data.images[: config.limit], config.channels)
    if config.image_size:
        images = padded(images, config.image_size)
    labels = data.labels if data.labels is None else data.labels[: config.limit]
    return replace(data, images=images, labels=labels)
