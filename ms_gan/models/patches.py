"""The patches that a convolution reads, gathered into rows, and their adjoint: im2col and col2im by one Gather each.

Pixels are rows of channels, (N, H * W, C), so that a patch is a few contiguous copies. MindSpore's slices, pads and
`ops.unfold` copy number by number on a CPU, 20 to 60 times slower than its Gather.
"""

from functools import lru_cache

import mindspore as ms
import numpy as np
from mindspore import nn, ops
from mindspore.ops import constexpr

ZEROS = ops.ZerosLike()


def outputs_along(size: int, kernel: int, stride: int, before: int, after: int) -> int:
    """How many places a kernel takes along one side of an image that is padded before and after."""
    return (size + before + after - kernel) // stride + 1


def _taps(size: int, kernel: int, stride: int, before: int, after: int) -> np.ndarray:
    """(outputs, kernel): the pixel that each tap reads at each place, `size` where it reads padding."""
    places = np.arange(outputs_along(size, kernel, stride, before, after))
    pixel = places[:, None] * stride + np.arange(kernel) - before
    return np.where((pixel >= 0) & (pixel < size), pixel, size)


def _readers(size: int, kernel: int, stride: int, before: int, after: int) -> np.ndarray:
    """(readers, size): place * kernel + tap of each tap that reads a pixel, -1 where a pixel has fewer readers."""
    position = np.arange(size) + before
    tap = position % stride + np.arange(-(-kernel // stride))[:, None] * stride
    place = (position - tap) // stride
    there = (tap < kernel) & (place >= 0) & (place < outputs_along(size, kernel, stride, before, after))
    return np.where(there, place * kernel + tap, -1)


@lru_cache(maxsize=None)
def patch_rows(height: int, width: int, kernel: int, stride: int, before: int, after: int) -> np.ndarray:
    """(places * kernel * kernel,): for every tap at every place the row of its pixel; H * W for padding."""
    y = _taps(height, kernel, stride, before, after)[:, None, :, None]
    x = _taps(width, kernel, stride, before, after)[None, :, None, :]
    rows = np.where((y < height) & (x < width), y * width + x, height * width)
    return rows.astype(np.int32).reshape(-1)


@lru_cache(maxsize=None)
def reader_rows(height: int, width: int, kernel: int, stride: int, before: int, after: int) -> np.ndarray:
    """(readers, H * W): the rows of `patch_rows` that read each pixel; its length stands for none."""
    columns = outputs_along(width, kernel, stride, before, after)
    y = _readers(height, kernel, stride, before, after)[:, None, :, None]
    x = _readers(width, kernel, stride, before, after)[None, :, None, :]
    rows = ((y // kernel * columns + x // kernel) * kernel + y % kernel) * kernel + x % kernel
    none = outputs_along(height, kernel, stride, before, after) * columns * kernel * kernel
    rows = np.where((y >= 0) & (x >= 0), rows, none)
    return rows.astype(np.int32).reshape(-1, height * width)


@constexpr
def _patch_tensor(height, width, kernel, stride, before, after):
    return ms.Tensor(patch_rows(height, width, kernel, stride, before, after))


@constexpr
def _reader_tensors(height, width, kernel, stride, before, after):
    return tuple(ms.Tensor(rows) for rows in reader_rows(height, width, kernel, stride, before, after))


def _with_zero_row(rows):
    """A row of zeros after the last of each image: what padding reads, and what a missing reader adds."""
    return ops.concat((rows, ZEROS(rows[:, :1])), 1)


class Unfold(nn.Cell):
    """Pixels to patches (im2col).

    Its gradient is a Fold, written out because MindSpore's for Gather adds row by row in one thread. Derivatives of
    higher order than `order` are right too, and slow.

    Args:
        kernel, stride: pixels.
        before, after: rows and columns of zeros at the top and the left, at the bottom and the right.
        order: how many times in a row this can be differentiated quickly.

    Inputs:
        pixels (N, H * W, C), height H, width W.

    Outputs:
        patches (N, places * kernel * kernel, C), places = H' * W' of the convolution's output.
    """

    def __init__(self, kernel: int, stride: int, before: int, after: int, order: int = 2):
        super().__init__()
        self.geometry = (kernel, stride, before, after)
        self.gather = ops.Gather()
        if order:
            self.adjoint = Fold(kernel, stride, before, after, order - 1)
            self.bprop = self._bprop

    def construct(self, pixels, height, width):
        return self.gather(_with_zero_row(pixels), _patch_tensor(height, width, *self.geometry), 1)

    def _bprop(self, pixels, height, width, out, gradient):
        return self.adjoint(gradient, height, width), 0, 0


class Fold(nn.Cell):
    """Patches to pixels, adding where they overlap (col2im): the adjoint of Unfold, with the same arguments.

    Inputs:
        patches (N, places * kernel * kernel, C), height H, width W of the pixels.

    Outputs:
        pixels (N, H * W, C).
    """

    def __init__(self, kernel: int, stride: int, before: int, after: int, order: int = 2):
        super().__init__()
        self.geometry = (kernel, stride, before, after)
        self.gather = ops.Gather()
        if order:
            self.adjoint = Unfold(kernel, stride, before, after, order - 1)
            self.bprop = self._bprop

    def construct(self, patches, height, width):
        rows = _with_zero_row(patches)
        readers = _reader_tensors(height, width, *self.geometry)
        total = self.gather(rows, readers[0], 1)
        for reader in readers[1:]:
            total = total + self.gather(rows, reader, 1)
        return total

    def _bprop(self, patches, height, width, out, gradient):
        return self.adjoint(gradient, height, width), 0, 0
