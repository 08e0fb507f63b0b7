"""Instance normalisation: Ulyanov, Vedaldi and Lempitsky 2016 (arXiv:1607.08022)."""

from typing import Any, NamedTuple

import numpy as np

from ms_gan.export.layers.layer import Numbers, OnnxNode, by_channel, numbers_of


class InstanceNorm(NamedTuple):
    """(N, C, H, W) -> the same: each channel of each image less its mean, over its deviation, * scale + offset.

    Attributes:
        scale, offset: (C,).
        epsilon: added to the variance.
    """

    scale: np.ndarray
    offset: np.ndarray
    epsilon: float

    @classmethod
    def read(cls, cell: Any) -> "InstanceNorm":
        """The layer of a cell of MindSpore's or of ms_gan.models.per_image."""
        if not getattr(cell, "affine", True):
            return cls.plain(cell.channels, float(cell.eps))
        return cls(numbers_of(cell.gamma), numbers_of(cell.beta), float(cell.eps))

    @classmethod
    def plain(cls, channels: int, epsilon: float) -> "InstanceNorm":
        """One that neither scales nor shifts."""
        return cls(np.ones(channels, np.float32), np.zeros(channels, np.float32), epsilon)

    def onnx(self, x: str) -> OnnxNode:
        """An InstanceNormalization."""
        numbers = [Numbers("scale", self.scale), Numbers("offset", self.offset)]
        return OnnxNode("InstanceNormalization", [x, *numbers], {"epsilon": self.epsilon})

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, C, H, W) -> the same shape."""
        mean, variance = (part(x, axis=(2, 3), keepdims=True) for part in (np.mean, np.var))
        normalised = (x - mean) / np.sqrt(variance + np.float32(self.epsilon))
        return normalised * by_channel(self.scale, x) + by_channel(self.offset, x)
