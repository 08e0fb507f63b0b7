"""R3GAN: Huang et al. 2024 (arXiv:2501.05441), configuration E.

Residual bottlenecks with grouped convolutions and no normalisation, whose initial weights keep signals of one size
(fix-up: Zhang et al. 2019, arXiv:1901.09321); images doubled and halved bilinearly.
"""

from typing import List, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.config.sizes import r3gan_sides
from ms_gan.models import roles
from ms_gan.models.bilinear import BilinearDown, BilinearUp
from ms_gan.models.blocks import Row
from ms_gan.models.cpu.patches import unfold
from ms_gan.models.cpu.rows import PlusRow
from ms_gan.models.layers import activation, channels_last, conv, dense, product

SLOPE = 0.2  # of every LeakyReLU
EXPANSION, IN_A_GROUP = 2, 16  # a bottleneck's inner channels for each outer one; inner channels in a group
TAPS = 9  # of a 3x3 kernel
GAIN = np.sqrt(2 / (1 + SLOPE**2))


class GroupedConv(nn.Cell):
    """A convolution 3x3 within each of several groups of channels, with zeros around the image and a bias.

    One batched product for all groups, in either layout; MindSpore's own has no quick second derivative.

    Args:
        channels: C.
        groups: which divides C.

    Inputs:
        (N, C, H, W), float32; in a chain the layout is the chain's.

    Outputs:
        the same shape.
    """

    def __init__(self, channels: int, groups: int):
        super().__init__()
        self.channels, self.groups, self.own = channels, groups, channels // groups
        self.last = channels_last()
        self.weight = ms.Parameter(ms.Tensor(np.zeros((channels, self.own, 3, 3), np.float32)), name="weight")
        self.bias = ms.Parameter(ms.Tensor(np.zeros(channels, np.float32)), name="bias")
        self.unfold = unfold(3, 1, 1, 1)
        self.product = ops.BatchMatMul()
        self.plus = PlusRow(exact=False) if self.last else ops.BiasAdd()

    def construct(self, x):
        groups, own = self.groups, self.own
        height, width = (x.shape[1], x.shape[2]) if self.last else (x.shape[2], x.shape[3])
        pixels = height * width
        if self.last:
            grouped = x.reshape((-1, pixels, groups, own)).transpose((2, 0, 1, 3))
        else:
            grouped = x.reshape((-1, groups, own, pixels)).transpose((1, 0, 3, 2))
        patches = self.unfold(grouped.reshape((-1, pixels, own)), 1, height, width)
        weight = self.weight.reshape((groups, own, own, 3, 3)).transpose((0, 3, 4, 2, 1))
        y = self.product(patches.reshape((groups, -1, TAPS * own)), weight.reshape((groups, TAPS * own, own)))
        y = y.reshape((groups, -1, pixels, own))
        if self.last:
            rows = y.transpose((1, 2, 0, 3)).reshape((-1, self.channels))
            return self.plus(rows, self.bias).reshape((-1, height, width, self.channels))
        return self.plus(y.transpose((1, 0, 3, 2)).reshape((-1, self.channels, height, width)), self.bias)

    def describe(self, graph, x):
        """The same as a layer of an ms_gan.export.graph.Graph: a convolution with zeros between groups."""
        weight = np.zeros((self.channels, self.channels, 3, 3), np.float32)
        for group in range(self.groups):
            own = slice(group * self.own, (group + 1) * self.own)
            weight[own, own] = self.weight.asnumpy()[own]
        return graph.layer("conv", x, weight=weight, bias=self.bias.asnumpy(), stride=1, borders=(1, 1))


