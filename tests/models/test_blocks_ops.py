"""Every op of blocks, norms, embeddings and descent has kernels for GPU and Ascend, derivatives' and second ones' too.

As in tests/training/test_device_ops.py, without either device, and with MindSpore's own convolutions, as there.
"""

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn, ops

from ms_gan.models import layers
from ms_gan.models.blocks import Concatenated, Residual, conditional_chain
from ms_gan.models.descent import RULES, Descent
from ms_gan.models.embeddings import ClassBatchNorm, Embedding
from ms_gan.models.initialisers import initialise
from ms_gan.models.resampling import Pooled, Reflected, Upsampled
from ms_gan.models.spectral import normalise_spectra
from tests.training.device_ops import compile_cell, dynamic_shapes, has_kernel, ops_of, registered

pytestmark = pytest.mark.usefixtures("device", "own_kernels")


class Everything(nn.Cell):
    """Each new layer once: images and labels or weights of classes -> (N, 1)."""

    def __init__(self):
        super().__init__()
        inner = [layers.conv(4, 4, 4, 2, "pad", 1), layers.conv_transpose(4, 4, 4, 2, "pad", 1)]
        cells = [
            Reflected(1), layers.conv(3, 4, 3), Residual([ClassBatchNorm(3, 4), nn.ReLU(), Upsampled(), Pooled()]),
            Concatenated([layers.instance_norm(4), *inner, layers.instance_norm(4, affine=False)]), nn.Tanh(),
        ]  # fmt: skip
        self.layers = conditional_chain(cells)
        self.embedding = Embedding(3, 8 * 8 * 8)

    def construct(self, images, labels):
        features = self.layers(images, labels).reshape((images.shape[0], -1)) * self.embedding(labels)
        return layers.product(features, ops.ones((features.shape[1], 1), features.dtype))


class Penalised(nn.Cell):
    """Gradients, for the weights, of the squared slope for images."""

    def __init__(self, network):
        super().__init__(auto_prefix=False)
        self.network = network
        self.slopes = ms.grad(self.sum)
        self.gradients = ms.grad(self.penalty, None, ms.ParameterTuple(network.trainable_params()))

    def sum(self, images, labels):
        return layers.total(self.network(images, labels))

    def penalty(self, images, labels):
        slopes = self.slopes(images, labels)
        return layers.total(slopes * slopes)

    def construct(self, images, labels):
        return self.gradients(images, labels)


def inputs():
    return ms.Tensor(np.ones((2, 3, 8, 8), np.float32)), ms.Tensor(np.int32([2, 0]))


def missing(graph):
    """The ops without kernels, by device; shapes must be known."""
    assert not dynamic_shapes(graph)
    kernels = registered(ms.__version__)
    return [(op, device) for op in sorted(ops_of(graph)) for device in kernels if not has_kernel(op, device, kernels)]


@pytest.mark.parametrize("mixed", [False, True], ids=["labels", "mixtures"])
def test_every_op_of_second_derivatives_has_kernels(mixed):
    network = Everything().set_train()
    initialise(network, "he_normal", np.random.default_rng(0))
    normalise_spectra(network, np.random.default_rng(1))
    images, labels = inputs()
    if mixed:
        labels = ms.Tensor(np.float32([[0.5, 0.5, 0], [0, 0, 1]]))
    assert not missing(compile_cell(Penalised(network), [images, labels]))


@pytest.mark.parametrize("rule", RULES)
def test_every_op_of_a_descent_has_kernels(rule):
    network = Everything().set_train(False)
    images, labels = inputs()

    def value(x, start, labels):
        return network(x, labels)

    def near(x, start, labels):
        return ops.minimum(ops.maximum(x, start - 0.1), start + 0.1)

    rates = ms.Tensor(np.full(3, 0.1, np.float32))
    graph = compile_cell(Descent(value, near, rule), [images, rates, images, labels])
    assert {"Less", "Conv2D"} <= ops_of(graph)
    assert not missing(graph)
