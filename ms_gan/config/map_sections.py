"""Options of the task map: pictures of maps. A part of ms_gan.config.sections; imports nothing heavy."""

from dataclasses import dataclass
from typing import Literal, Optional

from ms_gan.config.network_sections import INITIALISERS, Init
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import ABOVE_ZERO, option
from ms_gan.config.translation_sections import TwoFoldersConfig


@dataclass
class MapsConfig(TwoFoldersConfig):
    """Which maps and pictures are learnt from, and where they are found."""

    source: Literal["folder"] = option("folder", "maps and their pictures lie in folders")
    dir: Optional[str] = option(
        None, "a folder that holds both, in maps and in pictures; in place of data.a and data.b", short="--data-dir",
        may_change=True, spelling=home_for_tilde,
    )  # fmt: skip
    a: Optional[str] = option(
        None, "folder of the maps: PNGs of class numbers, with a palette, or of one colour a class; 255 is unknown",
        may_change=True, spelling=home_for_tilde,
    )  # fmt: skip
    b: Optional[str] = option(
        None, "folder of the pictures, each with the name of its map", may_change=True, spelling=home_for_tilde
    )
    legend: Optional[str] = option(
        None, "JSON file with the classes' names and colours, in their order: {\"sky\": \"#87ceeb\", ...}; unset: "
        "classes.json among the maps, else a map's own palette", may_change=True, spelling=home_for_tilde,
    )  # fmt: skip


@dataclass
class SpadeConfig:
    """The network that makes pictures of maps."""

    channels: int = option(16, "of the last block; twice as many before each doubling, at most 8 times", 1, 1024)
    hidden: int = option(
        32, "channels between a map and the scales and shifts that it gives; 128 in the paper", 1, 1024
    )
    style: int = option(64, "numbers of the latent that chooses a picture's style; 0: the map alone decides", 0, 65536)
    encoder: bool = option(
        True, "learn styles from the pictures themselves, by an encoder (VAE)", only={"style": ABOVE_ZERO}
    )
    init: Init = option("glorot_uniform", INITIALISERS)


@dataclass
class ScalesConfig:
    """The discriminators, which look at patches of maps and pictures, the second one at half the size."""

    channels: int = option(32, "of the first layer; 2, 4, 8 times as many after it", 1, 1024)
    layers: int = option(3, "layers before the last; all but the last of them halve the picture", 2, 6)
    scales: int = option(2, "how many there are, each at half the size of the one before", 1, 4)
    init: Init = option("glorot_uniform", INITIALISERS)


@dataclass
class MatchingConfig:
    """What the generator learns from beside the discriminators' verdict."""

    features: float = option(10.0, "weight of the distance between the discriminators' features", 0.0, 1e6)
    pixels: float = option(0.0, "weight of the distance between the pixels, L1; 0 in the paper", 0.0, 1e6)
    divergence: float = option(
        0.05, "weight of the styles' distance from N(0, 1), the Kullback-Leibler divergence of the encoder", 0.0, 1e6
    )
