"""Borders around images."""

from typing import Any, NamedTuple, Tuple

import numpy as np

from ms_gan.export.layers.layer import Numbers, OnnxNode


class Pad(NamedTuple):
    """(N, C, H, W) -> (N, C, H', W').

    Attributes:
        rows: pixels added at the top and at the bottom.
        columns: pixels added at the left and at the right.
        mode: constant: zeros; reflect: the image mirrored at its outermost pixels; edge: those repeated.
    """

    rows: Tuple[int, int]
    columns: Tuple[int, int]
    mode: str

    @classmethod
    def read_reflection(cls, cell: Any) -> "Pad":
        """The layer of an nn.ReflectionPad2d."""
        rows, columns = cell.padding
        return cls(tuple(rows), tuple(columns), "reflect")

    @classmethod
    def read_zeros(cls, cell: Any) -> "Pad":
        """The layer of an nn.ZeroPad2d."""
        left, right, top, bottom = [cell.padding] * 4 if isinstance(cell.padding, int) else cell.padding
        return cls((top, bottom), (left, right), "constant")

    def onnx(self, x: str) -> OnnxNode:
        """A Pad."""
        before, after = zip(self.rows, self.columns)
        borders = np.array([0, 0, *before, 0, 0, *after], np.int64)
        return OnnxNode("Pad", [x, Numbers("borders", borders)], {"mode": self.mode})

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, C, H', W')."""
        return np.pad(x, ((0, 0), (0, 0), self.rows, self.columns), self.mode)
