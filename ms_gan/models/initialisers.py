"""Initial weights by name. Frameworks differ in what they start from, and a GAN feels the difference."""

from typing import Tuple

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.models.embeddings import Embedding, Projection
from ms_gan.models.per_image import InstanceNorm

WEIGHTED = (nn.Dense, nn.Conv2d, nn.Conv2dTranspose)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, InstanceNorm)


def _fans(weight: ms.Parameter) -> Tuple[int, int]:
    """The size of a weight's second axis and of its first, each times the kernel's area.

    For Dense (outputs, inputs) and Conv (outputs, inputs, k, k) they are fan in and fan out. For a transposed
    convolution (inputs, outputs, k, k) PyTorch calls the same two numbers fan in and fan out, and so does this.
    """
    area = int(np.prod(weight.shape[2:]))
    return weight.shape[1] * area, weight.shape[0] * area


def _uniform_fan_in(layer: nn.Cell, random: np.random.Generator) -> None:
    """Weights and biases from U(-b, b), b = 1 / sqrt(fan in): what PyTorch's Linear and Conv start from."""
    bound = 1.0 / np.sqrt(_fans(layer.weight)[0])
    _set(layer.weight, random.uniform(-bound, bound, layer.weight.shape))
    if layer.has_bias:
        _set(layer.bias, random.uniform(-bound, bound, layer.bias.shape))


def _glorot_uniform(layer: nn.Cell, random: np.random.Generator) -> None:
    """Weights from U(-b, b), b = sqrt(6 / (fan in + fan out)), biases 0: Glorot and Bengio 2010, equation 16; Keras."""
    bound = np.sqrt(6.0 / sum(_fans(layer.weight)))
    _set(layer.weight, random.uniform(-bound, bound, layer.weight.shape))


def _normal_002(layer: nn.Cell, random: np.random.Generator) -> None:
    """Weights from N(0, 0.02), biases 0: Radford et al. 2015 (arXiv:1511.06434), section 4."""
    _set(layer.weight, 0.02 * random.standard_normal(layer.weight.shape))


def _he_normal(layer: nn.Cell, random: np.random.Generator) -> None:
    """Weights from N(0, sqrt(2 / fan in)), biases 0: He et al. 2015 (arXiv:1502.01852), equation 10.

    Signals keep their size on the way through layers of ReLU, and nearly so with a LeakyReLU's small slope, where no
    BatchNorm restores it.
    """
    _set(layer.weight, np.sqrt(2.0 / _fans(layer.weight)[0]) * random.standard_normal(layer.weight.shape))


INITIALISERS = {
    "uniform_fan_in": _uniform_fan_in,
    "glorot_uniform": _glorot_uniform,
    "normal_002": _normal_002,
    "he_normal": _he_normal,
}


def initialise(network: nn.Cell, scheme: str, random: np.random.Generator) -> None:
    """Give every layer of a network its initial weights, in the order of the layers.

    The numbers come from the generator handed in and from nothing else: the same generator state gives the same
    weights on every device and under every MindSpore version.

    Args:
        network: a network of the layers in layers.py. Norms keep beta 0, and gamma 1 except under normal_002, where
            gamma comes from N(1, 0.02). An Embedding's rows come from N(0, 1), as PyTorch's do, under the schemes that
            go by the fan in, which is 1 there; those of a Projection are drawn by Glorot under all.
        scheme: a key of INITIALISERS.
        random: where the numbers come from.
    """
    for _, layer in network.cells_and_names():
        if isinstance(layer, WEIGHTED):
            INITIALISERS[scheme](layer, random)
        elif isinstance(layer, Embedding):
            _embedding(layer, scheme, random)
        elif isinstance(layer, NORMS) and scheme == "normal_002" and _has_gamma(layer):
            _set(layer.gamma, 1 + 0.02 * random.standard_normal(layer.gamma.shape))


def _embedding(layer: Embedding, scheme: str, random: np.random.Generator) -> None:
    if isinstance(layer, Projection):
        _glorot_uniform(layer, random)
    elif scheme in ("uniform_fan_in", "he_normal"):
        _set(layer.weight, random.standard_normal(layer.weight.shape))
    else:
        INITIALISERS[scheme](layer, random)


def _has_gamma(norm: nn.Cell) -> bool:
    """Whether training adjusts a norm's scale."""
    gamma = getattr(norm, "gamma", None)
    return gamma is not None and gamma.requires_grad


def _set(parameter: ms.Parameter, values: np.ndarray) -> None:
    parameter.set_data(ms.Tensor(values.astype(np.float32)))
