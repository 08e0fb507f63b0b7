"""Every op of the blocks, norms and embeddings, forward and backward, has kernels for GPU and Ascend."""

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.models.embeddings import Embedding
from ms_gan.models.layers import total
from tests.models.test_blocks import LABELS, MADE
from tests.training.device_ops import compile_cell, dynamic_shapes, has_kernel, ops_of, registered


class Slopes(nn.Cell):
    """Gradients of the sum of a layer's cubes, for what it is given and for its parameters."""

    def __init__(self, layer):
        super().__init__(auto_prefix=False)
        self.layer = layer
        weights = ms.ParameterTuple(layer.trainable_params()) if layer.trainable_params() else None
        self.gradient = ms.grad(self.cubes, 0, weights)

    def cubes(self, x):
        made = self.layer(x)
        return total(made * made * made)

    def construct(self, x):
        return self.gradient(x)


def check(cell, *inputs):
    graph, kernels = compile_cell(cell, list(inputs)), registered(ms.__version__)
    assert not [(op, name) for op in sorted(ops_of(graph)) for name in kernels if not has_kernel(op, name, kernels)]
    assert not dynamic_shapes(graph)


@pytest.fixture
def own_layers(device):
    """MindSpore's own layers, as a GPU and an Ascend are given."""
    from ms_gan.models import layers

    chosen = layers._products
    layers.convolutions_as_products(False)
    yield
    layers.convolutions_as_products(chosen)


UNCONCATENATED = "the gradient of Concat is SplitWithSize, for which MindSpore's GPU plugin registers no kernel"
LACKING = {"concatenated": pytest.mark.xfail(strict=True, reason=UNCONCATENATED)}


@pytest.mark.parametrize("name", [pytest.param(name, marks=LACKING.get(name, ())) for name in MADE])
def test_a_layer_has_kernels(own_layers, name):
    check(Slopes(MADE[name]().set_train()), ms.Tensor(np.zeros((4, 4, 6, 6), np.float32)))


def test_an_embedding_has_kernels(own_layers):
    check(Embedding(3, 5), LABELS)
