"""Convolutions."""

from typing import Any, NamedTuple, Optional, Tuple

import numpy as np

from ms_gan.errors import GanError
from ms_gan.export.layers.layer import Numbers, OnnxNode, bias_of, by_channel, weight_of


class Convolution(NamedTuple):
    """(N, inputs, H, W) -> (N, outputs, H', W').

    Attributes:
        weight: (outputs, inputs, k, k).
        bias: (outputs,) or None.
        stride: pixels.
        borders: zeros before the first and after the last pixel of a side.
    """

    weight: np.ndarray
    bias: Optional[np.ndarray]
    stride: int
    borders: Tuple[int, int]

    @classmethod
    def read(cls, cell: Any) -> "Convolution":
        """The layer of a cell."""
        return cls(weight_of(cell), bias_of(cell), *window_of(cell))

    def onnx(self, x: str) -> OnnxNode:
        """A Conv."""
        return windowed("Conv", x, self)

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, inputs, H, W) -> (N, outputs, H', W')."""
        padded = np.pad(x, ((0, 0), (0, 0), self.borders, self.borders))
        patches = np.lib.stride_tricks.sliding_window_view(padded, self.weight.shape[2:], (2, 3))
        patches = patches[:, :, :: self.stride, :: self.stride]
        y = np.tensordot(patches, self.weight, ((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
        return y if self.bias is None else y + by_channel(self.bias, y)


def window_of(cell: Any) -> Tuple[int, Tuple[int, int]]:
    """The stride and the borders of a cell that is a convolution, or the gradient of one.

    Raises:
        GanError: it is of a kind that no layer is.
    """
    (kernel, _), (stride, _) = cell.kernel_size, cell.stride
    if cell.kernel_size != (kernel, kernel) or cell.stride != (stride, stride) or cell.group != 1:
        raise GanError(
            "export: a convolution that is not square or has groups has no rule in ms_gan/export/layers",
            code="unsupported",
        )
    if cell.dilation != (1, 1) or (cell.pad_mode == "pad" and not isinstance(cell.padding, int)):
        raise GanError(
            "export: a convolution with gaps or uneven padding has no rule in ms_gan/export/layers", code="unsupported"
        )
    before = after = cell.padding if cell.pad_mode == "pad" else 0
    if cell.pad_mode == "same":
        # Of an odd number of zeros one more comes after: sides are multiples of the stride, see models/layers.py.
        total = max(kernel - stride, 0)
        before, after = total // 2, total - total // 2
    return stride, (before, after)


def windowed(operator: str, x: str, layer: Any) -> OnnxNode:
    """The node of a convolution of either kind."""
    (before, after), stride = layer.borders, layer.stride
    return OnnxNode(
        operator,
        [x, Numbers("weight", layer.weight), Numbers("bias", layer.bias)],
        {
            "kernel_shape": layer.weight.shape[2:],
            "strides": [stride, stride],
            "pads": [before, before, after, after],
        },
    )
