"""FastGAN for few pictures: Liu et al. 2021 (arXiv:2101.04775).

The generator's high resolutions are gated by its low ones (skip-layer excitation, equation 1), and noise is added to
its maps in training. The discriminator has decoders, which learn to make real images again of what it has seen in them
(section 3.2).
"""

from typing import Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.config.sizes import fastgan_sides
from ms_gan.models.blocks import Row
from ms_gan.models.layers import batch_norm_2d, channels_last, conv, dense, product
from ms_gan.models.resampling import Pooled, Upsampled

FACTORS = (16, 8, 4, 2, 2, 1, 0.5)  # widths of the generator's maps from the smallest on, of those of 64 pixels 2
LEAP = 4  # doublings from the map that gates to the one that is gated


def _width(channels: int, factor: float) -> int:
    return max(2, int(channels * factor))


class GatedLinearUnit(nn.Cell):
    """The first half of the channels times the sigmoid of the second: Dauphin et al. 2017 (arXiv:1612.08083), eq. 1.

    Inputs:
        (N, 2C, H, W), float32; in a chain the layout is the chain's.

    Outputs:
        (N, C, H, W).
    """

    def __init__(self, channels: int):
        super().__init__()
        self.channels = channels
        self.split = ops.Split(3 if channels_last() else 1, 2)

    def construct(self, x):
        values, gates = self.split(x)
        return values * ops.sigmoid(gates)

    def describe(self, graph, x):
        """The same as layers of an ms_gan.export.graph.Graph."""
        values = graph.layer("channels", x, start=0, stop=self.channels)
        gates = graph.layer("channels", x, start=self.channels, stop=2 * self.channels)
        return graph.layer("multiply", values, graph.layer("sigmoid", gates))


class Noise(nn.Cell):
    """x + strength * noise, one number a pixel, the same for all channels; strength is learnt and begins with 0.

    Inputs:
        x (N, C, H, W), float32, in a chain in the chain's layout; noise (N, H * W), float32.

    Outputs:
        the shape of x.
    """

    def __init__(self):
        super().__init__()
        self.last = channels_last()
        self.strength = ms.Parameter(ms.Tensor(np.zeros(1, np.float32)), name="strength")

    def construct(self, x, noise):
        strength = self.strength.reshape((1, 1))
        if self.last:
            channels = x.shape[3]
            row = product(strength, ops.ones((1, channels), x.dtype))
            return x + product(noise.reshape((-1, 1)), row).reshape(x.shape)
        column = product(ops.ones((x.shape[0] * x.shape[1], 1), x.dtype), strength).reshape((x.shape[0], -1, 1))
        return x + ops.bmm(column, noise.expand_dims(1)).reshape(x.shape)


class UpBlock(nn.Cell):
    """Doubled by nearest neighbours, then one or two of convolution 3x3, BatchNorm and gated linear unit.

    Args:
        inputs, outputs: channels.
        noisy: two convolutions, with noise after each, in place of one without.

    Inputs:
        x (N, inputs, H, W), float32, in the layout of chains; noise (N, 8 * H * W) where it is noisy, or None.

    Outputs:
        (N, outputs, 2H, 2W).
    """

    def __init__(self, inputs: int, outputs: int, noisy: bool):
        super().__init__()
        self.noisy = noisy
        self.up = Upsampled()
        widths = [inputs, outputs] if noisy else [inputs]
        self.convolutions = nn.CellList([conv(width, 2 * outputs, 3, 1, "pad", 1, bias=False) for width in widths])
        self.norms = nn.CellList([batch_norm_2d(2 * outputs) for _ in widths])
        self.noises = nn.CellList([Noise() for _ in widths]) if noisy else None
        self.gated = GatedLinearUnit(outputs)

    def construct(self, x, noise=None):
        x = self.up(x)
        for index in range(len(self.norms)):
            x = self.convolutions[index](x)
            if noise is not None:
                pixels = noise.shape[1] // 2
                x = self.noises[index](x, noise[:, index * pixels : (index + 1) * pixels])
            x = self.gated(self.norms[index](x))
        return x

    def describe(self, graph, x):
        """The same as layers of an ms_gan.export.graph.Graph, without noise."""
        x = graph.cell(self.up, x)
        for convolution, norm in zip(self.convolutions, self.norms):
            x = graph.cell(self.gated, graph.cell(norm, graph.cell(convolution, x)))
        return x


