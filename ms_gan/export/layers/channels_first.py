"""Images with channels last brought into the order of a graph."""

import numpy as np

from ms_gan.export.layers.layer import OnnxNode


class ChannelsFirst:
    """(N, H, W, C) -> (N, C, H, W)."""

    def onnx(self, x: str) -> OnnxNode:
        """A Transpose."""
        return OnnxNode("Transpose", [x], {"perm": [0, 3, 1, 2]})

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, C, H, W)."""
        return x.transpose(0, 3, 1, 2)
