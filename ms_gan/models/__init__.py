"""Networks by name. A new family is a file here and a line in each registry."""

from typing import Any, Dict, Iterable, Tuple

import numpy as np
from mindspore import nn

from ms_gan.errors import UsageError
from ms_gan.models import cnn, dcgan, fastgan, fastgan_discriminator, mlp, r3gan
from ms_gan.models.initialisers import initialise
from ms_gan.models.spectral import normalise_spectra

GENERATORS = {
    "mlp": lambda c, width, shape, classes: mlp.Generator(width, c.hidden, shape, c.batch_norm, c.slope, classes),
    "dcgan": lambda c, width, shape, classes: dcgan.Generator(width, shape, c.channels, c.kernel, classes),
    "cnn": lambda c, width, shape, classes: cnn.Generator(width, shape, c.channels, c.slope, c.kernel, classes),
    "fastgan": lambda c, width, shape, classes: fastgan.Generator(width, shape, c.channels),
    "r3gan": lambda c, width, shape, classes: r3gan.Generator(width, shape, c.channels),
}
DISCRIMINATORS = {
    "mlp": lambda c, shape, classes: mlp.Discriminator(c.hidden, shape, c.slope, classes, c.condition),
    "dcgan": lambda c, shape, classes: dcgan.Discriminator(
        shape, c.channels, c.slope, c.kernel, c.batch_norm, classes, c.condition
    ),
    "cnn": lambda c, shape, classes: cnn.Discriminator(
        shape, c.channels, c.slope, c.dropout, c.kernel, classes, c.condition
    ),
    "fastgan": lambda c, shape, classes: fastgan_discriminator.Discriminator(
        shape, c.channels, c.slope, c.batch_norm, c.reconstruction
    ),
    "r3gan": lambda c, shape, classes: r3gan.Discriminator(shape, c.channels),
}


def build_generator(
    config: Any,
    latent_width: int,
    image_shape: Tuple[int, int, int],
    random: np.random.Generator,
    prefix: str = "generator.",
    classes: int = 0,
) -> nn.Cell:
    """The generator that a GeneratorConfig describes, with its initial weights.

    Args:
        config: a GeneratorConfig.
        latent_width: numbers in one latent vector.
        image_shape: (C, H, W).
        random: where the initial weights come from.
        prefix: the first part of every parameter's name.
        classes: how many classes of images it is asked for; 0: it takes no labels.

    Raises:
        UsageError: a size or a kernel that the family of networks does not have.
    """
    return _build("generator", GENERATORS, config, random, prefix, latent_width, image_shape, classes)


def build_discriminator(
    config: Any, image_shape: Tuple[int, int, int], random: np.random.Generator, classes: int = 0
) -> nn.Cell:
    """The discriminator that a DiscriminatorConfig describes; its parameters are named `discriminator.*`.

    With classes it is given labels, or tells them: DiscriminatorConfig.condition.

    Raises:
        UsageError: a size or a kernel that the family of networks does not have.
    """
    return _build("discriminator", DISCRIMINATORS, config, random, "discriminator.", image_shape, classes)


def _build(role: str, registry: Dict, config: Any, random: np.random.Generator, prefix: str, *sizes: Any) -> nn.Cell:
    try:
        network = registry[config.name](config, *sizes)
    except ValueError as error:
        raise UsageError(f"{role}.name: {error}") from None
    return prepared(network, config, random, prefix)


def prepared(network: nn.Cell, config: Any, random: np.random.Generator, prefix: str) -> nn.Cell:
    """A new network with its initial weights and with its names.

    Args:
        network: of the layers in layers.py.
        config: a section with `init`, and `spectral_norm` where it has a choice.
        random: where the initial weights come from.
        prefix: the first part of every parameter's name.
    """
    if hasattr(network, "set_weights"):  # it has a way of its own
        network.set_weights(random)
    else:
        initialise(network, config.init, random)
    if getattr(config, "spectral_norm", False):
        normalise_spectra(network, random)
    network.update_parameters_name(prefix)
    return network


def count_parameters(network: nn.Cell) -> int:
    """How many numbers training adjusts in a network."""
    return sum(int(np.prod(parameter.shape)) for parameter in network.trainable_params())


def has_convolutions(networks: Iterable[nn.Cell]) -> bool:
    """Whether any of some networks has a convolution."""
    kinds = (nn.Conv2d, nn.Conv2dTranspose)
    return any(isinstance(cell, kinds) for network in networks for _, cell in network.cells_and_names())
