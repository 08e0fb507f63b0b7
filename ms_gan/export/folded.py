"""A row of layers as the page computes it: transposed convolutions and activations, and nothing else.

A Dense layer is one on a single pixel, a convolution with stride 1 is one with the turned kernel, and BatchNorm is
folded into the layer before it. Labels scale and shift a layer's outputs, by numbers of each class: those of a
conditional BatchNorm, or what a Dense layer makes of the class's numbers beside its input.
"""

from dataclasses import dataclass
from itertools import takewhile
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple, Union

import numpy as np

from ms_gan.errors import UsageError
from ms_gan.export.graph import Graph
from ms_gan.export.layers import (
    Add,
    BatchNorm,
    Concat,
    Convolution,
    Dense,
    Layer,
    Multiply,
    Rectifier,
    Reshape,
    Tanh,
    TransposedConvolution,
)


@dataclass
class Folded:
    """A transposed convolution and its activation.

    Attributes:
        layer: (N, inputs, rows, columns) -> (N, outputs, rows', columns'); it has a bias.
        taken, made: (rows, columns) of its input and of its result.
        channels: of the images that its outputs are: a Dense layer's are all pixels of them.
        scale, shift: (K, outputs): by what the outputs are multiplied, and what is added then, for each class; or None.
        activation: of the result, or None.
    """

    layer: TransposedConvolution
    taken: Tuple[int, int] = (1, 1)
    made: Tuple[int, int] = (1, 1)
    channels: int = 1
    scale: Optional[np.ndarray] = None
    shift: Optional[np.ndarray] = None
    activation: Optional[Union[Rectifier, Tanh]] = None

    @property
    def products(self) -> int:
        """Multiplications for one image."""
        return self.layer.weight.size * self.taken[0] * self.taken[1]

    @property
    def by_class(self) -> List[np.ndarray]:
        """The scale and the shift, as far as there are any."""
        return [array for array in (self.scale, self.shift) if array is not None]

    def channels_last(self) -> List[np.ndarray]:
        """The weight (inputs, k, k, outputs), the bias (outputs,) and `by_class`, for images with channels last."""
        weight, bias = self.layer.weight.transpose(0, 2, 3, 1), self.layer.bias
        order = np.arange(len(bias)).reshape(self.channels, -1).T.reshape(-1)
        return [array[..., order] for array in (weight, bias, *self.by_class)]

    def compute(self, images: np.ndarray, labels: Optional[np.ndarray]) -> np.ndarray:
        """(N, inputs, rows, columns), labels (N,) or None -> (N, outputs, rows', columns')."""
        images = self.layer.compute(images)
        if self.scale is not None:
            images = images * self.scale[labels][:, :, None, None]
        if self.shift is not None:
            images = images + self.shift[labels][:, :, None, None]
        return images if self.activation is None else self.activation.compute(images)


class Step(NamedTuple):
    """A layer of a row, and what it takes beside the row's value: an array (K, ...), one for each class; or None."""

    layer: Layer
    table: Optional[np.ndarray] = None


def fold_graph(graph: Graph, classes: int = 0) -> List[Folded]:
    """The layers that compute what a graph computes, up to rounding.

    Args:
        graph: of latents, or of latents and labels.
        classes: K; 0: it takes no labels.

    Raises:
        UsageError: a graph that is no row from latents, or a layer that a page does not compute.
    """
    tables = _tables(graph, classes)
    row = _row(graph, tables)
    known = ["latents", "labels"] if classes else ["latents"]
    if [one.name for one in graph.inputs] != known or len(row) + len(tables) != len(graph.nodes) + bool(classes):
        raise _refusal()
    return _fold(row)


def first_matrix(graph: Graph, classes: int = 0) -> Optional[np.ndarray]:
    """What the first layer makes of latents: a matrix (outputs, width); None: that is no matrix.

    BatchNorm after it is included, but for what it does for each class.
    """
    linear = (Concat, Dense, Reshape, BatchNorm)
    row = list(takewhile(lambda step: isinstance(step.layer, linear), _row(graph, _tables(graph, classes))))
    dense = any(isinstance(step.layer, Dense) for step in row[:2])
    return matrix_of(_fold(row)[0]) if dense and isinstance(row[0].layer, (Concat, Dense)) else None


def _tables(graph: Graph, classes: int) -> Dict[str, np.ndarray]:
    """The results that depend on labels alone, by name: each computed for every class, (K, ...)."""
    tables = {"labels": np.arange(classes)} if classes else {}
    for node in graph.nodes:
        if all(name in tables for name in node.inputs):
            tables[node.name] = node.layer.compute(*(tables[name] for name in node.inputs))
    return tables


