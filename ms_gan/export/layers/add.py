"""Sums: the end of a residual block, the shift of a conditional normalisation."""

import numpy as np

from ms_gan.export.layers.layer import OnnxNode


class Add:
    """Two values of as many dimensions -> their sum; a side of 1 is repeated."""

    def onnx(self, x: str, y: str) -> OnnxNode:
        """An Add."""
        return OnnxNode("Add", [x, y])

    def compute(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """x + y, of one shape."""
        return x + y
