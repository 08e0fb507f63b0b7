"""Images enlarged."""

from typing import Any, NamedTuple

import numpy as np

from ms_gan.errors import GanError
from ms_gan.export.layers.layer import Numbers, OnnxNode


class Upsample(NamedTuple):
    """(N, C, H, W) -> (N, C, factor * H, factor * W): every pixel repeated."""

    factor: int

    @classmethod
    def read(cls, cell: Any) -> "Upsample":
        """The layer of an nn.Upsample."""
        factors = cell.scale_factor if isinstance(cell.scale_factor, (tuple, list)) else [cell.scale_factor]
        if cell.mode != "nearest" or cell.size is not None or len(set(factors)) != 1 or factors[0] % 1:
            raise GanError(
                "export: an Upsample that does not repeat pixels has no rule in ms_gan/export/layers",
                code="unsupported",
            )
        return cls(int(factors[0]))

    def onnx(self, x: str) -> OnnxNode:
        """A Resize; without attributes it takes the nearest pixel."""
        return OnnxNode("Resize", [x, "", Numbers("scales", np.array([1, 1, self.factor, self.factor], np.float32))])

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, C, factor * H, factor * W)."""
        return x.repeat(self.factor, axis=2).repeat(self.factor, axis=3)