def _row(graph: Graph, tables: Dict[str, np.ndarray]) -> List[Step]:
    """The layers that latents pass one after the other, until two take a result, or one takes a second of its kind."""
    row, name = [], "latents"
    while True:
        takers = [node for node in graph.nodes if name in node.inputs]
        if len(takers) != 1:
            return row
        first, *others = takers[0].inputs
        if first != name or len(others) > 1 or any(other not in tables for other in others):
            return row
        row.append(Step(takers[0].layer, *(tables[other] for other in others)))
        name = takers[0].name


def matrix_of(first: Folded) -> np.ndarray:
    """The matrix (outputs, width) of a layer that was a Dense one."""
    return first.layer.weight[:, :, 0, 0].T


def _refusal() -> UsageError:
    return UsageError("--format HTML: pages are made of generators of latents; use ONNX")


def _fold(row: Iterable[Step]) -> List[Folded]:
    folded: List[Folded] = []
    sides: Optional[Tuple[int, int]] = None  # of the images so far; None: plain vectors
    beside: Optional[np.ndarray] = None  # numbers of each class, (K, n), that stand behind the next Dense layer's input
    for layer, table in row:
        linear = folded and folded[-1].activation is None  # the last layer is not finished yet
        if isinstance(layer, Concat) and sides is None and beside is None and table is not None:
            beside = table
        elif isinstance(layer, Dense) and sides is None:
            folded.append(_dense(layer, beside))
            beside = None
        elif beside is not None:
            raise _refusal()
        elif isinstance(layer, Reshape) and sides is None and folded:
            folded[-1].channels, *sides = layer.shape
        elif isinstance(layer, (Convolution, TransposedConvolution)) and sides is not None:
            folded.append(_convolution(layer, sides))
            sides = folded[-1].made
        elif isinstance(layer, BatchNorm) and linear and not folded[-1].by_class:
            _fold_batch_norm(folded[-1], layer)
        elif isinstance(layer, Multiply) and linear and table is not None and not folded[-1].by_class:
            folded[-1].scale = _by_output(folded[-1], table)
        elif isinstance(layer, Add) and linear and table is not None and folded[-1].shift is None:
            folded[-1].shift = _by_output(folded[-1], table)
        elif isinstance(layer, (Rectifier, Tanh)) and linear:
            folded[-1].activation = layer
        else:
            raise _refusal()
    return folded


def _dense(layer: Dense, beside: Optional[np.ndarray]) -> Folded:
    """A Dense layer on one pixel; `beside`: (K, n), the last n of its inputs for each class."""
    width = layer.weight.shape[1] - (0 if beside is None else beside.shape[1])
    weight = layer.weight[:, :width].T[:, :, None, None]
    convolution = TransposedConvolution(weight, _bias(layer, weight), 1, (0, 0))
    shift = None if beside is None else beside @ layer.weight[:, width:].T
    return Folded(convolution, channels=weight.shape[1], shift=shift)


def _by_output(folded: Folded, table: np.ndarray) -> np.ndarray:
    """Numbers of each class by channel, (K, C) or (K, C, 1, 1), for all outputs of a layer: (K, outputs)."""
    rows = table.reshape(len(table), -1)
    return rows.repeat(len(folded.layer.bias) // rows.shape[1], axis=1)


def _bias(layer: Union[Dense, Convolution, TransposedConvolution], weight: np.ndarray) -> np.ndarray:
    return np.zeros(weight.shape[1], np.float32) if layer.bias is None else layer.bias


def _convolution(layer: Union[Convolution, TransposedConvolution], sides: Tuple[int, int]) -> Folded:
    weight, borders = layer.weight, layer.borders
    if isinstance(layer, Convolution):
        if layer.stride != 1:
            raise _refusal()
        weight = weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
        borders = tuple(weight.shape[2] - 1 - border for border in borders)
    layer = TransposedConvolution(weight, _bias(layer, weight), layer.stride, borders)
    return Folded(layer, tuple(sides), tuple(map(layer.made, sides)), weight.shape[1])


def _fold_batch_norm(folded: Folded, norm: BatchNorm) -> None:
    scale = norm.scale / np.sqrt(norm.variance + norm.epsilon)
    offset = norm.offset - norm.mean * scale
    # A Dense layer whose outputs are images has a bias for each of their pixels.
    pixels = len(folded.layer.bias) // len(scale)
    scale, offset = scale.repeat(pixels), offset.repeat(pixels)
    weight, bias = folded.layer.weight * scale[:, None, None], folded.layer.bias * scale + offset
    folded.layer = folded.layer._replace(weight=weight, bias=bias)


def generate(
    network: List[Folded],
    latents: np.ndarray,
    image_shape: Tuple[int, int, int],
    labels: Optional[np.ndarray] = None,
) -> np.ndarray:
    """What the page computes: latents (N, width), labels (N,) or None -> images (N, C, H, W), float32."""
    images = latents
    for part in network:
        images = part.compute(images.reshape(len(latents), -1, *part.taken), labels)
    return images.reshape(-1, *image_shape)
