"""Features of images without labels: a convolutional network whose weights are random and stay so.

Random convolutional features tell distributions of images apart without having learnt anything: Naeem et al. 2020
(arXiv:2002.09797), section 4.2, propose them where networks trained on photographs do not suit the data.
"""

from typing import Sequence, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.errors import UsageError
from ms_gan.generators.weights import weights_digest
from ms_gan.metrics.features.extractor import Features, block_for
from ms_gan.metrics.features.fit import RANDOM
from ms_gan.models.layers import activation, chain, conv
from ms_gan.pictures.pixels import to_float
from ms_gan.seeds import Purpose, stream

VERSION = 1  # raise it whenever the same image gets other features
LAYERS, CHANNELS, KERNEL = 4, 64, 4
WIDTH = LAYERS * CHANNELS


class RandomNetwork(nn.Cell):
    """Four 4x4 convolutions, each halving the sides, with ReLU; the means of all their channels are the features.

    So a quarter of the features is about patches of 4 pixels, the others about patches of 10, 22 and 46. The weights
    are from N(0, 2 / fan in), which keeps the size of the activations from layer to layer: He et al. 2015
    (arXiv:1502.01852), equation 10.

    Args:
        channels: colours of the images.
        random: where the weights come from.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1], H and W at least 16.

    Outputs:
        features (N, WIDTH), float32, 0 or more.
    """

    def __init__(self, channels: int, random: np.random.Generator):
        super().__init__()
        self.blocks = nn.CellList()
        for inputs in [channels] + [CHANNELS] * (LAYERS - 1):
            layer = conv(inputs, CHANNELS, KERNEL, 2, "pad", 1, bias=False)
            fan_in = inputs * KERNEL * KERNEL
            weight = np.sqrt(2 / fan_in) * random.standard_normal((CHANNELS, inputs, KERNEL, KERNEL))
            layer.weight.set_data(ms.Tensor(weight.astype(np.float32)))
            self.blocks.append(chain([layer, activation(0)]))

    def construct(self, images):
        means = ()
        for block in self.blocks:
            images = block(images)
            means += (images.mean((2, 3)),)
        return ops.concat(means, 1)


def check_sides(sides: Sequence[int]) -> None:
    """Refuse images (H, W) with less than 16 pixels a side.

    Raises:
        UsageError: says what to do.
    """
    if min(sides) < 1 << LAYERS:
        raise UsageError(
            f"images of {sides[0]}x{sides[1]} pixels are too small to be measured; allowed: 16x16 and more, or "
            "a training without measurements: --metrics.every 0",
            code="few",
        )


def random_features(image_shape: Tuple[int, int, int]) -> Features:
    """The random network for images (C, H, W): the same on every machine, up to rounding.

    Raises:
        UsageError: images with less than 16 pixels a side.
    """
    channels, *sides = image_shape
    check_sides(sides)
    network = RandomNetwork(channels, stream(0, Purpose.FEATURES, RANDOM, VERSION)).set_train(False)

    def compute(images: np.ndarray):
        return network(ms.Tensor(to_float(images))).asnumpy(), None

    size = "x".join(map(str, image_shape))
    return Features(
        f"random-convolutions-{weights_digest(network.get_parameters())[:8]}",
        f"network of {LAYERS} convolutions with fixed random weights, mean-pooled after each; takes images as the run"
        f" sees them ({size}), not resized, pixels in [-1, 1]",
        WIDTH,
        compute,
        block_for(image_shape),
        image_shape,
    )
