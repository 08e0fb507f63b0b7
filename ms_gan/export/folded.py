"""A row of layers as the page computes it: transposed convolutions and activations, and nothing else.

A Dense layer is one on a single pixel, a convolution with stride 1 is one with the turned kernel, and BatchNorm is
folded into the layer before it.
"""

from dataclasses import dataclass
from itertools import takewhile
from typing import Iterable, List, Optional, Tuple, Union

import numpy as np

from ms_gan.errors import UsageError
from ms_gan.export.graph import Graph
from ms_gan.export.layers import BatchNorm, Convolution, Dense, Layer, Rectifier, Reshape, Tanh, TransposedConvolution


@dataclass
class Folded:
    """A transposed convolution and its activation.

    Attributes:
        layer: (N, inputs, rows, columns) -> (N, outputs, rows', columns'); it has a bias.
        taken, made: (rows, columns) of its input and of its result.
        channels: of the images that its outputs are: a Dense layer's are all pixels of them.
        activation: of the result, or None.
    """

    layer: TransposedConvolution
    taken: Tuple[int, int] = (1, 1)
    made: Tuple[int, int] = (1, 1)
    channels: int = 1
    activation: Optional[Union[Rectifier, Tanh]] = None

    @property
    def products(self) -> int:
        """Multiplications for one image."""
        return self.layer.weight.size * self.taken[0] * self.taken[1]

    def channels_last(self) -> Tuple[np.ndarray, np.ndarray]:
        """The weight (inputs, k, k, outputs) and the bias (outputs,), for images with channels last."""
        weight, bias = self.layer.weight.transpose(0, 2, 3, 1), self.layer.bias
        order = np.arange(len(bias)).reshape(self.channels, -1).T.reshape(-1)
        return weight[..., order], bias[order]


def fold_graph(graph: Graph) -> List[Folded]:
    """The layers that compute what a graph computes, up to rounding.

    Raises:
        UsageError: a graph that is no row from latents, or a layer that a page does not compute.
    """
    row = graph.row("latents")
    if [one.name for one in graph.inputs] != ["latents"] or len(row) != len(graph.nodes):
        raise _refusal()
    return _fold(row)


def first_matrix(graph: Graph) -> Optional[np.ndarray]:
    """What the first layer makes of latents, BatchNorm included: a matrix (outputs, width); None: that is no matrix."""
    linear = list(takewhile(lambda layer: isinstance(layer, (Dense, Reshape, BatchNorm)), graph.row("latents")))
    return matrix_of(_fold(linear)[0]) if linear and isinstance(linear[0], Dense) else None


def matrix_of(first: Folded) -> np.ndarray:
    """The matrix (outputs, width) of a layer that was a Dense one."""
    return first.layer.weight[:, :, 0, 0].T


def _refusal() -> UsageError:
    return UsageError("--format HTML: pages are made of generators of latents; use ONNX")


def _fold(row: Iterable[Layer]) -> List[Folded]:
    folded: List[Folded] = []
    sides: Optional[Tuple[int, int]] = None  # of the images so far; None: plain vectors
    for layer in row:
        if isinstance(layer, Dense) and sides is None:
            weight = layer.weight.T[:, :, None, None]
            convolution = TransposedConvolution(weight, _bias(layer, weight), 1, (0, 0))
            folded.append(Folded(convolution, channels=weight.shape[1]))
        elif isinstance(layer, Reshape) and sides is None and folded:
            folded[-1].channels, *sides = layer.shape
        elif isinstance(layer, (Convolution, TransposedConvolution)) and sides is not None:
            folded.append(_convolution(layer, sides))
            sides = folded[-1].made
        elif isinstance(layer, BatchNorm) and folded and folded[-1].activation is None:
            _fold_batch_norm(folded[-1], layer)
        elif isinstance(layer, (Rectifier, Tanh)) and folded and folded[-1].activation is None:
            folded[-1].activation = layer
        else:
            raise _refusal()
    return folded


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


def generate(network: List[Folded], latents: np.ndarray, image_shape: Tuple[int, int, int]) -> np.ndarray:
    """What the page computes: latents (N, width) -> images (N, C, H, W), float32."""
    images = latents
    for part in network:
        images = part.layer.compute(images.reshape(len(latents), -1, *part.taken))
        images = images if part.activation is None else part.activation.compute(images)
    return images.reshape(-1, *image_shape)
