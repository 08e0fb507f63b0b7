"""Blocks that networks with branches are built from: residual blocks, skip connections, changes of an image's size.

They stand in chains, as convolutions do, and take and give images in the layout of the chain: a U-Net or a ResNet in
one chain transposes its images twice in all, however many skips it has. In the docstrings that is (N, C, H, W).

A cell with the attribute `conditional` takes a second input, the condition: labels for example, see
ms_gan.models.embeddings. Blocks hand theirs on to such cells among their own, and are conditional where they have any.
"""

from typing import Optional, Sequence

import mindspore as ms
import numpy as np
from mindspore import nn, ops
from mindspore.ops import constexpr

from ms_gan.models import layers
from ms_gan.models.cpu import resampling


class Row(nn.SequentialCell):
    """Cells in a row, some of which may be conditional.

    Inputs:
        x (N, C, H, W): what the first cell takes; condition (N, ...): what conditional cells are given beside it.

    Outputs:
        those of the last cell.
    """

    def __init__(self, cells: Sequence[nn.Cell]):
        super().__init__(list(cells))
        self.given = tuple(getattr(cell, "conditional", False) for cell in cells)
        self.conditional = any(self.given)

    def construct(self, x, condition=None):
        for index, cell in enumerate(self.cell_list):
            x = cell(x, condition) if self.given[index] else cell(x)
        return x


class ConditionalChannelsLast(Row):
    """A Row of cells that take and give channels last, for images (N, C, H, W) at both ends."""

    def construct(self, x, condition=None):
        return super().construct(x.transpose((0, 2, 3, 1)), condition).transpose((0, 3, 1, 2))


def conditional_chain(cells: Sequence[nn.Cell]) -> nn.Cell:
    """`layers.chain` for cells of which some are conditional: (N, C, H, W), condition -> (N, C', H', W')."""
    return ConditionalChannelsLast(cells) if layers.channels_last() else Row(cells)


class Residual(nn.Cell):
    """shortcut(x) + inner(x): He et al. 2015 (arXiv:1512.03385), equations 1 and 2.

    Args:
        cells: the inner ones, in a row.
        shortcut: cells that give x the shape that the inner ones give it; none: x itself is added.

    Inputs:
        x (N, C, H, W), float32; condition: for conditional cells.

    Outputs:
        what the inner cells give.
    """

    def __init__(self, cells: Sequence[nn.Cell], shortcut: Optional[Sequence[nn.Cell]] = None):
        super().__init__()
        self.inner = Row(cells)
        self.shortcut = Row(shortcut) if shortcut else None
        self.conditional = self.inner.conditional or bool(shortcut and self.shortcut.conditional)

    def construct(self, x, condition=None):
        y = self.inner(x, condition)
        if self.shortcut is not None:
            x = self.shortcut(x, condition)
        return x + y


class Concatenated(nn.Cell):
    """x and inner(x), channels of the one after those of the other: a U-Net's skip (arXiv:1505.04597, figure 1).

    Args:
        cells: the inner ones, in a row. They keep the size of images.

    Inputs:
        x (N, C, H, W), float32; condition: for conditional cells.

    Outputs:
        (N, C + C', H, W), C' channels being what the inner cells give.
    """

    def __init__(self, cells: Sequence[nn.Cell]):
        super().__init__()
        self.inner = Row(cells)
        self.conditional = self.inner.conditional
        self.both = ops.Concat(3 if layers.channels_last() else 1)

    def construct(self, x, condition=None):
        return self.both((x, self.inner(x, condition)))


@constexpr
def _doubled(side):
    """The pixel (2 * side,) of a side that each pixel of the doubled side is a copy of."""
    return ms.Tensor(np.arange(side, dtype=np.int32).repeat(2))


class Upsampled(nn.Cell):
    """Twice as many rows and columns, each a copy of its neighbour: nearest-neighbour interpolation by 2.

    Inputs:
        (N, C, H, W), float32.

    Outputs:
        (N, C, 2H, 2W).
    """

    def construct(self, x):
        # MindSpore's ResizeNearestNeighbor registers no kernel for GPUs.
        rows, columns = _doubled(x.shape[2]), _doubled(x.shape[3])
        return ops.gather(ops.gather(x, rows, 2), columns, 3)


class Pooled(nn.Cell):
    """The mean of each 2x2 pixels: average pooling by 2.

    Inputs:
        (N, C, H, W), float32, H and W even.

    Outputs:
        (N, C, H / 2, W / 2).

    Raises:
        ValueError: an odd side.
    """

    def construct(self, x):
        # MindSpore's AvgPool registers no kernel for GPUs.
        images, channels, height, width = x.shape
        if height % 2 or width % 2:
            raise ValueError(f"pooling by 2 needs even sides, not {height}x{width}")
        squares = x.reshape((images * channels, height // 2, 2, width // 2, 2))
        return 0.25 * layers.total(squares, (2, 4)).reshape((images, channels, height // 2, width // 2))


@constexpr
def _mirrored(side, pad):
    """The pixel (side + 2 * pad,) of a side that each pixel of the padded side is a copy of."""
    return ms.Tensor(np.pad(np.arange(side, dtype=np.int32), pad, mode="reflect"))


class Reflected(nn.Cell):
    """Images with a border that mirrors them, without the outermost pixels themselves: padding by reflection.

    Args:
        pad: pixels on every side, fewer than the image has.

    Inputs:
        (N, C, H, W), float32.

    Outputs:
        (N, C, H + 2 * pad, W + 2 * pad).

    Raises:
        ValueError: an image that is too small to be reflected.
    """

    def __init__(self, pad: int):
        super().__init__()
        self.pad = pad

    def construct(self, x):
        height, width = x.shape[2:]
        if min(height, width) <= self.pad:
            raise ValueError(f"a border of {self.pad} reflected pixels needs larger images than {height}x{width}")
        # MindSpore's MirrorPad has no second derivative.
        rows, columns = _mirrored(height, self.pad), _mirrored(width, self.pad)
        return ops.gather(ops.gather(x, rows, 2), columns, 3)


def upsampled() -> nn.Cell:
    """`Upsampled` in the layout of chains."""
    return resampling.Upsampled() if layers.channels_last() else Upsampled()


def pooled() -> nn.Cell:
    """`Pooled` in the layout of chains."""
    return resampling.Pooled() if layers.channels_last() else Pooled()


def reflected(pad: int) -> nn.Cell:
    """`Reflected` in the layout of chains."""
    return resampling.Reflected(pad) if layers.channels_last() else Reflected(pad)
