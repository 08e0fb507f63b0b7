"""Products, number by number: the scale of a conditional normalisation, gates, weights of sums."""

from typing import NamedTuple

import numpy as np

from ms_gan.export.layers.layer import Numbers, OnnxNode


class Multiply:
    """Two values of as many dimensions -> their product, number by number; a side of 1 is repeated."""

    def onnx(self, x: str, y: str) -> OnnxNode:
        """A Mul."""
        return OnnxNode("Mul", [x, y])

    def compute(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """x * y, of shapes that broadcast."""
        return x * y


class Scale(NamedTuple):
    """x -> factor * x."""

    factor: float

    def onnx(self, x: str) -> OnnxNode:
        """A Mul with a number of the file."""
        return OnnxNode("Mul", [x, Numbers("factor", np.array([self.factor], np.float32))])

    def compute(self, x: np.ndarray) -> np.ndarray:
        """The same shape."""
        return np.float32(self.factor) * x
