"""Dense networks: a generator and a discriminator for small images (Goodfellow et al. 2014, arXiv:1406.2661)."""

from typing import Sequence, Tuple

import numpy as np
from mindspore import nn

from ms_gan.models import roles
from ms_gan.models.embeddings import WithLabels
from ms_gan.models.layers import activation, batch_norm, dense


class Generator(nn.Cell):
    """Latents to images: Dense layers, BatchNorm after every hidden layer but the first, ReLU or LeakyReLU, Tanh.

    Args:
        latent_width: numbers in one latent vector.
        hidden: widths of the hidden layers.
        image_shape: (C, H, W).
        batch_norm_hidden: whether the hidden layers but the first are normalised.
        slope: of LeakyReLU below zero; 0: ReLU.
        classes: K, of labels that stand beside the latents as one-hot vectors; 0: there are none.

    Inputs:
        latents (N, latent_width), float32; with classes labels, int32 (N,), or their weights, float32 (N, K).

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
        classes: int = 0,
    ):
        super().__init__()
        self.image_shape = tuple(image_shape)
        self.with_labels = WithLabels(classes) if classes else None
        layers = []
        width = latent_width + classes
        for index, outputs in enumerate(hidden):
            layers.append(dense(width, outputs))
            if batch_norm_hidden and index > 0:
                layers.append(batch_norm(outputs))
            layers.append(activation(slope))
            width = outputs
        layers += [dense(width, int(np.prod(image_shape))), nn.Tanh()]
        self.layers = nn.SequentialCell(layers)

    def construct(self, latents, labels=None):
        if self.with_labels is not None:
            latents = self.with_labels(latents, labels)
        images = self.layers(latents)
        return images.reshape((images.shape[0], *self.image_shape))

    def describe(self, graph, latents, labels=None):
        """The same as layers of an ms_gan.export.graph.Graph."""
        if self.with_labels is not None:
            latents = graph.cell(self.with_labels, latents, labels)
        return graph.layer("reshape", graph.cell(self.layers, latents), shape=self.image_shape)


class Discriminator(roles.Discriminator):
    """Images to logits: Dense layers with LeakyReLU. The probability of "real" is the sigmoid of the logit.

    Args:
        hidden: widths of the hidden layers.
        image_shape: (C, H, W).
        slope: of LeakyReLU below zero.
        classes: K, of labels; 0: there are none.
        condition: what it does with labels: concat: one-hot vectors beside the pixels; else as roles.Discriminator has
            it.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1]; mask: None; labels: int32 (N,), with classes.

    Outputs:
        logits (N, 1), float32; where it tells classes, those and (N, K).
    """

    def __init__(
        self,
        hidden: Sequence[int],
        image_shape: Tuple[int, int, int],
        slope: float,
        classes: int = 0,
        condition: str = "concat",
    ):
        super().__init__()
        self.with_labels = WithLabels(classes) if classes and condition == "concat" else None
        layers = []
        width = int(np.prod(image_shape)) + (0 if self.with_labels is None else classes)
        for outputs in hidden:
            layers += [dense(width, outputs), activation(slope)]
            width = outputs
        self.layers = nn.SequentialCell([*layers, dense(width, 1)])
        self.learn_labels(condition, classes, width)

    def construct(self, images, mask=None, labels=None):
        features = images.reshape((images.shape[0], -1))
        if self.with_labels is not None:
            features = self.with_labels(features, labels)
        logits = features
        for layer in self.layers.cell_list:
            features, logits = logits, layer(logits)
        return self.verdict(logits, features, labels)
