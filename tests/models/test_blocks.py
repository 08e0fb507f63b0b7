"""Blocks, norms and embeddings against PyTorch's, in every layout: values, first and second derivatives."""

from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import values, weight
from mindspore import nn

from ms_gan.models import layers
from ms_gan.models.blocks import Concatenated, Residual, conditional_chain
from ms_gan.models.embeddings import ClassBatchNorm, Embedding
from ms_gan.models.resampling import Pooled, Reflected, Upsampled
from tests.models.derivatives import gradients

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "layers.npz")
LABELS = np.array([2, 0, 2, 1], np.int32)
MIXTURES = 0.5 + values("mixtures", (4, 3), 0.5)
pytestmark = pytest.mark.usefixtures("device")


class Given(nn.Cell):
    """A network of images and a condition, as one of images."""

    def __init__(self, network, condition):
        super().__init__(auto_prefix=False)
        self.network = network
        self.condition = ms.Tensor(condition)

    def construct(self, x):
        return self.network(x, self.condition)


class Projection(nn.Cell):
    """Features times what is embedded of their classes."""

    def __init__(self):
        super().__init__()
        self.embedding = Embedding(3, 5)

    def construct(self, x, labels):
        return x * self.embedding(labels)


def residual():
    inner = [layers.instance_norm(3), Reflected(1), layers.conv(3, 5, 3), Upsampled(), Pooled()]
    return Residual(inner, [layers.conv(3, 5, 1, bias=False)])


def concatenated():
    down, up = layers.conv(3, 5, 4, 2, "pad", 1, bias=False), layers.conv_transpose(5, 2, 4, 2, "pad", 1)
    return Concatenated([down, nn.Tanh(), up])


CELLS = {
    "upsampled": lambda: layers.chain([Upsampled()]),
    "pooled": lambda: layers.chain([Pooled()]),
    "reflected by 1": lambda: layers.chain([Reflected(1)]),
    "reflected by 3": lambda: layers.chain([Reflected(3)]),
    "instance norm": lambda: layers.chain([layers.instance_norm(3)]),
    "instance norm, plain": lambda: layers.chain([layers.instance_norm(3, affine=False)]),
    "class batch norm": lambda: Given(conditional_chain([ClassBatchNorm(3, 3)]), LABELS),
    "class batch norm, mixed": lambda: Given(conditional_chain([ClassBatchNorm(3, 3)]), MIXTURES),
    "embedding": lambda: Given(Projection(), LABELS),
    "embedding, mixed": lambda: Given(Projection(), MIXTURES),
    "residual": lambda: layers.chain([residual()]),
    "concatenated": lambda: layers.chain([concatenated()]),
}


@pytest.fixture(params=["native", "products", "exact products"])
def layout(request, choose_kernels):
    """Each way to compute convolutions in turn, and the norms that go with it."""
    choose_kernels(request.param != "native", request.param == "exact products")
    return request.param


@pytest.mark.parametrize("name", CELLS)
def test_values_and_derivatives_are_pytorch_s(name, layout):
    cell = CELLS[name]().set_train()
    parameters = cell.trainable_params()
    for parameter in parameters:
        parameter.set_data(ms.Tensor(weight(parameter.name, parameter.shape)))
    x = ms.Tensor(values(name, GOLDEN[f"{name}.x.1"].shape))
    np.testing.assert_allclose(cell(x).asnumpy(), GOLDEN[name], atol=1e-5, rtol=1e-4)
    for order in (1, 2):
        expected = [GOLDEN[f"{name}.{path}.{order}"] for path in ["x", *(p.name for p in parameters)]]
        floor = 1e-6 * max(np.abs(array).max() for array in expected)  # what rounding leaves of a derivative of zero
        for found, array in zip(gradients(cell, x, order), expected):
            np.testing.assert_allclose(found, array, atol=max(1e-4 * np.abs(array).max(), floor), rtol=1e-4)


def test_scales_and_shifts_by_rows_and_by_maps(layout):
    random = np.random.default_rng(0)
    x, scale, shift = (random.standard_normal((2, 3, 4, 5)).astype(np.float32) for _ in range(3))
    cell = layers.scale_and_shift()
    last = layers.channels_last()
    for rows in (True, False):
        factors = (scale[:, :, 0, 0], shift[:, :, 0, 0]) if rows else (scale, shift)
        given = [ms.Tensor(np.moveaxis(a, 1, -1) if last and a.ndim == 4 else a) for a in (x, *factors)]
        found = cell(*given).asnumpy()
        expected = x * factors[0].reshape(2, 3, *factors[0].shape[2:] or (1, 1))
        expected += factors[1].reshape(2, 3, *factors[1].shape[2:] or (1, 1))
        np.testing.assert_allclose(np.moveaxis(found, -1, 1) if last else found, expected, atol=1e-5)


class Transposes(nn.Cell):
    """A U-Net of residual blocks, whose transposes are counted."""

    def __init__(self):
        super().__init__()
        inner = [Pooled(), Residual([layers.conv(3, 3, 3, 1, "same"), layers.instance_norm(3)]), Upsampled()]
        self.layers = layers.chain([Concatenated([Concatenated(inner), layers.conv(6, 3, 1)])])

    def construct(self, x):
        return self.layers(x)


def test_a_chain_with_skips_transposes_images_at_both_ends_alone(layout):
    from tests.training.device_ops import compile_cell

    if layout == "native":
        pytest.skip("images are never transposed")
    graph = compile_cell(Transposes(), [ms.Tensor(np.zeros((2, 3, 8, 8), np.float32))])
    nodes = [node for part in [graph.graph, *graph.functions] for node in part.node]
    weights = 2  # of the convolutions, brought to the layout of their products
    assert sum("Transpose" in node.op_type for node in nodes) == 2 + weights


def test_nothing_but_condition_goes_to_conditional_cells(layout):
    norm = ClassBatchNorm(3, 3)
    block = Residual([layers.activation(0), norm])
    assert block.conditional and not Residual([layers.activation(0)]).conditional
    network = conditional_chain([Upsampled(), Concatenated([block])])
    norm.beta.set_data(ms.Tensor(np.arange(9, dtype=np.float32).reshape(3, 3)))
    images = ms.Tensor(np.zeros((2, 3, 2, 2), np.float32))
    found = network.set_train(False)(images, ms.Tensor(np.int32([2, 0]))).asnumpy()
    assert found.shape == (2, 6, 4, 4) and not found[:, :3].any()
    assert found[0, 3:, 0, 0].tolist() == [6, 7, 8] and found[1, 3:, 3, 3].tolist() == [0, 1, 2]


def test_impossible_sizes_are_refused(layout):
    images = ms.Tensor(np.zeros((2, 3, 4, 5), np.float32))
    with pytest.raises(ValueError, match="needs even sides, not 4x5"):
        layers.chain([Pooled()])(images)
    with pytest.raises(ValueError, match="4 reflected pixels needs larger images than 4x5"):
        layers.chain([Reflected(4)])(images)


def test_a_norm_of_a_conditional_one_has_nothing_of_its_own_to_train(layout):
    norm = ClassBatchNorm(3, 4)
    assert [p.name.split(".")[-1] for p in norm.trainable_params()] == ["gamma", "beta"]
    assert (norm.gamma.asnumpy() == 1).all() and not norm.beta.asnumpy().any()
