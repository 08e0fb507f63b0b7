"""Networks of tasks that learn from picture to picture, by name."""

from typing import Any

import numpy as np
from mindspore import nn

from ms_gan.models import prepared
from ms_gan.models.patchgan import PatchGAN
from ms_gan.models.resnet import ResNet
from ms_gan.models.unet import UNet

TRANSLATORS = {
    "unet": lambda c, inputs, outputs: UNet(inputs, outputs, c.channels, c.halvings, c.norm),
    "resnet": lambda c, inputs, outputs: ResNet(inputs, outputs, c.channels, c.blocks, c.norm),
}


def build_translator(
    config: Any, inputs: int, outputs: int, random: np.random.Generator, prefix: str = "generator."
) -> nn.Cell:
    """The generator that a TranslatorConfig describes, with its initial weights: (N, C, H, W) -> (N, C', H, W).

    Args:
        config: a TranslatorConfig.
        inputs, outputs: channels of the pictures given and made.
        random: where the initial weights come from.
        prefix: the first part of every parameter's name.
    """
    return prepared(TRANSLATORS[config.name](config, inputs, outputs), config, random, prefix)


def build_patchgan(
    config: Any, channels: int, random: np.random.Generator, prefix: str = "discriminator.", pictures: int = 0
) -> nn.Cell:
    """The discriminator that a PatchConfig describes, with its initial weights: (N, C, H, W) -> logits (N, 1, h, w).

    Args:
        config: a PatchConfig.
        channels: of the images.
        random: where the initial weights come from.
        prefix: the first part of every parameter's name.
        pictures: channels of the pictures that each image should be made of; 0: it is shown images alone.
    """
    return prepared(PatchGAN(channels, config.channels, config.layers, config.norm, pictures), config, random, prefix)
