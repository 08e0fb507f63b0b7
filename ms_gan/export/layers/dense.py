"""Dense layers."""

from typing import NamedTuple, Optional

import numpy as np
from mindspore import nn

from ms_gan.errors import GanError
from ms_gan.export.layers.layer import Numbers, OnnxNode, bias_of, weight_of


class Dense(NamedTuple):
    """(N, inputs) -> (N, outputs): x weight^T + bias; weight (outputs, inputs), bias (outputs,) or None."""

    weight: np.ndarray
    bias: Optional[np.ndarray]

    @classmethod
    def read(cls, cell: nn.Dense) -> "Dense":
        """The layer of a cell."""
        if cell.activation_flag:
            raise GanError(
                "export: a Dense layer with an activation of its own has no rule in ms_gan/export/layers",
                code="unsupported",
            )
        return cls(weight_of(cell), bias_of(cell))

    def onnx(self, x: str) -> OnnxNode:
        """A Gemm."""
        return OnnxNode("Gemm", [x, Numbers("weight", self.weight), Numbers("bias", self.bias)], {"transB": 1})

    def compute(self, x: np.ndarray) -> np.ndarray:
        """(N, inputs) -> (N, outputs)."""
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias
