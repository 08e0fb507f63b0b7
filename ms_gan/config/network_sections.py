"""Options of the networks of tasks whose generator takes latents. A part of ms_gan.config.sections."""

from dataclasses import dataclass
from typing import List, Literal

from ms_gan.config.schema import option

# What some options need, to be read at all.
MLP, CNN = {"name": ("mlp",)}, {"name": ("cnn",)}
MLP_OR_CNN, KERNELS = {"name": ("mlp", "cnn")}, {"name": ("dcgan", "cnn")}
CONVOLUTIONAL = {"name": ("dcgan", "cnn", "fastgan", "r3gan")}
FASTGAN = {"name": ("fastgan",)}
NORMED, PLAIN = {"name": ("dcgan", "fastgan")}, {"name": ("mlp", "dcgan", "cnn", "fastgan")}


@dataclass
class LatentConfig:
    """The generator's input."""

    width: int = option(100, "numbers in one latent vector", 1, 65536)
    distribution: Literal["normal", "uniform"] = option("normal", "normal: N(0, 1); uniform: U(-1, 1)")


FAMILIES = (
    "family of networks; mlp: dense; dcgan: convolutional, doubling from 4 pixels; cnn: with one doubling; "
    "fastgan: gated, for few pictures; r3gan: residual, without normalisation, for relativistic with r1 and r2"
)
KERNEL = "dcgan, cnn: side of the kernels with stride 2, which should divide it"
INITIALISERS = (
    "initial weights; uniform_fan_in: U(-b, b), b = 1/sqrt(fan_in); "
    "glorot_uniform: b = sqrt(6/(fan_in + fan_out)); normal_002: N(0, 0.02); he_normal: N(0, sqrt(2/fan_in))"
)
Init = Literal["uniform_fan_in", "glorot_uniform", "normal_002", "he_normal"]


@dataclass
class GeneratorConfig:
    """The network that makes images from latents."""

    name: Literal["mlp", "dcgan", "cnn", "fastgan", "r3gan"] = option("mlp", FAMILIES)
    hidden: List[int] = option([128, 256, 512, 1024], "mlp: widths of the hidden layers", 1, 65536, "units", only=MLP)
    batch_norm: bool = option(True, "mlp: BatchNorm after every hidden layer but the first", only=MLP)
    channels: int = option(
        64, "dcgan: channels of the last hidden layer, 2, 4, 8 times as many before it; cnn: of the hidden layers; "
        "fastgan: half as many as at 64 pixels; r3gan: at the largest images, elsewhere twice as many",
        2, 4096, only=CONVOLUTIONAL,
    )  # fmt: skip
    kernel: int = option(4, KERNEL, 2, 8, "pixels", only=KERNELS)
    slope: float = option(0.0, "mlp, cnn: slope of LeakyReLU below zero; 0: ReLU", 0.0, 1.0, only=MLP_OR_CNN)
    init: Init = option("uniform_fan_in", INITIALISERS, only=PLAIN)


@dataclass
class DiscriminatorConfig:
    """The network that tells real images from generated ones."""

    name: Literal["mlp", "dcgan", "cnn", "fastgan", "r3gan"] = option("mlp", FAMILIES)
    hidden: List[int] = option([512, 256], "mlp: widths of the hidden layers", 1, 65536, "units", only=MLP)
    channels: int = option(
        64, "dcgan: channels of the first layer, 2, 4, 8 times as many after it; cnn: of every convolution; "
        "fastgan: an eighth of the last layer's; r3gan: at the largest images, elsewhere twice as many",
        1, 4096, only=CONVOLUTIONAL,
    )  # fmt: skip
    kernel: int = option(4, KERNEL, 2, 8, "pixels", only=KERNELS)
    slope: float = option(0.2, "slope of LeakyReLU below zero", 0.0, 1.0, only=PLAIN)
    batch_norm: bool = option(
        True, "dcgan, fastgan: BatchNorm on all layers but the first; false: biases in its place", only=NORMED
    )
    reconstruction: float = option(
        1.0, "fastgan: weight of the error with which it makes real images again; 0: it does not", 0.0, 1e6,
        only=FASTGAN,
    )  # fmt: skip
    dropout: float = option(
        0.0, "cnn: dropout, the share of the last features set to zero in a training step", 0.0, 0.99, only=CNN
    )
    spectral_norm: bool = option(False, "divide each layer's weights by their largest singular value", only=PLAIN)
    init: Init = option("uniform_fan_in", INITIALISERS, only=PLAIN)
    condition: Literal["projection", "concat", "auxiliary"] = option(
        "projection",
        "what it does with labels in a conditional run; projection: they choose a direction of its last features; "
        "concat: mlp: they stand beside the pixels; auxiliary: it tells them itself (AC-GAN)",
    )
