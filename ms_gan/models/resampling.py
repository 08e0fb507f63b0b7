"""Enlarging, pooling and reflecting images, in the layout of chains, by Gathers of pixels on every device.

MindSpore's own ops cannot be differentiated twice (MirrorPad), or have no kernels for GPUs (ResizeNearestNeighbor,
AvgPool, what the gradients of BroadcastTo and Tile are).
"""

from functools import lru_cache

import numpy as np
from mindspore import nn
from mindspore.ops import constexpr

from ms_gan.models.cpu.patches import Gathered, readers, tables_of
from ms_gan.models.layers import channels_last


@lru_cache(maxsize=None)
def doubled_rows(height: int, width: int) -> np.ndarray:
    """(2 * height * 2 * width,): the pixel of a small image that each pixel of the doubled one is a copy of."""
    rows = np.arange(height * width, dtype=np.int32).reshape(height, width)
    return rows.repeat(2, 0).repeat(2, 1).reshape(-1)


@lru_cache(maxsize=None)
def reflected_rows(height: int, width: int, pad: int) -> np.ndarray:
    """((height + 2 * pad) * (width + 2 * pad),): the pixel that each pixel of the padded image is a copy of."""
    rows = np.arange(height * width, dtype=np.int32).reshape(height, width)
    return np.pad(rows, pad, mode="reflect").reshape(-1)


@constexpr
def _doubled_tables(images, height, width):
    return tables_of(doubled_rows(height, width)[None])


@constexpr
def _doubled_readers(images, height, width):
    return tables_of(readers(doubled_rows(height, width), height * width))


@constexpr
def _reflected_tables(images, height, width, pad):
    return tables_of(reflected_rows(height, width, pad)[None])


@constexpr
def _reflected_readers(images, height, width, pad):
    return tables_of(readers(reflected_rows(height, width, pad), height * width))


# Functions of the compiler: a `raise` in `construct` breaks some graphs, as told in patchgan.py.
@constexpr
def _even(height, width):
    if height % 2 or width % 2:
        raise ValueError(f"pooling by 2 needs even sides, not {height}x{width}")


@constexpr
def _larger(height, width, pad):
    if min(height, width) <= pad:
        raise ValueError(f"a border of {pad} reflected pixels needs larger images than {height}x{width}")


class Resampled(nn.Cell):
    """What the cells below and in bilinear.py share: pixels gathered in the layout of chains when it is built."""

    def __init__(self, gathered: Gathered):
        super().__init__()
        self.last = channels_last()
        self.gathered = gathered

    def sides(self, x):
        """The height and the width of images."""
        return (x.shape[1], x.shape[2]) if self.last else (x.shape[2], x.shape[3])

    def resampled(self, x, before, table, after):
        """Images of the sides `before` brought to the sides `after` by the tables for images of the sides `table`."""
        return self.resampled_by(self.gathered, x, before, table, after)

    def resampled_by(self, gathered, x, before, table, after):
        """The same by a Gathered of one's own."""
        # With channels first each channel counts as an image of one.
        images, channels = x.shape[0], x.shape[3 if self.last else 1]
        shape = (images, *after, channels) if self.last else (images, channels, *after)
        pixels = x.reshape((images if self.last else images * channels, before[0] * before[1], -1))
        return gathered(pixels, 1, *table).reshape(shape)


class Upsampled(Resampled):
    """Twice as many rows and columns, each a copy of its neighbour: nearest-neighbour interpolation by 2.

    Inputs:
        (N, C, H, W), float32; in a chain the layout is the chain's.

    Outputs:
        (N, C, 2H, 2W).
    """

    def __init__(self):
        super().__init__(Gathered(_doubled_tables, _doubled_readers, ()))

    def construct(self, x):
        height, width = self.sides(x)
        return self.resampled(x, (height, width), (height, width), (2 * height, 2 * width))

    def describe(self, graph, x):
        """The same as a layer of an ms_gan.export.graph.Graph."""
        return graph.layer("upsample", x, factor=2)


class Pooled(Resampled):
    """The mean of each 2x2 pixels: average pooling by 2.

    Inputs:
        (N, C, H, W), float32, H and W even; in a chain the layout is the chain's.

    Outputs:
        (N, C, H / 2, W / 2).

    Raises:
        ValueError: an odd side.
    """

    def __init__(self):
        super().__init__(Gathered(_doubled_readers, _doubled_tables, ()))

    def construct(self, x):
        height, width = self.sides(x)
        _even(height, width)
        half = (height // 2, width // 2)
        return 0.25 * self.resampled(x, (height, width), half, half)

    def describe(self, graph, x):
        """The same as a layer of an ms_gan.export.graph.Graph."""
        return graph.layer("average_pool", x, kernel=2, stride=2)


class Reflected(Resampled):
    """Images with a border that mirrors them, without the outermost pixels themselves: padding by reflection.

    Args:
        pad: pixels on every side, fewer than the image has.

    Inputs:
        (N, C, H, W), float32; in a chain the layout is the chain's.

    Outputs:
        (N, C, H + 2 * pad, W + 2 * pad).

    Raises:
        ValueError: an image that is too small to be reflected.
    """

    def __init__(self, pad: int):
        super().__init__(Gathered(_reflected_tables, _reflected_readers, (pad,)))
        self.pad = pad

    def construct(self, x):
        height, width = self.sides(x)
        _larger(height, width, self.pad)
        return self.resampled(x, (height, width), (height, width), (height + 2 * self.pad, width + 2 * self.pad))

    def describe(self, graph, x):
        """The same as a layer of an ms_gan.export.graph.Graph."""
        return graph.layer("pad", x, rows=(self.pad, self.pad), columns=(self.pad, self.pad), mode="reflect")
