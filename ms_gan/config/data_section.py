"""The options that say which images are learnt. A part of ms_gan.config.sections; imports nothing heavy."""

from dataclasses import dataclass
from typing import List, Literal, Optional, Union

from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import option
from ms_gan.config.sizes import spelt_size

MAX_PIXELS = 89_478_485  # Pillow's own limit, a quarter of a gigabyte of colours
FOLDER = {"source": ("folder",)}  # what some options need, to be read at all


@dataclass
class DataConfig:
    """Which images are learnt, and where they are found."""

    source: Literal["mnist", "fashion_mnist", "cifar10", "stacked_mnist", "folder", "synthetic"] = option(
        "mnist",
        "data set; folder: your own pictures in --data-dir; stacked_mnist: three digits as colours, a thousand modes; "
        "synthetic draws digits and needs no files",
    )
    dir: Optional[str] = option(
        None, "folder with the data files; unset: search MS_GAN_DATA, the user's cache and system folders, then fetch",
        short="--data-dir", may_change=True, spelling=home_for_tilde,
        only={"source": ("mnist", "fashion_mnist", "cifar10", "stacked_mnist", "folder")},
    )  # fmt: skip
    limit: Optional[int] = option(None, "use only the first images of the data set; unset: all", 1, unit="images")
    classes: Optional[List[Union[int, str]]] = option(
        None, "use only these classes, by name or number, such as [frog]; unset: all"
    )
    image_size: Optional[Union[int, str]] = option(
        None, "side of the images, or height x width such as 48x64; a folder's are cropped and scaled to it (unset: "
        "64), others padded with black", 8, 1024, "pixels", spelling=spelt_size,
    )  # fmt: skip
    channels: Literal["own", "grey", "rgb"] = option(
        "own", "convert images to grey or RGB; own: as the source has them, which for a folder is rgb"
    )
    mirror: bool = option(False, "mirror each image left to right with probability one half")
    background: str = option(
        "white", "colour behind transparent pixels of a folder's images: a name or #rrggbb", only=FOLDER
    )
    range: Optional[List[float]] = option(
        None, "black and white of a folder's grey pictures with more than 8 bits, such as [0, 4095]; unset: by their "
        "values, one range for all of them", only=FOLDER,
    )  # fmt: skip
    max_pixels: int = option(
        MAX_PIXELS, "largest size of a folder's pictures in pixels; larger ones are skipped", 1, 1 << 40,
        "pixels", may_change=True, only=FOLDER,
    )  # fmt: skip
    max_unreadable: float = option(
        0.1, "largest fraction of a folder's files that may be unreadable", 0.0, 1.0, may_change=True, only=FOLDER
    )
