"""Networks by name. A new family is a file here and a line in each registry."""

from typing import Any, Tuple

import numpy as np
from mindspore import nn

from ms_gan.models import mlp
from ms_gan.models.layers import initialise

GENERATORS = {
    "mlp": lambda c, width, shape: mlp.Generator(width, c.hidden, shape, c.batch_norm),
}
DISCRIMINATORS = {
    "mlp": lambda c, shape: mlp.Discriminator(c.hidden, shape, c.slope),
}


def build_generator(
    config: Any, latent_width: int, image_shape: Tuple[int, int, int], random: np.random.Generator, prefix="generator."
) -> nn.Cell:
    """The generator that a GeneratorConfig describes, with its initial weights.

    Args:
        config: a GeneratorConfig.
        latent_width: numbers in one latent vector.
        image_shape: (C, H, W).
        random: where the initial weights come from.
        prefix: the first part of every parameter's name.
    """
    network = GENERATORS[config.name](config, latent_width, image_shape)
    return _finish(network, config.init, random, prefix)


def build_discriminator(config: Any, image_shape: Tuple[int, int, int], random: np.random.Generator) -> nn.Cell:
    """The discriminator that a DiscriminatorConfig describes; its parameters are named `discriminator.*`."""
    return _finish(DISCRIMINATORS[config.name](config, image_shape), config.init, random, "discriminator.")


def _finish(network: nn.Cell, init: str, random: np.random.Generator, prefix: str) -> nn.Cell:
    initialise(network, init, random)
    network.update_parameters_name(prefix)
    return network


def count_parameters(network: nn.Cell) -> int:
    """How many numbers training adjusts in a network."""
    return sum(int(np.prod(parameter.shape)) for parameter in network.trainable_params())