class Bottleneck(nn.Cell):
    """x + a convolution 1x1 to twice the channels, LeakyReLU, a grouped 3x3, LeakyReLU, and 1x1 back: figure 4.

    Args:
        width: C.

    Inputs:
        (N, C, H, W), float32, in the layout of chains.

    Outputs:
        the same shape.
    """

    def __init__(self, width: int):
        super().__init__()
        inner = EXPANSION * width
        self.widen, self.narrow = conv(width, inner, 1), conv(inner, width, 1, bias=False)
        self.grouped = GroupedConv(inner, max(1, inner // IN_A_GROUP))
        self.layers = Row([self.widen, activation(SLOPE), self.grouped, activation(SLOPE), self.narrow])

    def construct(self, x):
        return x + self.layers(x)

    def describe(self, graph, x):
        """The same as layers of an ms_gan.export.graph.Graph."""
        return graph.layer("add", x, self.layers.describe(graph, x))

    def set_weights(self, random: np.random.Generator, blocks: int) -> None:
        """Initial weights, of a network of so many blocks: the last convolution's are zero, so that a block is none."""
        gain = GAIN * blocks**-0.25
        _normal(self.widen.weight, random, gain)
        _normal(self.grouped.weight, random, gain)


def _normal(weight: ms.Parameter, random: np.random.Generator, gain: float = 1.0) -> None:
    """N(0, gain / sqrt(fan in))."""
    deviation = gain / np.sqrt(np.prod(weight.shape[1:]))
    weight.set_data(ms.Tensor((deviation * random.standard_normal(weight.shape)).astype(np.float32)))


def _widths(channels: int, stages: int) -> List[int]:
    """Channels of the stages, from the smallest images to the largest."""
    return [2 * channels] * (stages - 1) + [channels]


class Generator(nn.Cell):
    """Latents to images: a learnt start, each channel times a number made of the latent, then a bottleneck a size.

    Args:
        latent_width: numbers in one latent vector.
        image_shape: (C, H, W): see ms_gan.config.sizes.
        channels: of the stage of the largest images; all others have twice as many.

    Inputs:
        latents (N, latent_width), float32.

    Outputs:
        images (N, C, H, W), float32, mostly in [-1, 1]: the last layer is linear, and pixels are clipped when images
        are made of them.

    Raises:
        ValueError: a size that cannot be.
    """

    def __init__(self, latent_width: int, image_shape: Tuple[int, int, int], channels: int):
        super().__init__()
        sides, doublings = r3gan_sides(image_shape)
        widths = _widths(channels, doublings + 1)
        self.last = channels_last()
        self.start_shape, self.pixels = (widths[0], *sides), sides[0] * sides[1]
        self.basis = ms.Parameter(ms.Tensor(np.zeros(self.start_shape, np.float32)), name="basis")
        self.dense = dense(latent_width, widths[0], bias=False)
        self.blocks = nn.CellList([Bottleneck(width) for width in widths])
        self.ups = nn.CellList([BilinearUp() for _ in range(doublings)])
        self.narrowed = doublings - 1  # the doubling before which the width halves
        self.narrow = conv(widths[-2], widths[-1], 1, bias=False)
        self.end = conv(widths[-1], image_shape[0], 1, bias=False)
        self.widths, self.width = tuple(widths), widths[0]

    def construct(self, latents):
        images = latents.shape[0]
        scale = product(self.dense(latents).reshape((-1, 1)), ops.ones((1, self.pixels), latents.dtype))
        basis = product(ops.ones((images, 1), latents.dtype), self.basis.reshape((1, -1)))
        x = (scale.reshape((-1, self.width * self.pixels)) * basis).reshape((-1, *self.start_shape))
        x = x.transpose((0, 2, 3, 1)) if self.last else x
        for index in range(len(self.blocks)):
            x = self.blocks[index](x)
            if index == self.narrowed:
                x = self.narrow(x)
            if index < len(self.ups):
                x = self.ups[index](x)
        x = self.end(x)
        return x.transpose((0, 3, 1, 2)) if self.last else x

    def describe(self, graph, latents):
        """The same as layers of an ms_gan.export.graph.Graph."""
        basis = self.basis.asnumpy().reshape(self.start_shape[0], -1, 1)
        weight = (basis * self.dense.weight.asnumpy()[:, None]).reshape(-1, self.dense.weight.shape[1])
        x = graph.layer("reshape", graph.layer("dense", latents, weight=weight, bias=None), shape=self.start_shape)
        for index, stage in enumerate(self.blocks):
            x = stage.describe(graph, x)
            if index == self.narrowed:
                x = graph.cell(self.narrow, x)
            if index < len(self.ups):
                x = self.ups[index].describe(graph, x, self.widths[index + 1])
        return graph.cell(self.end, x)

    def set_weights(self, random: np.random.Generator) -> None:
        """Initial weights of the whole network."""
        self.basis.set_data(ms.Tensor(random.standard_normal(self.basis.shape).astype(np.float32)))
        _set_weights(self, random, (self.dense, self.narrow, self.end))


class Discriminator(roles.Discriminator):
    """Images to logits: a convolution 1x1, a bottleneck for each size, and a depthwise convolution at the end.

    Args:
        image_shape: (C, H, W): see ms_gan.config.sizes.
        channels: of the stage of the largest images; all others have twice as many.

    Inputs:
        images (N, C, H, W), float32; mask, labels: None.

    Outputs:
        logits (N, 1), float32.

    Raises:
        ValueError: a size that cannot be.
    """

    def __init__(self, image_shape: Tuple[int, int, int], channels: int):
        super().__init__()
        sides, halvings = r3gan_sides(image_shape)
        widths = _widths(channels, halvings + 1)[::-1]
        self.last = channels_last()
        self.start = conv(image_shape[0], widths[0], 1, bias=False)
        self.blocks = nn.CellList([Bottleneck(width) for width in widths])
        self.downs = nn.CellList([BilinearDown() for _ in range(halvings)])
        self.widen = conv(widths[0], widths[1], 1, bias=False)
        self.aggregate = ms.Parameter(ms.Tensor(np.zeros((widths[-1], 1, *sides), np.float32)), name="aggregate")
        self.pixels, self.width = sides[0] * sides[1], widths[-1]
        self.dense = dense(widths[-1], 1, bias=False)

    def construct(self, images, mask=None, labels=None):
        x = self.start(images.transpose((0, 2, 3, 1)) if self.last else images)
        for index in range(len(self.blocks)):
            x = self.blocks[index](x)
            if index < len(self.downs):
                x = self.downs[index](x)
            if index == 0:
                x = self.widen(x)
        x = x.transpose((0, 3, 1, 2)) if self.last else x
        count = x.shape[0]
        weight = product(ops.ones((count, 1), x.dtype), self.aggregate.reshape((1, -1)))
        weighed = (x.reshape((count, -1)) * weight).reshape((-1, self.pixels))
        features = product(weighed, ops.ones((self.pixels, 1), x.dtype)).reshape((count, self.width))
        return self.dense(features)

    def set_weights(self, random: np.random.Generator) -> None:
        """Initial weights of the whole network."""
        _set_weights(self, random, (self.start, self.widen, self.dense))
        _normal(self.aggregate, random)


def _set_weights(network: nn.Cell, random: np.random.Generator, others: Tuple[nn.Cell, ...]) -> None:
    """Initial weights of a network's bottlenecks, and of its other layers."""
    for block in network.blocks:
        block.set_weights(random, len(network.blocks))
    for layer in others:
        _normal(layer.weight, random)
