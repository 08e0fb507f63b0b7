"""Channels put together and taken apart: the skips of a U-Net, gated units."""

from typing import NamedTuple

import numpy as np

from ms_gan.export.layers.layer import Numbers, OnnxNode


class Concat:
    """Two or more values (N, C, ...) that differ in C alone -> one with the channels of all, in their order."""

    def onnx(self, *inputs: str) -> OnnxNode:
        """A Concat."""
        return OnnxNode("Concat", list(inputs), {"axis": 1})

    def compute(self, *inputs: np.ndarray) -> np.ndarray:
        """(N, C1 + C2 + ..., ...)."""
        return np.concatenate(inputs, axis=1)


class Channels(NamedTuple):
    """(N, C, ...) -> (N, stop - start, ...): the channels from `start` to before `stop`."""

    start: int
    stop: int

    def onnx(self, x: str) -> OnnxNode:
        """A Slice."""
        ends = {"start": self.start, "stop": self.stop, "axis": 1}
        return OnnxNode("Slice", [x, *(Numbers(name, np.array([end], np.int64)) for name, end in ends.items())])

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, stop - start, ...)."""
        return x[:, self.start : self.stop]
