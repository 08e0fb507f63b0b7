"""Options of tasks that learn from picture to picture. A part of ms_gan.config.sections; imports nothing heavy."""

from dataclasses import dataclass
from typing import Literal, Optional

from ms_gan.config.data_section import DataConfig
from ms_gan.config.network_sections import INITIALISERS, Init
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import option

UNET, RESNET = {"name": ("unet",)}, {"name": ("resnet",)}


@dataclass
class TwoFoldersConfig(DataConfig):
    """Which pictures are learnt from, and where they are found."""

    source: Literal["mnist", "fashion_mnist", "cifar10", "folder", "synthetic"] = option(
        "folder", "data set; folder: your own pictures; synthetic draws digits and needs no files"
    )
    a: Optional[str] = option(
        None, "folder of the pictures to start from; beside it data.b", may_change=True, spelling=home_for_tilde
    )
    b: Optional[str] = option(
        None, "folder of the pictures to arrive at; beside it data.a", may_change=True, spelling=home_for_tilde
    )
    jitter: float = option(
        0.0, "enlarge pictures by up to this share and crop them at random, 0.12 in pix2pix; 0: never", 0.0, 1.0
    )
    held_out: float = option(
        0.1, "share of the pictures, chosen by name, that no training sees; test and val folders are always held out",
        0.0, 0.5,
    )  # fmt: skip


DEGRADED = {"degrade": ("downscale", "mask", "noise", "jpeg", "attack")}


@dataclass
class PairsConfig(TwoFoldersConfig):
    """Which pairs are learnt from: two folders, one of pictures side by side, or one whose pictures are degraded."""

    degrade: Literal["none", "downscale", "mask", "grey", "edges", "noise", "jpeg", "attack"] = option(
        "none",
        "make the inputs of the pictures themselves; downscale: for super-resolution; mask: a hole to be filled in; "
        "grey: for colouring; edges: contours; noise; jpeg: with the traces of strong compression; attack: changed so "
        "that a classifier errs (APE-GAN)",
    )
    strength: Optional[float] = option(
        None, "downscale: the factor, 2, 4 or 8 (unset: 4); mask: largest side of the hole as a share of the picture's "
        "(unset: 0.5); noise: its deviation, black and white being 2 apart (unset: 0.3); jpeg: quality (unset: 10); "
        "attack: how far a pixel may move, black and white being 1 apart (unset: 0.3)",
        0.01, 100, only=DEGRADED,
    )  # fmt: skip
    direction: Literal["ab", "ba"] = option("ab", "ab: from data.a to data.b; ba: back; side by side, a is at the left")


@dataclass
class TranslatorConfig:
    """The network that makes pictures of pictures."""

    name: Literal["unet", "resnet"] = option(
        "unet",
        "unet: halvings with skip connections (pix2pix); resnet: residual blocks at a quarter of the size (CycleGAN)",
    )
    channels: int = option(32, "of the first layer; twice as many after each halving, at most 8 times", 1, 1024)
    halvings: int = option(4, "how often it halves the picture", 2, 10, only=UNET)
    blocks: int = option(6, "residual blocks", 1, 64, only=RESNET)
    norm: Literal["batch", "instance"] = option("batch", "instance: each picture by itself, for small batches")
    init: Init = option("normal_002", INITIALISERS)


@dataclass
class PatchConfig:
    """The discriminator, which looks at patches."""

    channels: int = option(32, "of the first layer; 2, 4, 8 times as many after it", 1, 1024)
    layers: int = option(2, "convolutions with stride 2; patches of 16 pixels with 1, 34 with 2, 70 with 3", 1, 6)
    norm: Literal["batch", "instance"] = option("batch", "instance: each picture by itself, for small batches")
    spectral_norm: bool = option(False, "divide each layer's weights by their largest singular value")
    init: Init = option("normal_002", INITIALISERS)
