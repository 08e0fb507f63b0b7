"""Transposed convolutions."""

from typing import Any, NamedTuple, Optional, Tuple

import numpy as np

from ms_gan.export.layers.convolution import window_of, windowed
from ms_gan.export.layers.layer import OnnxNode, bias_of, by_channel, weight_of


class TransposedConvolution(NamedTuple):
    """(N, inputs, H, W) -> (N, outputs, H', W'): the gradient of a convolution.

    Attributes:
        weight: (inputs, outputs, k, k).
        bias: (outputs,) or None.
        stride: pixels.
        borders: pixels that are cut off before the first and after the last of a side.
    """

    weight: np.ndarray
    bias: Optional[np.ndarray]
    stride: int
    borders: Tuple[int, int]

    @classmethod
    def read(cls, cell: Any) -> "TransposedConvolution":
        """The layer of a cell."""
        return cls(weight_of(cell, 1), bias_of(cell), *window_of(cell))

    def made(self, side: int) -> int:
        """The side of the result, of images of a side."""
        return (side - 1) * self.stride + self.weight.shape[2] - sum(self.borders)

    def onnx(self, x: str) -> OnnxNode:
        """A ConvTranspose."""
        return windowed("ConvTranspose", x, self)

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, inputs, H, W) -> (N, outputs, H', W'): every pixel adds its k x k patch to the result."""
        _, outputs, kernel, _ = self.weight.shape
        spans = [(side - 1) * self.stride + 1 for side in x.shape[2:]]
        pixels = x.transpose(0, 2, 3, 1)
        whole = np.zeros((len(x), *(span + kernel - 1 for span in spans), outputs), np.float32)
        for row, column in np.ndindex(kernel, kernel):
            rows = slice(row, row + spans[0], self.stride)
            columns = slice(column, column + spans[1], self.stride)
            whole[:, rows, columns] += pixels @ self.weight[:, :, row, column]
        height, width = (self.made(side) for side in x.shape[2:])
        before = self.borders[0]
        y = whole[:, before : before + height, before : before + width].transpose(0, 3, 1, 2)
        return y if self.bias is None else y + by_channel(self.bias, y)
