"""Rows gathered from rows, and the adjoint: im2col, col2im and the tiles of Winograd's convolutions, by Gathers.

Pixels are rows of channels, (N, H * W, C), so that a patch is a few contiguous copies. MindSpore's slices, pads and
`ops.unfold` copy number by number on a CPU, 20 to 60 times slower than its Gather.
"""

from functools import lru_cache
from typing import Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops
from mindspore.ops import constexpr

from ms_gan.models.joined import Joined

ZEROS = ops.ZerosLike()


def outputs_along(size: int, kernel: int, stride: int, before: int, after: int) -> int:
    """How many places a kernel takes along one side of an image that is padded before and after."""
    return (size + before + after - kernel) // stride + 1


def taps(size: int, kernel: int, stride: int, before: int, after: int) -> np.ndarray:
    """Of shape (outputs, kernel): the pixel that each tap reads at each place, `size` where it reads padding."""
    places = np.arange(outputs_along(size, kernel, stride, before, after))
    pixel = places[:, None] * stride + np.arange(kernel) - before
    return np.where((pixel >= 0) & (pixel < size), pixel, size)


@lru_cache(maxsize=None)
def patch_rows(height: int, width: int, kernel: int, stride: int, before: int, after: int) -> np.ndarray:
    """Of shape (places * kernel * kernel,): for every tap at every place the row of its pixel; H * W for padding."""
    y = taps(height, kernel, stride, before, after)[:, None, :, None]
    x = taps(width, kernel, stride, before, after)[None, :, None, :]
    rows = np.where((y < height) & (x < width), y * width + x, height * width)
    return rows.astype(np.int32).reshape(-1)


def readers(table: np.ndarray, rows: int) -> np.ndarray:
    """The adjoint of a table: (most readers of a row, rows), int32.

    Args:
        table: for each place the row that it reads, `rows` where it reads none.
        rows: how many rows there are.

    Returns:
        for each row the places that read it, len(table) where it has fewer readers than another.
    """
    places = np.argsort(table, kind="stable")
    places = places[: np.count_nonzero(table < rows)]
    read = table[places]
    rank = np.arange(len(read)) - np.searchsorted(read, read)
    result = np.full((rank.max() + 1, rows), len(table), np.int32)
    result[rank, read] = places
    return result


def tables_of(rows: np.ndarray) -> Tuple[ms.Tensor, ...]:
    """Tables of shape (tables, places), int32, as the constants of a graph."""
    return tuple(ms.Tensor(table) for table in rows)


@constexpr
def _patch_tables(images, height, width, kernel, stride, before, after):
    return tables_of(patch_rows(height, width, kernel, stride, before, after)[None])


@constexpr
def _reader_tables(images, height, width, kernel, stride, before, after):
    return tables_of(readers(patch_rows(height, width, kernel, stride, before, after), height * width))


class Gathered(nn.Cell):
    """Rows that are sums of given rows: a product with a sparse matrix of ones.

    Its gradient is the adjoint, written out because MindSpore's for Gather adds row by row in one thread. Derivatives
    of higher order than `order` are right too, and slow.

    Args:
        tables, adjoint: functions of (images, height, width, *geometry) that give tuples of int32 tensors. Each table
            names for every output row one input row to add, or the number of input rows for none.
        geometry: the last arguments of both.
        order: how many times in a row this can be differentiated quickly.

    Inputs:
        rows (N, R, C), float32; images, height, width: what the tables depend on.

    Outputs:
        (N, R', C), R' the length of a table.
    """

    def __init__(self, tables, adjoint, geometry, order: int = 2):
        super().__init__()
        self.tables = tables
        self.geometry = geometry
        self.gather = ops.Gather()
        self.join = Joined(1)
        if order:
            self.adjoint = Gathered(adjoint, tables, geometry, order - 1)
            self.bprop = self._bprop

    def construct(self, rows, images, height, width):
        # A row of zeros after the last of each image: what padding reads, and what a missing reader adds.
        rows = self.join(rows, ZEROS(rows[:, :1]))
        tables = self.tables(images, height, width, *self.geometry)
        total = self.gather(rows, tables[0], 1)
        for table in tables[1:]:
            total = total + self.gather(rows, table, 1)
        return total

    def _bprop(self, rows, images, height, width, out, gradient):
        return self.adjoint(gradient, images, height, width), 0, 0, 0


def unfold(kernel: int, stride: int, before: int, after: int) -> Gathered:
    """Pixels (N, H * W, C) to patches (N, places * kernel * kernel, C), places = H' * W' of the convolution: im2col.

    Args:
        kernel, stride: pixels.
        before, after: rows and columns of zeros at the top and the left, at the bottom and the right.
    """
    return Gathered(_patch_tables, _reader_tables, (kernel, stride, before, after))


def fold(kernel: int, stride: int, before: int, after: int) -> Gathered:
    """Patches to pixels, adding where they overlap: col2im, the adjoint of `unfold`, with the same arguments."""
    return Gathered(_reader_tables, _patch_tables, (kernel, stride, before, after))
