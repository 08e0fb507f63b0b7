"""A chain of layers as the page computes it: transposed convolutions with channels last, and nothing else.

A Dense layer is one on a single pixel, a convolution with stride 1 is one with the turned kernel, and BatchNorm is
folded into the layer before it.
"""

from dataclasses import dataclass
from typing import List, Optional, Tuple, Union

import numpy as np

from ms_gan.errors import GanError
from ms_gan.export.chain import BatchNorm, Convolution, Dense, Layer, Rectifier, Reshape, Tanh

TANH = "tanh"


@dataclass
class Folded:
    """A transposed convolution and its activation: (N, rows, columns, inputs) -> (N, rows', columns', outputs).

    Attributes:
        weight: (inputs, k, k, outputs).
        bias: (outputs,).
        stride: pixels.
        before: pixels cut off at the top and at the left.
        taken, made: (rows, columns) of its input and of its result.
        activation: tanh, the slope below zero of a rectifier, or None.
    """

    weight: np.ndarray
    bias: np.ndarray
    stride: int = 1
    before: int = 0
    taken: Tuple[int, int] = (1, 1)
    made: Tuple[int, int] = (1, 1)
    activation: Optional[Union[str, float]] = None

    @property
    def products(self) -> int:
        """Multiplications for one image."""
        return self.weight.size * self.taken[0] * self.taken[1]


def fold_chain(chain: List[Layer]) -> List[Folded]:
    """The layers that compute what a chain computes, up to rounding; their images have channels last.

    Raises:
        GanError: a layer, or an order of layers, that has no rule here.
    """
    folded: List[Folded] = []
    sides: Optional[Tuple[int, int]] = None  # of the images so far; None: plain vectors
    for layer in chain:
        if isinstance(layer, Dense) and sides is None:
            bias = np.zeros(len(layer.weight), np.float32) if layer.bias is None else layer.bias
            folded.append(Folded(layer.weight.T[:, None, None, :], bias))
        elif isinstance(layer, Reshape) and sides is None:
            sides = layer.shape[1:]
            _put_channels_last(folded[-1], layer.shape[0])
        elif isinstance(layer, Convolution) and sides is not None and (layer.transposed or layer.stride == 1):
            folded.append(_convolution(layer, sides))
            sides = folded[-1].made
        elif isinstance(layer, BatchNorm) and folded[-1].activation is None:
            _fold_batch_norm(folded[-1], layer)
        elif isinstance(layer, (Rectifier, Tanh)) and folded[-1].activation is None:
            folded[-1].activation = TANH if isinstance(layer, Tanh) else layer.slope
        else:
            raise GanError(f"export: a {type(layer).__name__} in this place has no rule in ms_gan/export/folded.py")
    return folded


def _put_channels_last(folded: Folded, channels: int) -> None:
    """Order the outputs of a Dense layer as images with channels last."""
    order = np.arange(len(folded.bias)).reshape(channels, -1).T.reshape(-1)
    folded.weight, folded.bias = folded.weight[..., order], folded.bias[order]


def _convolution(layer: Convolution, sides: Tuple[int, int]) -> Folded:
    kernel = layer.weight.shape[2]
    if layer.transposed:
        weight, (before, after) = layer.weight.transpose(0, 2, 3, 1), layer.borders
    else:
        weight = layer.weight[:, :, ::-1, ::-1].transpose(1, 2, 3, 0)
        before, after = (kernel - 1 - border for border in layer.borders)
    made = tuple((side - 1) * layer.stride + kernel - before - after for side in sides)
    bias = np.zeros(weight.shape[3], np.float32) if layer.bias is None else layer.bias
    return Folded(weight, bias, layer.stride, before, sides, made)


def _fold_batch_norm(folded: Folded, layer: BatchNorm) -> None:
    scale = layer.scale / np.sqrt(layer.variance + layer.epsilon)
    offset = layer.offset - layer.mean * scale
    # A Dense layer whose outputs are images has a bias for each of their pixels.
    pixels = len(folded.bias) // len(scale)
    folded.weight = folded.weight * np.tile(scale, pixels)
    folded.bias = folded.bias * np.tile(scale, pixels) + np.tile(offset, pixels)


def generate(network: List[Folded], latents: np.ndarray, image_shape: Tuple[int, int, int]) -> np.ndarray:
    """What the page computes: latents (N, width) -> images (N, C, H, W), float32."""
    images = latents
    for layer in network:
        images = _activate(_spread(layer, images.reshape(len(latents), *layer.taken, -1)), layer.activation)
    channels, height, width = image_shape
    return images.reshape(-1, height, width, channels).transpose(0, 3, 1, 2)


def _spread(layer: Folded, images: np.ndarray) -> np.ndarray:
    """Every input pixel adds its k x k patch to the result."""
    kernel, stride = layer.weight.shape[1], layer.stride
    spans = [(side - 1) * stride + 1 for side in layer.taken]
    whole = np.zeros((len(images), *(span + kernel - 1 for span in spans), len(layer.bias)), np.float32)
    for row, column in np.ndindex(kernel, kernel):
        patches = images @ layer.weight[:, row, column]
        whole[:, row : row + spans[0] : stride, column : column + spans[1] : stride] += patches
    (rows, columns), before = layer.made, layer.before
    return whole[:, before : before + rows, before : before + columns] + layer.bias


def _activate(x: np.ndarray, activation: Optional[Union[str, float]]) -> np.ndarray:
    if activation is None:
        return x
    return np.tanh(x) if activation == TANH else np.where(x > 0, x, np.float32(activation) * x)
