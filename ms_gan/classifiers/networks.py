"""Classifiers of other kinds than the features': for attacks made on one to be tried on another."""

from typing import Tuple

import numpy as np
from mindspore import nn

from ms_gan.models.layers import activation, chain, conv, dense


class Plain(nn.Cell):
    """Two 5x5 convolutions that halve the sides, and two Dense layers, without any normalisation.

    Madry et al. 2018 (arXiv:1706.06083) attack such a network on MNIST; theirs halves by pooling and is wider.

    Args:
        image_shape: (C, H, W).
        classes: K.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1].

    Outputs:
        features (N, 256), float32, 0 or more; logits (N, K), float32.
    """

    def __init__(self, image_shape: Tuple[int, int, int], classes: int):
        super().__init__()
        channels, *sides = image_shape
        halved = int(np.prod([-(-side // 4) for side in sides]))
        self.layers = chain(
            [conv(channels, 32, 5, 2, "pad", 2), activation(0), conv(32, 64, 5, 2, "pad", 2), activation(0)]
        )
        self.hidden = nn.SequentialCell([dense(64 * halved, 256), activation(0)])
        self.dense = dense(256, classes)

    def construct(self, images):
        features = self.hidden(self.layers(images).reshape((images.shape[0], -1)))
        return features, self.dense(features)


class Dense(nn.Cell):
    """Pixels through two Dense layers of 200: model E of Defense-GAN (Samangouei et al. 2018, arXiv:1805.06605).

    Args:
        image_shape: (C, H, W).
        classes: K.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1].

    Outputs:
        features (N, 200), float32, 0 or more; logits (N, K), float32.
    """

    def __init__(self, image_shape: Tuple[int, int, int], classes: int):
        super().__init__()
        pixels = int(np.prod(image_shape))
        self.hidden = nn.SequentialCell([dense(pixels, 200), activation(0), dense(200, 200), activation(0)])
        self.dense = dense(200, classes)

    def construct(self, images):
        features = self.hidden(images.reshape((images.shape[0], -1)))
        return features, self.dense(features)
