"""Activations: functions of each number by itself."""

from typing import NamedTuple

import numpy as np

from ms_gan.export.layers.layer import OnnxNode


class Rectifier(NamedTuple):
    """x where positive, slope * x below: LeakyReLU; with slope 0 ReLU."""

    slope: float

    def onnx(self, x: str) -> OnnxNode:
        """A LeakyRelu, or a Relu."""
        return OnnxNode("LeakyRelu", [x], {"alpha": self.slope}) if self.slope else OnnxNode("Relu", [x])

    def compute(self, x: np.ndarray) -> np.ndarray:
        """The same shape."""
        return np.where(x > 0, x, np.float32(self.slope) * x)


class Tanh:
    """The hyperbolic tangent of each number."""

    def onnx(self, x: str) -> OnnxNode:
        """A Tanh."""
        return OnnxNode("Tanh", [x])

    def compute(self, x: np.ndarray) -> np.ndarray:
        """The same shape."""
        return np.tanh(x)


class Sigmoid:
    """1 / (1 + exp(-x)) of each number."""

    def onnx(self, x: str) -> OnnxNode:
        """A Sigmoid."""
        return OnnxNode("Sigmoid", [x])

    def compute(self, x: np.ndarray) -> np.ndarray:
        """The same shape."""
        return 0.5 * (1 + np.tanh(0.5 * x))
