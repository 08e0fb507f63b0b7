"""Other shapes of the same numbers."""

from typing import NamedTuple, Tuple

import numpy as np

from ms_gan.export.layers.layer import Numbers, OnnxNode


class Reshape(NamedTuple):
    """(N, ...) -> (N, *shape), in the same order."""

    shape: Tuple[int, ...]

    def onnx(self, x: str) -> OnnxNode:
        """A Reshape."""
        return OnnxNode("Reshape", [x, Numbers("shape", np.array([-1, *self.shape], np.int64))])

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, ...) -> (N, *shape)."""
        return x.reshape(len(x), *self.shape)
