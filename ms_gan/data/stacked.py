"""Stacked MNIST: three digits as the colours of an image, a thousand modes: Metz et al. 2017 (arXiv:1611.02163)."""

from typing import Optional

from ms_gan.config.data_section import DataConfig
from ms_gan.data.image_data import ImageData
from ms_gan.data.mnist import MNIST, load_from, read_test_split
from ms_gan.seeds import Purpose, stream

COLOURS, COUNT, HELD_OUT = 3, 128_000, 26_000  # as many stacks as Srivastava et al. 2017 (arXiv:1705.07761) have
MODES = 10**COLOURS
DATA_SEED = 0  # the stacks are the same for every run


def load_stacked(config: DataConfig, seed: int) -> ImageData:
    """128,000 stacks of MNIST's training digits, uint8 (N, 3, 28, 28), or the first data.limit of them.

    They have no labels: a run is not to learn of the modes what it is measured by.

    Raises:
        UsageError, GanError: as of `ms_gan.data.mnist.load_from`.
    """
    digits = load_from(MNIST, config.dir)
    return stacked(digits, min(config.limit or COUNT, COUNT), 0)


def held_out_stacks(folder: str) -> Optional[ImageData]:
    """26,000 stacks of the test digits beside training digits, or None where the folder does not hold them."""
    digits = read_test_split(MNIST, folder)
    return digits and stacked(digits, HELD_OUT, 1)


def stacked(digits: ImageData, count: int, part: int) -> ImageData:
    """Stacks of digits that are drawn independently.

    Args:
        digits: uint8 (N, 1, H, W).
        count: how many stacks.
        part: 0 for training, 1 for others.
    """
    places = stream(DATA_SEED, Purpose.STACKED_DIGITS, part).integers(0, len(digits.images), (count, COLOURS))
    images = digits.images[:, 0][places]
    images.setflags(write=False)
    return ImageData(images, None, f"stacks of {digits.title}", digits.origin, notices=digits.notices)
