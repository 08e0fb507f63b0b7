"""Images made smaller, without numbers of their own."""

from typing import Any, NamedTuple

import numpy as np

from ms_gan.errors import GanError
from ms_gan.export.layers.layer import OnnxNode


class AveragePool(NamedTuple):
    """(N, C, H, W) -> (N, C, H', W'): the mean of each kernel x kernel window; no zeros around the image."""

    kernel: int
    stride: int

    @classmethod
    def read(cls, cell: Any) -> "AveragePool":
        """The layer of an nn.AvgPool2d."""
        return cls(*_window_of(cell))

    def onnx(self, x: str) -> OnnxNode:
        """An AveragePool."""
        return _node("AveragePool", x, self)

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, C, H', W')."""
        return _windows(x, self).mean((4, 5))


class MaxPool(NamedTuple):
    """(N, C, H, W) -> (N, C, H', W'): the largest number of each kernel x kernel window."""

    kernel: int
    stride: int

    @classmethod
    def read(cls, cell: Any) -> "MaxPool":
        """The layer of an nn.MaxPool2d."""
        return cls(*_window_of(cell))

    def onnx(self, x: str) -> OnnxNode:
        """A MaxPool."""
        return _node("MaxPool", x, self)

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, C, H', W')."""
        return _windows(x, self).max((4, 5))


def _window_of(cell: Any):
    kernel, stride = cell.kernel_size, cell.stride
    if not isinstance(kernel, int) or not isinstance(stride, int) or str(cell.pad_mode).lower() != "valid":
        raise GanError(
            "export: a pooling that is not square or pads has no rule in ms_gan/export/layers", code="unsupported"
        )
    return kernel, stride


def _node(operator: str, x: str, layer: Any) -> OnnxNode:
    return OnnxNode(operator, [x], {"kernel_shape": [layer.kernel] * 2, "strides": [layer.stride] * 2})


def _windows(x: np.ndarray, layer: Any) -> np.ndarray:
    """(N, C, H', W', kernel, kernel)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (layer.kernel, layer.kernel), (2, 3))
    return windows[:, :, :: layer.stride, :: layer.stride]
