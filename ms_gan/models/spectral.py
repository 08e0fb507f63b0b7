"""Spectral normalisation: weights divided by their largest singular value, which bounds a network's slope."""

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.models.cpu import convolution
from ms_gan.models.embeddings import Embedding
from ms_gan.models.layers import product, total

# The operations that take a layer's weight as their second input, under the names that the layer keeps them by, and the
# axis of the weight that has the outputs. For an Embedding, whose input is a label, PyTorch takes that of the labels.
OPERATIONS = (
    (convolution.Conv2d, ("winograd", "product"), 0),
    (convolution.ConvTranspose2d, ("product",), 1),
    (nn.Conv2d, ("conv2d",), 0),
    (nn.Conv2dTranspose, ("conv2d_transpose",), 1),
    (nn.Dense, ("matmul",), 0),
    (Embedding, ("rows",), 0),
)


def _unit(vector):
    """A vector of length one, or zeros."""
    return vector / (ops.sqrt(total(vector * vector)) + 1e-12)


class SpectralNorm(nn.Cell):
    """operation(x, weight / sigma), sigma being the weight's largest singular value, as one power iteration finds it.

    Miyato et al. 2018 (arXiv:1802.05957), algorithm 1: v <- W^T u / |W^T u|, u <- W v / |W v|, sigma = u^T W v, where
    no gradient passes through u and v. W has a row for each output channel. Each forward pass in training mode keeps
    its u for the next one; in evaluation mode u stays.

    Args:
        operation: linear in its second input.
        weight: the parameter that the second one is made of.
        u: (1, outputs), a parameter without a gradient.
        axis: of the weight's outputs, 0 or 1.

    Inputs:
        those of the operation: x, the weight in whichever layout the operation takes, and what follows.

    Outputs:
        those of the operation.
    """

    def __init__(self, operation, weight: ms.Parameter, u: ms.Parameter, axis: int = 0):
        super().__init__()
        self.operation = operation
        self.weight = weight
        self.u = u
        self.axis = axis
        self.times_transposed = ops.MatMul(transpose_b=True)

    def construct(self, x, weight, *rest):
        # A product, because MindSpore's broadcasts, and the sums that are their gradients, run in one thread of a CPU.
        normalised = product(1.0 / self.sigma(), weight.reshape((1, -1))).reshape(weight.shape)
        return self.operation(x, normalised, *rest)

    def sigma(self):
        """The weight's largest singular value, (1, 1)."""
        weight = self.weight.swapaxes(0, 1) if self.axis else self.weight
        matrix = weight.reshape((weight.shape[0], -1))
        v = _unit(ops.stop_gradient(product(self.u, matrix)))
        image = self.times_transposed(v, matrix)
        u = _unit(ops.stop_gradient(image))
        if self.training:
            ops.assign(self.u, u)
        return self.times_transposed(u, image)


def normalise_spectra(network: nn.Cell, random: np.random.Generator) -> None:
    """Give every Dense, every convolution, transposed or not, and every Embedding spectral normalisation, in place.

    Names and values of the weights stay; beside each `weight` there is now a `weight_u`, saved and restored with
    them, which training does not adjust. To be called once, and not for weights that are all zero.

    Args:
        network: a network of the layers in layers.py and embeddings.py. The rows of conditional norms are no weights,
            and stay as they are.
        random: where each first u comes from.
    """
    for _, layer in list(network.cells_and_names()):
        operations, axis = next((found for kind, *found in OPERATIONS if isinstance(layer, kind)), ((), 0))
        if not operations:
            continue
        u = random.standard_normal((1, layer.weight.shape[axis])).astype(np.float32)
        name = layer.weight.name
        layer.weight_u = ms.Parameter(ms.Tensor(u / np.linalg.norm(u)), name="weight_u", requires_grad=False)
        for operation in operations:
            if hasattr(layer, operation):
                norm = SpectralNorm(getattr(layer, operation), layer.weight, layer.weight_u, axis)
                setattr(layer, operation, norm.set_train(layer.training))
        # A cell that takes in another one has put its own name before those of the parameters.
        layer.weight.name, layer.weight_u.name = name, f"{name}_u"
