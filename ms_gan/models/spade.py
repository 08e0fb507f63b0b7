"""Pictures of maps: spatially-adaptive denormalisation, Park et al. 2019 (SPADE, arXiv:1903.07291).

Maps are int32 (N, H, W), class numbers 0 to 254 with 255 for unknown, and become one-hot inside the graph: 150 classes
at 256 pixels would take 40 MB an image otherwise.
"""

from functools import lru_cache
from typing import List, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops
from mindspore.ops import constexpr

from ms_gan.models.blocks import Residual, Row
from ms_gan.models.layers import (
    activation,
    batch_norm_2d,
    channels_last,
    conv,
    dense,
    instance_norm,
    scale_and_shift,
)
from ms_gan.models.resampling import Upsampled

SLOPE = 0.2
START = 4  # pixels: the side from which the generator doubles, where the picture's sides allow it
WIDEST = 8  # times the channels of the last block
NUMBERS = 256  # that a pixel of a map may have


@lru_cache(maxsize=None)
def picked_rows(height: int, width: int, factor: int) -> np.ndarray:
    """(height / factor * width / factor,): which pixels of a map its nearest-neighbour reduction keeps."""
    rows = np.arange(height * width, dtype=np.int32).reshape(height, width)
    return np.ascontiguousarray(rows[::factor, ::factor]).reshape(-1)


@constexpr
def _picked(height, width, factor):
    return ms.Tensor(picked_rows(height, width, factor))


class OneHotMaps(nn.Cell):
    """Maps as one-hot images in the layout of chains, reduced by nearest neighbour; unknown pixels are all zeros.

    Args:
        classes: K.
        factor: every so many-th row and column is kept.

    Inputs:
        int32 (N, H, W), each 0 to 255.

    Outputs:
        float32 (N, K, H / factor, W / factor).
    """

    def __init__(self, classes: int, factor: int = 1):
        super().__init__()
        self.classes, self.factor, self.last = classes, factor, channels_last()
        table = np.zeros((NUMBERS, classes), np.float32)
        table[:classes] = np.eye(classes)
        self.table = ms.Tensor(table)
        self.gather = ops.Gather()

    def construct(self, maps):
        count, height, width = maps.shape
        if self.factor > 1:
            picked = _picked(height, width, self.factor)
            maps = self.gather(maps.reshape((count, height * width)), picked, 1)
            height, width = height // self.factor, width // self.factor
        hot = self.gather(self.table, maps.reshape((-1,)), 0).reshape((count, height, width, self.classes))
        return hot if self.last else hot.transpose((0, 3, 1, 2))


class Spade(nn.Cell):
    """BatchNorm without parameters, then a scale 1 + gamma and a shift beta for each pixel, out of a map: equation 1.

    Args:
        classes: of the maps.
        channels: C.
        hidden: channels of the convolution that gamma and beta share.
        factor: how many times smaller than the maps x is.

    Inputs:
        x (N, C, H / factor, W / factor), float32, in the layout of chains; maps: int32 (N, H, W).

    Outputs:
        the shape of x.
    """

    conditional = True

    def __init__(self, classes: int, channels: int, hidden: int, factor: int):
        super().__init__()
        self.factor = factor
        self.one_hot = OneHotMaps(classes, factor)
        self.normalise = batch_norm_2d(channels, affine=False)
        self.shared = conv(classes, hidden, 3, 1, "pad", 1)
        self.relu = nn.ReLU()
        self.gamma = conv(hidden, channels, 3, 1, "pad", 1)
        self.beta = conv(hidden, channels, 3, 1, "pad", 1)
        self.scale_and_shift = scale_and_shift()

    def construct(self, x, maps):
        hidden = self.relu(self.shared(self.one_hot(maps)))
        return self.scale_and_shift(self.normalise(x), 1.0 + self.gamma(hidden), self.beta(hidden))

    def describe(self, graph, x, hot):
        """The same as layers of an ms_gan.export.graph.Graph; `hot`: the one-hot maps at full size."""
        if self.factor > 1:
            hot = graph.layer("max_pool", hot, kernel=1, stride=self.factor)
        hidden = graph.cell(self.relu, graph.cell(self.shared, hot))
        normalised = graph.cell(self.normalise, x)
        scaled = graph.layer("multiply", normalised, graph.cell(self.gamma, hidden))
        return graph.layer("add", graph.layer("add", normalised, scaled), graph.cell(self.beta, hidden))


def spade_block(classes: int, inputs: int, outputs: int, hidden: int, factor: int) -> Residual:
    """A residual block of two SPADE layers, each before a LeakyReLU and a convolution: figure 4 of the paper.

    The shortcut, where channels change, has a SPADE layer too, and no activation.
    """
    middle = min(inputs, outputs)
    cells = [
        Spade(classes, inputs, hidden, factor), activation(SLOPE), conv(inputs, middle, 3, 1, "pad", 1),
        Spade(classes, middle, hidden, factor), activation(SLOPE), conv(middle, outputs, 3, 1, "pad", 1),
    ]  # fmt: skip
    shortcut = [Spade(classes, inputs, hidden, factor), conv(inputs, outputs, 1, bias=False)]
    return Residual(cells, shortcut if inputs != outputs else None)


