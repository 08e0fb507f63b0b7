"""BatchNorm in evaluation mode."""

from typing import Any, NamedTuple

import numpy as np

from ms_gan.export.layers.layer import Numbers, OnnxNode, by_channel, numbers_of


class BatchNorm(NamedTuple):
    """(N, C) or (N, C, H, W) -> the same: (x - mean) / sqrt(variance + epsilon) * scale + offset; each (C,)."""

    scale: np.ndarray
    offset: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    epsilon: float

    @classmethod
    def read(cls, cell: Any) -> "BatchNorm":
        """The layer of a cell."""
        parameters = (cell.gamma, cell.beta, cell.moving_mean, cell.moving_variance)
        return cls(*map(numbers_of, parameters), float(cell.eps))

    def onnx(self, x: str) -> OnnxNode:
        """A BatchNormalization."""
        numbers = [Numbers(name, getattr(self, name)) for name in ("scale", "offset", "mean", "variance")]
        return OnnxNode("BatchNormalization", [x, *numbers], {"epsilon": self.epsilon})

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, C, ...) -> the same shape."""
        scale = self.scale / np.sqrt(self.variance + np.float32(self.epsilon))
        return (x - by_channel(self.mean, x)) * by_channel(scale, x) + by_channel(self.offset, x)
