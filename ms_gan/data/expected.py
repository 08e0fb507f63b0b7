"""What is known of the training images before any is read, and what of a run can be refused for it."""

from typing import NamedTuple, Optional, Tuple

from ms_gan.config.data_section import DataConfig
from ms_gan.config.map_sections import MapsConfig
from ms_gan.config.sizes import sides_of
from ms_gan.config.translation_sections import PairsConfig, TwoFoldersConfig
from ms_gan.data import cifar, mnist, stacked, synthetic
from ms_gan.data.classes import class_numbers
from ms_gan.data.domains import list_sides
from ms_gan.data.folder import DEFAULT_SIDE, files_of, find_pictures, is_zip, parse_colour
from ms_gan.data.map_data import map_folders
from ms_gan.data.pairs import check_pairs, list_pairs
from ms_gan.data.pixel_range import checked_range
from ms_gan.data.shape import check_side
from ms_gan.data.sorting import choose_files
from ms_gan.runtime.paths import data_folders


class Expected(NamedTuple):
    """Training images that have not been read.

    Attributes:
        shape: (C, H, W).
        most: how many there can be; None: that is not known.
    """

    shape: Tuple[int, int, int]
    most: Optional[int]


# Of each source its own channels and side, and its classes.
OWN = {
    "mnist": (1, mnist.SIDE, mnist.MNIST.classes),
    "fashion_mnist": (1, mnist.SIDE, mnist.FASHION_MNIST.classes),
    "cifar10": (3, cifar.SIDE, cifar.CLASSES),
    "stacked_mnist": (stacked.COLOURS, mnist.SIDE, ()),
    "folder": (3, DEFAULT_SIDE, None),
    "synthetic": (1, synthetic.SIDE, synthetic.CLASSES),
}


def expected(config: DataConfig) -> Expected:
    """What `ms_gan.data.load` will make of a config, as far as that can be told without reading images.

    Raises:
        UsageError: a folder that does not exist; a class, a size or a colour that cannot be.
    """
    channels, side, classes = OWN[config.source]
    if config.classes is not None and config.source != "folder":
        class_numbers(config.classes, classes)
    if isinstance(config, MapsConfig):
        map_folders(config)
    if config.source == "folder":
        parse_colour(config.background)
        checked_range(config.range)
    elif config.image_size:
        check_side(config.image_size, side)
    channels = {"own": channels, "grey": 1, "rgb": 3}[config.channels]
    sides = sides_of(config.image_size or side)
    if isinstance(config, PairsConfig):
        check_pairs(config, channels)
    of_folders = isinstance(config, TwoFoldersConfig) and not isinstance(config, MapsConfig)
    of_folders &= config.source == "folder"
    return Expected((channels, *sides), (_most_of_folders if of_folders else _most)(config))


def _most_of_folders(config: TwoFoldersConfig) -> Optional[int]:
    """How many pairs, or pictures of the larger side; what is in a zip file is not known before it is unpacked."""
    if any(folder and is_zip(folder) for folder in (config.dir, config.a, config.b)):
        return None
    if isinstance(config, PairsConfig):
        return list_pairs(config).training
    return max(len(side.learnt) for side in list_sides(config))


def _most(config: DataConfig) -> Optional[int]:
    if config.source == "synthetic":
        return synthetic.count(config)
    found = None
    if isinstance(config, MapsConfig):
        return config.limit
    if config.source == "folder" and config.dir and not is_zip(config.dir):
        folder = data_folders(config.dir)[0]
        pictures = find_pictures(folder)
        if pictures.files:  # without any there is more to say
            found = len(choose_files(files_of(folder, folder, pictures), config)[0].taken)
    return min(filter(None, (found, config.limit)), default=None)