def doublings(height: int, width: int) -> int:
    """How many times a picture's sides can be halved without becoming odd or smaller than START.

    Raises:
        ValueError: fewer than two times.
    """
    count = 0
    while height % 2 == 0 and width % 2 == 0 and min(height, width) >= 2 * START:
        height, width, count = height // 2, width // 2, count + 1
    if count < 2:
        raise ValueError("pictures of maps need sides that are multiples of 4, and at least 16 pixels")
    return count


class Generator(nn.Cell):
    """Pictures of maps: doublings with SPADE blocks, section 3 of the paper.

    Args:
        classes: of the maps.
        image_shape: (C, H, W).
        channels: of the last block, twice as many before each doubling, at most 8 times.
        hidden: of the SPADE layers.
        style: numbers of the latent; 0: the first layer sees the map alone.

    Inputs:
        maps: int32 (N, H, W); latents: float32 (N, style), or None where style is 0.

    Outputs:
        (N, C, H, W), float32 in [-1, 1].

    Raises:
        ValueError: sides that cannot be halved twice.
    """

    def __init__(self, classes: int, image_shape: Tuple[int, int, int], channels: int, hidden: int, style: int):
        super().__init__()
        colours, height, width = image_shape
        count = doublings(height, width)
        widths = [channels * min(WIDEST, 2 ** (count - i)) for i in range(count + 1)]
        self.style, self.last = style, channels_last()
        self.begins = (widths[0], height >> count, width >> count)
        self.one_hot = None if style else OneHotMaps(classes, 2**count)
        size = widths[0] * self.begins[1] * self.begins[2]
        self.start = dense(style, size) if style else conv(classes, widths[0], 3, 1, "pad", 1)
        cells: List[nn.Cell] = []
        for i in range(count):
            block = spade_block(classes, widths[i], widths[i + 1], hidden, 2 ** (count - 1 - i))
            cells += [Upsampled(), block]
        self.layers = Row([*cells, activation(SLOPE), conv(channels, colours, 3, 1, "pad", 1), nn.Tanh()])
        self.normalised = [
            cell
            for block in cells[1::2]
            for row in filter(None, (block.inner, block.shortcut))
            for cell in row.cell_list
            if isinstance(cell, nn.Conv2d)
        ]
        # What the blocks' table of maps is read from, for exports.
        self.table = OneHotMaps(classes).table

    def construct(self, maps, latents=None):
        if self.style:
            x = self.start(latents).reshape((-1, *self.begins))
            x = x.transpose((0, 2, 3, 1)) if self.last else x
        else:
            x = self.start(self.one_hot(maps))
        x = self.layers(x, maps)
        return x.transpose((0, 3, 1, 2)) if self.last else x

    def describe(self, graph, maps, latents=None):
        """The same as layers of an ms_gan.export.graph.Graph."""
        hot = graph.layer("channels_first", graph.layer("embedding", maps, table=self.table.asnumpy()))
        if self.style:
            x = graph.layer("reshape", graph.cell(self.start, latents), shape=self.begins)
        else:
            x = graph.cell(self.start, graph.layer("max_pool", hot, kernel=1, stride=self.one_hot.factor))
        return self.layers.describe(graph, x, hot)


class Encoder(nn.Cell):
    """A picture's style as a normal distribution: appendix A of the paper, with as many layers as the sides allow.

    Args:
        image_shape: (C, H, W).
        channels: of the first layer, twice as many after each halving, at most 8 times.
        style: numbers of the latent.

    Inputs:
        (N, C, H, W), float32 in [-1, 1].

    Outputs:
        means and logarithms of variances, each (N, style).
    """

    def __init__(self, image_shape: Tuple[int, int, int], channels: int, style: int):
        super().__init__()
        colours, height, width = image_shape
        count = doublings(height, width)
        self.last = channels_last()
        cells: List[nn.Cell] = []
        for i in range(count):
            outputs = channels * min(WIDEST, 2**i)
            cells += [
                conv(colours, outputs, 3, 2, "pad", 1, bias=False), instance_norm(outputs, False), activation(SLOPE),
            ]  # fmt: skip
            colours = outputs
        self.layers = nn.SequentialCell(cells)
        self.normalised = cells[::3]
        size = colours * (height >> count) * (width >> count)
        self.mean, self.log_variance = dense(size, style), dense(size, style)

    def construct(self, images):
        x = self.layers(images.transpose((0, 2, 3, 1)) if self.last else images)
        x = x.transpose((0, 3, 1, 2)) if self.last else x
        x = x.reshape((x.shape[0], -1))
        return self.mean(x), self.log_variance(x)
