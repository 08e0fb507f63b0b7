"""What all layers of an exported generator have in common."""

from typing import Any, Dict, List, NamedTuple, Optional, Protocol, Union

import numpy as np


class Numbers(NamedTuple):
    """Numbers of a layer that stand in the file, under a name of their own; None: left out."""

    name: str
    array: Optional[np.ndarray]


class OnnxNode(NamedTuple):
    """A layer as ONNX has it.

    Attributes:
        operator: its name in ONNX; ms_gan/formats/onnx_rules.py has a rule for it.
        inputs: what it takes in ONNX's order: names of results, "" for one that is left out, and numbers.
        attributes: by name.
    """

    operator: str
    inputs: List[Union[str, Numbers]]
    attributes: Dict[str, Any] = {}


class Layer(Protocol):
    """A layer of a graph: one result of one or more inputs, with all its numbers as float32."""

    def onnx(self, *inputs: str) -> OnnxNode:
        """Its node, which takes results of these names."""

    def compute(self, *inputs: np.ndarray) -> np.ndarray:
        """The same in numpy: inputs (N, ...) -> its result (N, ...)."""


def numbers_of(parameter: Any) -> np.ndarray:
    """A parameter's numbers, of its shape, as a copy in float32."""
    return np.array(parameter.asnumpy(), np.float32)


def weight_of(cell: Any, axis: int = 0) -> np.ndarray:
    """A cell's weight, divided by its largest singular value where it has spectral normalisation.

    Args:
        cell: with a weight of any shape, and a vector (1, outputs) `weight_u` where it is normalised.
        axis: of the weight's outputs.
    """
    weight, u = numbers_of(cell.weight), getattr(cell, "weight_u", None)
    if u is None:
        return weight
    matrix = np.moveaxis(weight, axis, 0).reshape(weight.shape[axis], -1)
    v = numbers_of(u) @ matrix
    return weight / np.linalg.norm(v / (np.linalg.norm(v) + 1e-12) @ matrix.T)


def bias_of(cell: Any) -> Optional[np.ndarray]:
    """The bias of a cell, of shape (channels,), where it has one, otherwise None."""
    return numbers_of(cell.bias) if cell.has_bias else None


def by_channel(numbers: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Numbers (C,) in a shape that is added to each channel of images (N, C, ...)."""
    return numbers.reshape(-1, *[1] * (images.ndim - 2))
