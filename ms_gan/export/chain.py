"""A generator as a chain of plain layers with their numbers: what other programs than MindSpore are given.

The chain is read off the network itself. A family of networks or a layer without a rule here is refused, and every
export is compared with its source, so that a change of the networks cannot pass unnoticed.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple, Union

import numpy as np
from mindspore import nn

from ms_gan.errors import GanError
from ms_gan.models import cnn, dcgan, layers, mlp


class Dense(NamedTuple):
    """(N, inputs) -> (N, outputs): x weight^T + bias; weight (outputs, inputs), bias (outputs,) or None."""

    weight: np.ndarray
    bias: Optional[np.ndarray]


class Convolution(NamedTuple):
    """(N, inputs, H, W) -> (N, outputs, H', W').

    Attributes:
        weight: (outputs, inputs, k, k), of a transposed convolution (inputs, outputs, k, k).
        bias: (outputs,) or None.
        stride: pixels.
        borders: zeros before the first and after the last pixel of a side; a transposed convolution cuts as many off.
        transposed: whether it is the gradient of such a convolution.
    """

    weight: np.ndarray
    bias: Optional[np.ndarray]
    stride: int
    borders: Tuple[int, int]
    transposed: bool


class BatchNorm(NamedTuple):
    """(N, C) or (N, C, H, W) -> the same: (x - mean) / sqrt(variance + epsilon) * scale + offset; each (C,)."""

    scale: np.ndarray
    offset: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    epsilon: float


class Rectifier(NamedTuple):
    """x where positive, slope * x below: LeakyReLU; with slope 0 ReLU."""

    slope: float


class Tanh(NamedTuple):
    """The hyperbolic tangent of each number."""


class Reshape(NamedTuple):
    """(N, ...) -> (N, *shape), in the same order."""

    shape: Tuple[int, ...]


Layer = Union[Dense, Convolution, BatchNorm, Rectifier, Tanh, Reshape]


def read_chain(network: nn.Cell) -> List[Layer]:
    """The layers of a generator in the order of their computation, in evaluation mode.

    Args:
        network: a generator of ms_gan.models.

    Returns:
        its layers, with their numbers as float32.

    Raises:
        GanError: a network or a layer that has no rule here.
    """
    order = FAMILIES.get(type(network))
    if order is None:
        raise GanError(
            f"export: {type(network).__module__}.{type(network).__name__} has no rule in ms_gan/export/chain.py"
        )
    return [part if isinstance(part, Reshape) else _read_layer(part) for part in order(network)]


def _read_layer(cell: nn.Cell) -> Layer:
    for kind, rule in RULES.items():
        if isinstance(cell, kind):
            return rule(cell)
    raise GanError(f"export: a layer {type(cell).__name__} has no rule in ms_gan/export/chain.py")


def _dense(cell: nn.Dense) -> Dense:
    if cell.activation_flag:
        raise GanError("export: a Dense layer with an activation of its own has no rule in ms_gan/export/chain.py")
    return Dense(_numbers(cell.weight), _bias(cell))


def _convolution(cell: Any) -> Convolution:
    (kernel, _), (stride, _) = cell.kernel_size, cell.stride
    if cell.kernel_size != (kernel, kernel) or cell.stride != (stride, stride) or cell.group != 1:
        raise GanError("export: a convolution that is not square or has groups has no rule in ms_gan/export/chain.py")
    if cell.dilation != (1, 1) or (cell.pad_mode == "pad" and not isinstance(cell.padding, int)):
        raise GanError("export: a convolution with gaps or uneven padding has no rule in ms_gan/export/chain.py")
    before = after = cell.padding if cell.pad_mode == "pad" else 0
    if cell.pad_mode == "same":
        # Of an odd number of zeros one more comes after: sides are multiples of the stride, see models/layers.py.
        total = max(kernel - stride, 0)
        before, after = total // 2, total - total // 2
    transposed = isinstance(cell, nn.Conv2dTranspose)
    return Convolution(_numbers(cell.weight), _bias(cell), stride, (before, after), transposed)


def _batch_norm(cell: Any) -> BatchNorm:
    numbers = (cell.gamma, cell.beta, cell.moving_mean, cell.moving_variance)
    return BatchNorm(*map(_numbers, numbers), float(cell.eps))


def _bias(cell: Any) -> Optional[np.ndarray]:
    return _numbers(cell.bias) if cell.has_bias else None


def _numbers(parameter: Any) -> np.ndarray:
    return np.array(parameter.asnumpy(), np.float32)


FAMILIES: Dict[type, Callable[[Any], List[Any]]] = {
    mlp.Generator: lambda network: [*network.layers, Reshape(network.image_shape)],
    dcgan.Generator: lambda network: [network.dense, Reshape(network.start), *network.layers],
    cnn.Generator: lambda network: [network.dense, network.activation, Reshape(network.start), *network.layers],
}
RULES: Dict[type, Callable[[Any], Layer]] = {
    nn.Dense: _dense,
    nn.Conv2d: _convolution,
    nn.Conv2dTranspose: _convolution,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.ReLU: lambda _: Rectifier(0.0),
    nn.LeakyReLU: lambda cell: Rectifier(float(cell.alpha)),
    layers.LeakyReLU: lambda cell: Rectifier(float(cell.slope)),
    nn.Tanh: lambda _: Tanh(),
}
