"""Convolutional networks with one doubling and Keras's paddings: Chollet, Deep Learning with Python, section 8.5."""

from typing import Tuple

import numpy as np
from mindspore import nn

from ms_gan.config.sizes import cnn_half, cnn_sides
from ms_gan.models import roles
from ms_gan.models.embeddings import WithLabels
from ms_gan.models.layers import activation, chain, conv, conv_transpose, dense


class Generator(nn.Cell):
    """Latents to images: a Dense layer to half the image's size, convolutions, one doubling, convolutions, Tanh.

    Args:
        latent_width: numbers in one latent vector.
        image_shape: (C, H, W), H and W even.
        channels: of all hidden layers but the first, which has half as many.
        slope: of LeakyReLU below zero.
        kernel: side of the kernel of the layer that doubles; 2 should divide it, or squares show in the images.
        classes: K, of labels that stand beside the latents as one-hot vectors; 0: there are none.

    Inputs:
        latents (N, latent_width), float32; with classes labels, int32 (N,), or their weights, float32 (N, K).

    Outputs:
        images (N, C, H, W), float32 in [-1, 1].

    Raises:
        ValueError: an odd image size.
    """

    def __init__(
        self,
        latent_width: int,
        image_shape: Tuple[int, int, int],
        channels: int,
        slope: float,
        kernel: int = 4,
        classes: int = 0,
    ):
        super().__init__()
        self.start = (channels // 2, *cnn_half(image_shape))
        self.with_labels = WithLabels(classes) if classes else None
        self.dense = dense(latent_width + classes, int(np.prod(self.start)))
        self.activation = activation(slope)
        self.layers = chain(
            [
                conv(self.start[0], channels, 5, padding="same"), activation(slope),
                conv_transpose(channels, channels, kernel, 2, padding="same"), activation(slope),
                conv(channels, channels, 5, padding="same"), activation(slope),
                conv(channels, channels, 5, padding="same"), activation(slope),
                conv(channels, image_shape[0], 7, padding="same"), nn.Tanh(),
            ]
        )  # fmt: skip

    def construct(self, latents, labels=None):
        if self.with_labels is not None:
            latents = self.with_labels(latents, labels)
        hidden = self.activation(self.dense(latents))
        return self.layers(hidden.reshape((latents.shape[0], *self.start)))

    def describe(self, graph, latents, labels=None):
        """The same as layers of an ms_gan.export.graph.Graph."""
        if self.with_labels is not None:
            latents = graph.cell(self.with_labels, latents, labels)
        hidden = graph.cell(self.activation, graph.cell(self.dense, latents))
        return graph.cell(self.layers, graph.layer("reshape", hidden, shape=self.start))


class Discriminator(roles.Discriminator):
    """Images to logits: four convolutions without padding, three of them halving, dropout, a Dense layer.

    Args:
        image_shape: (C, H, W), each side at least 24 with a kernel of 4.
        channels: of every convolution.
        slope: of LeakyReLU below zero.
        dropout: share of the last features that a training step hides, 0 to below 1.
        kernel: side of the kernels of the layers that halve.
        classes: K, of labels; 0: there are none.
        condition: what it does with labels, projection or auxiliary: see roles.Discriminator.

    Inputs:
        images: (N, C, H, W), float32 in [-1, 1].
        mask: (N, features), float32, multiplied with the features, or None: dropout as an input, because a mask that
            the layer drew by itself could not be drawn again when a run resumes.
        labels: int32 (N,), with classes.

    Outputs:
        logits (N, 1), float32; where it tells classes, those and (N, K).

    Raises:
        ValueError: an image too small for four convolutions.
    """

    def __init__(
        self,
        image_shape: Tuple[int, int, int],
        channels: int,
        slope: float,
        dropout: float,
        kernel: int = 4,
        classes: int = 0,
        condition: str = "projection",
    ):
        super().__init__()
        sides = cnn_sides(image_shape, kernel)
        layers = [conv(image_shape[0], channels, 3), activation(slope)]
        for _ in range(3):
            layers += [conv(channels, channels, kernel, 2), activation(slope)]
        self.layers = chain(layers)
        features = channels * sides[0] * sides[1]
        self.dropout_features = features if dropout else 0
        self.dense = dense(features, 1)
        self.learn_labels(condition, classes, channels, sides[0] * sides[1])

    def construct(self, images, mask=None, labels=None):
        features = self.layers(images).reshape((images.shape[0], -1))
        if mask is not None:
            features = features * mask
        return self.verdict(self.dense(features), features, labels)
