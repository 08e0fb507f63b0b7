"""The classifier whose last hidden layer serves as features: a small convolutional network."""

from typing import Tuple

import numpy as np
from mindspore import nn

from ms_gan.models.layers import activation, batch_norm, batch_norm_2d, chain, conv, dense

WIDTH = 128  # features, and channels of the deepest layers
FIRST = 32  # channels of the first layer; each later one doubles them up to WIDTH
SMALL = 8  # pixels: sides are halved until they are no longer than this


class Classifier(nn.Cell):
    """Images to features and logits.

    A 5x5 convolution halves the sides, 3x3 convolutions halve them until none is longer than 8 pixels; one more keeps
    them and a last one halves them again. Every layer is followed by BatchNorm (Ioffe and Szegedy 2015,
    arXiv:1502.03167) and ReLU. A Dense layer, with the same after it, gives the features; another one the logits.

    Args:
        image_shape: (C, H, W).
        classes: how many there are.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1].

    Outputs:
        features (N, WIDTH), float32, 0 or more; logits (N, classes), float32.
    """

    def __init__(self, image_shape: Tuple[int, int, int], classes: int):
        super().__init__()
        channels, *sides = image_shape
        layers = []
        for index, stride in enumerate(_strides(max(sides))):
            kernel, outputs = (3, min(WIDTH, FIRST << index)) if index else (5, FIRST)
            layers += [conv(channels, outputs, kernel, stride, "pad", kernel // 2, bias=False)]
            layers += [batch_norm_2d(outputs), activation(0)]
            channels, sides = outputs, [-(-side // stride) for side in sides]
        self.layers = chain(layers)
        self.hidden = nn.SequentialCell(
            [dense(channels * int(np.prod(sides)), WIDTH, bias=False), batch_norm(WIDTH), activation(0)]
        )
        self.dense = dense(WIDTH, classes)

    def construct(self, images):
        hidden = self.layers(images)
        features = self.hidden(hidden.reshape((images.shape[0], -1)))
        return features, self.dense(features)


def _strides(side: int) -> Tuple[int, ...]:
    """Strides of the convolutions for images of that side."""
    halvings = 1
    while -(-side // 2**halvings) > SMALL:
        halvings += 1
    return (2,) * halvings + (1, 2)
