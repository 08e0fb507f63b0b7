"""Layers that more than one family of networks is built from."""

import mindspore as ms
import numpy as np
from mindspore import nn


def dense(inputs: int, outputs: int) -> nn.Dense:
    """A Dense layer (N, inputs) -> (N, outputs) with zero weights: `initialise` gives them their values."""
    return nn.Dense(inputs, outputs, weight_init="zeros", bias_init="zeros")


def batch_norm(width: int) -> nn.BatchNorm1d:
    """BatchNorm over (N, width), eps 1e-5; the running statistics keep 0.9 (in PyTorch's terms 0.1)."""
    return nn.BatchNorm1d(width, eps=1e-5, momentum=0.9)


def fan_in(weight: ms.Parameter) -> int:
    """How many inputs feed one output of a Dense weight (outputs, inputs)."""
    return int(np.prod(weight.shape[1:]))


def _uniform_fan_in(layer: nn.Cell, random: np.random.Generator) -> None:
    """Weights and biases from U(-b, b), b = 1 / sqrt(fan_in): what PyTorch's Linear and Conv start from."""
    bound = 1.0 / np.sqrt(fan_in(layer.weight))
    for parameter in (layer.weight, layer.bias):
        values = random.uniform(-bound, bound, parameter.shape)
        parameter.set_data(ms.Tensor(values.astype(np.float32)))


INITIALISERS = {"uniform_fan_in": _uniform_fan_in}


def initialise(network: nn.Cell, scheme: str, random: np.random.Generator) -> None:
    """Give every Dense layer of a network its initial weights, in the order of the layers.

    The numbers come from the generator handed in and from nothing else: the same generator state gives the same
    weights on every device and under every MindSpore version.

    Args:
        network: the network; BatchNorm layers keep gamma 1 and beta 0.
        scheme: a key of INITIALISERS.
        random: where the numbers come from.
    """
    for _, layer in network.cells_and_names():
        if isinstance(layer, nn.Dense):
            INITIALISERS[scheme](layer, random)
