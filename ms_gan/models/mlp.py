"""Dense networks: a generator and a discriminator for small images (Goodfellow et al. 2014, arXiv:1406.2661)."""

from typing import Sequence, Tuple

import numpy as np
from mindspore import nn

from ms_gan.models import roles
from ms_gan.models.layers import activation, batch_norm, dense


class Generator(nn.Cell):
    """Latents to images: Dense layers, BatchNorm after every hidden layer but the first, ReLU or LeakyReLU, Tanh.

    Args:
        latent_width: numbers in one latent vector.
        hidden: widths of the hidden layers.
        image_shape: (C, H, W).
        batch_norm_hidden: whether the hidden layers but the first are normalised.
        slope: of LeakyReLU below zero; 0: ReLU.

    Inputs:
        latents (N, latent_width), float32.

    Outputs:
        images (N, C, H, W), float32 in [-1, 1].
    """

    def __init__(
        self,
        latent_width: int,
        hidden: Sequence[int],
        image_shape: Tuple[int, int, int],
        batch_norm_hidden: bool,
        slope: float = 0.0,
    ):
        super().__init__()
        self.image_shape = tuple(image_shape)
        layers = []
        width = latent_width
        for index, outputs in enumerate(hidden):
            layers.append(dense(width, outputs))
            if batch_norm_hidden and index > 0:
                layers.append(batch_norm(outputs))
            layers.append(activation(slope))
            width = outputs
        layers += [dense(width, int(np.prod(image_shape))), nn.Tanh()]
        self.layers = nn.SequentialCell(layers)

    def construct(self, latents):
        images = self.layers(latents)
        return images.reshape((images.shape[0], *self.image_shape))

    def describe(self, graph, latents):
        """The same as layers of an ms_gan.export.graph.Graph."""
        return graph.layer("reshape", graph.cell(self.layers, latents), shape=self.image_shape)


class Discriminator(roles.Discriminator):
    """Images to logits: Dense layers with LeakyReLU. The probability of "real" is the sigmoid of the logit.

    Args:
        hidden: widths of the hidden layers.
        image_shape: (C, H, W).
        slope: of LeakyReLU below zero.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1].

    Outputs:
        logits (N, 1), float32.
    """

    def __init__(self, hidden: Sequence[int], image_shape: Tuple[int, int, int], slope: float):
        super().__init__()
        layers = []
        width = int(np.prod(image_shape))
        for outputs in hidden:
            layers += [dense(width, outputs), activation(slope)]
            width = outputs
        self.layers = nn.SequentialCell([*layers, dense(width, 1)])

    def construct(self, images):
        return self.layers(images.reshape((images.shape[0], -1)))
