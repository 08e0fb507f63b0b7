"""Convolutions as matrix products: gather the patches, multiply once."""

from functools import lru_cache
from typing import Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops
from mindspore.ops import constexpr

Padding = Tuple[int, int, int, int]


def _taps(size: int, kernel: int, stride: int, before: int, after: int) -> np.ndarray:
    """(outputs, kernel): the pixel that each tap of each output reads; `size` where that is padding."""
    outputs = (size + before + after - kernel) // stride + 1
    pixel = np.arange(outputs)[:, None] * stride + np.arange(kernel) - before
    return np.where((pixel >= 0) & (pixel < size), pixel, size)


def _readers(size: int, kernel: int, stride: int, before: int, after: int) -> np.ndarray:
    """(slots, size): output * kernel + tap of each that reads a pixel; -1 fills up where fewer do."""
    outputs = (size + before + after - kernel) // stride + 1
    position = np.arange(size) + before
    tap = position % stride + np.arange(-(-kernel // stride))[:, None] * stride
    output = (position - tap) // stride
    return np.where((tap < kernel) & (output >= 0) & (output < outputs), output * kernel + tap, -1)


@lru_cache(maxsize=None)
def _patch_rows(height: int, width: int, kernel: int, stride: int, padding: Padding) -> np.ndarray:
    top, bottom, left, right = padding
    y = _taps(height, kernel, stride, top, bottom)[:, None, :, None]
    x = _taps(width, kernel, stride, left, right)[None, :, None, :]
    return np.where((y < height) & (x < width), y * width + x, height * width).astype(np.int32).reshape(-1)


@lru_cache(maxsize=None)
def _reader_rows(height: int, width: int, kernel: int, stride: int, padding: Padding) -> np.ndarray:
    top, bottom, left, right = padding
    columns = (width + left + right - kernel) // stride + 1
    rows = (height + top + bottom - kernel) // stride + 1
    y = _readers(height, kernel, stride, top, bottom)[:, None, :, None]
    x = _readers(width, kernel, stride, left, right)[None, :, None, :]
    row = ((y // kernel * columns + x // kernel) * kernel + y % kernel) * kernel + x % kernel
    row = np.where((y >= 0) & (x >= 0), row, rows * columns * kernel * kernel)
    return row.astype(np.int32).reshape(y.shape[0] * x.shape[1], height * width)


@constexpr
def patch_rows(height, width, kernel, stride, padding):
    return ms.Tensor(_patch_rows(height, width, kernel, stride, padding))


@constexpr
def reader_rows(height, width, kernel, stride, padding):
    return tuple(ms.Tensor(row) for row in _reader_rows(height, width, kernel, stride, padding))


def _with_zero_row(rows):
    return ops.concat((rows, ops.zeros((rows.shape[0], 1, rows.shape[2]), rows.dtype)), 1)


class Unfold(nn.Cell):
    def __init__(self, kernel, stride, padding, order=2):
        super().__init__()
        self.geometry = (kernel, stride, padding)
        self.gather = ops.Gather()
        self.adjoint = Fold(kernel, stride, padding, order - 1) if order else None
        if not order:
            self.bprop = None

    def construct(self, pixels, height, width):
        return self.gather(_with_zero_row(pixels), patch_rows(height, width, *self.geometry), 1)

    def bprop(self, pixels, height, width, out, gradient):
        return self.adjoint(gradient, height, width), 0, 0


class Fold(nn.Cell):
    def __init__(self, kernel, stride, padding, order=2):
        super().__init__()
        self.geometry = (kernel, stride, padding)
        self.gather = ops.Gather()
        self.adjoint = Unfold(kernel, stride, padding, order - 1) if order else None
        if not order:
            self.bprop = None

    def construct(self, patches, height, width):
        rows = _with_zero_row(patches)
        readers = reader_rows(height, width, *self.geometry)
        total = self.gather(rows, readers[0], 1)
        for reader in readers[1:]:
            total = total + self.gather(rows, reader, 1)
        return total

    def bprop(self, patches, height, width, out, gradient):
        return self.adjoint(gradient, height, width), 0, 0


class Conv(nn.Cell):
    """NHWC -> NHWC"""
    def __init__(self, inputs, outputs, kernel, stride, padding):
        super().__init__()
        self.k, self.s, self.p = kernel, stride, padding
        self.o, self.c = outputs, inputs
        self.weight = ms.Parameter(ms.Tensor(np.random.randn(outputs, inputs, kernel, kernel).astype(np.float32)), name="weight")
        self.unfold = Unfold(kernel, stride, padding)
        self.mm = ops.MatMul(transpose_b=True)

    def construct(self, x):
        n, h, w, c = x.shape
        t, b, l, r = self.p
        ho, wo = (h + t + b - self.k) // self.s + 1, (w + l + r - self.k) // self.s + 1
        cols = self.unfold(x.reshape(n, h * w, c), h, w).reshape(n * ho * wo, -1)
        return self.mm(cols, self.weight.transpose(0, 2, 3, 1).reshape(self.o, -1)).reshape(n, ho, wo, self.o)


class ConvTranspose(nn.Cell):
    def __init__(self, inputs, outputs, kernel, stride, padding):
        super().__init__()
        self.k, self.s, self.p = kernel, stride, padding
        self.o, self.c = outputs, inputs
        self.weight = ms.Parameter(ms.Tensor(np.random.randn(inputs, outputs, kernel, kernel).astype(np.float32)), name="weight")
        self.fold = Fold(kernel, stride, padding)
        self.mm = ops.MatMul()

    def construct(self, x):
        n, h, w, c = x.shape
        t, b, l, r = self.p
        ho, wo = (h - 1) * self.s + self.k - t - b, (w - 1) * self.s + self.k - l - r
        patches = self.mm(x.reshape(-1, c), self.weight.transpose(0, 2, 3, 1).reshape(c, -1))
        return self.fold(patches.reshape(n, -1, self.o), ho, wo).reshape(n, ho, wo, self.o)