class SkipExcitation(nn.Cell):
    """A large map, each channel times a gate in (0, 1) that a small map computes: equation 1 of the paper.

    Pooled to the network's smallest sides, a convolution as large as that, x * sigmoid(x), a convolution 1x1, sigmoid.

    Args:
        inputs: channels of the small map.
        outputs: channels of the large one.
        sides: the network's smallest height and width.
        halvings: from the small map to these.

    Inputs:
        x (N, outputs, H', W'), small (N, inputs, H, W), float32, in the layout of chains.

    Outputs:
        the shape of x.
    """

    def __init__(self, inputs: int, outputs: int, sides: Tuple[int, int], halvings: int):
        super().__init__()
        self.last = channels_last()
        self.inputs = inputs * sides[0] * sides[1]
        self.outputs = outputs
        self.pooled = Row([Pooled() for _ in range(halvings)]) if halvings else None
        self.squeeze = dense(self.inputs, outputs, bias=False)
        self.excite = dense(outputs, outputs, bias=False)

    def construct(self, x, small):
        if self.pooled is not None:
            small = self.pooled(small)
        if self.last:
            small = small.transpose((0, 3, 1, 2))
        hidden = self.squeeze(small.reshape((-1, self.inputs)))
        gate = ops.sigmoid(self.excite(hidden * ops.sigmoid(hidden)))
        if self.last:
            height, width = x.shape[1], x.shape[2]
            repeated = ops.bmm(ops.ones((x.shape[0], height * width, 1), x.dtype), gate.reshape((-1, 1, self.outputs)))
            repeated = repeated.reshape((-1, height, width, self.outputs))
        else:
            height, width = x.shape[2], x.shape[3]
            repeated = ops.bmm(gate.reshape((-1, self.outputs, 1)), ops.ones((x.shape[0], 1, height * width), x.dtype))
            repeated = repeated.reshape((-1, self.outputs, height, width))
        return x * repeated

    def describe(self, graph, x, small):
        """The same as layers of an ms_gan.export.graph.Graph."""
        if self.pooled is not None:
            small = graph.cell(self.pooled, small)
        hidden = graph.cell(self.squeeze, graph.layer("reshape", small, shape=(self.inputs,)))
        hidden = graph.layer("multiply", hidden, graph.layer("sigmoid", hidden))
        gate = graph.layer("sigmoid", graph.cell(self.excite, hidden))
        return graph.layer("multiply", x, graph.layer("reshape", gate, shape=(self.outputs, 1, 1)))


class Generator(nn.Cell):
    """Latents to images: a start of 4 to 7 pixels, doubled by UpBlocks, every other one noisy; Tanh at the end.

    Maps that are LEAP doublings after another one are gated by it, and so is the last one by the first where there are
    fewer. The weights have no spectral normalisation, which the paper's code has in its generator too.

    Args:
        latent_width: numbers in one latent vector.
        image_shape: (C, H, W): see ms_gan.config.sizes.
        channels: the unit of widths: 16 times as many at the start, twice as many at 64 pixels.

    Inputs:
        latents (N, latent_width), float32, or with noise beside them (N, latent_width + noise_numbers), as a step of
        training has it. Without noise nothing is added.

    Outputs:
        images (N, C, H, W), float32 in [-1, 1].

    Attributes:
        noise_numbers: numbers of noise for each image, N(0, 1).

    Raises:
        ValueError: a size that cannot be.
    """

    def __init__(self, latent_width: int, image_shape: Tuple[int, int, int], channels: int):
        super().__init__()
        sides, doublings = fastgan_sides(image_shape)
        widths = [_width(channels, factor) for factor in FACTORS[: doublings + 1]]
        self.last = channels_last()
        self.latent_width = latent_width
        self.start_shape = (2 * widths[0], *sides)
        # A transposed convolution from 1x1 is a matrix product, and runs faster as one.
        self.dense = dense(latent_width, 2 * widths[0] * sides[0] * sides[1], bias=False)
        self.start = Row([batch_norm_2d(2 * widths[0]), GatedLinearUnit(widths[0])])
        self.blocks = nn.CellList([UpBlock(widths[i], widths[i + 1], noisy=i % 2 == 0) for i in range(doublings)])
        pixels = [sides[0] * sides[1] * 4 ** (i + 1) for i in range(doublings)]
        self.noise_ends = tuple(np.cumsum([0, *(2 * p if i % 2 == 0 else 0 for i, p in enumerate(pixels))]).tolist())
        self.noise_numbers = self.noise_ends[-1]
        leap = min(LEAP, doublings)
        self.first_gated = leap - 1
        self.gates = nn.CellList(
            [
                SkipExcitation(widths[i + 1 - leap], widths[i + 1], sides, halvings=i + 1 - leap)
                for i in range(leap - 1, doublings)
            ]
        )
        self.end = Row([conv(widths[-1], image_shape[0], 3, 1, "pad", 1, bias=False), nn.Tanh()])

    def construct(self, latents):
        noise = None
        if latents.shape[1] > self.latent_width:
            noise = latents[:, self.latent_width :]
            latents = latents[:, : self.latent_width]
        x = self.dense(latents).reshape((-1, *self.start_shape))
        x = self.start(x.transpose((0, 2, 3, 1)) if self.last else x)
        maps = (x,)
        for index in range(len(self.blocks)):
            own = None
            if noise is not None and self.noise_ends[index + 1] > self.noise_ends[index]:
                own = noise[:, self.noise_ends[index] : self.noise_ends[index + 1]]
            x = self.blocks[index](x, own)
            if index >= self.first_gated:
                x = self.gates[index - self.first_gated](x, maps[index - self.first_gated])
            maps = (*maps, x)
        images = self.end(x)
        return images.transpose((0, 3, 1, 2)) if self.last else images

    def describe(self, graph, latents):
        """The same as layers of an ms_gan.export.graph.Graph, without noise."""
        x = graph.layer("reshape", graph.cell(self.dense, latents), shape=self.start_shape)
        maps = [graph.cell(self.start, x)]
        for index, block in enumerate(self.blocks):
            x = block.describe(graph, maps[-1])
            if index >= self.first_gated:
                x = self.gates[index - self.first_gated].describe(graph, x, maps[index - self.first_gated])
            maps.append(x)
        return graph.cell(self.end, maps[-1])
