"""Blocks, per-image norms and embeddings against PyTorch (tests/golden/make_layers.py), as chains and as own layers."""

from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import values, weight
from mindspore import nn

from ms_gan.models import blocks, layers
from ms_gan.models.descent import Descent
from ms_gan.models.embeddings import ClassBatchNorm, Embedding
from ms_gan.models.initialisers import initialise
from ms_gan.models.spectral import normalise_spectra
from tests.models.derivatives import assert_close, gradients

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "layers.npz")
LABELS = ms.Tensor(np.array([0, 2, 1, 2], np.int32))


def conv(inputs, outputs):
    return layers.conv(inputs, outputs, 3, 1, "pad", 1)


class Labelled(nn.Cell):
    """A conditional cell with its labels."""

    def __init__(self, cell, labels):
        super().__init__(auto_prefix=False)
        self.cell, self.labels = cell, labels

    def construct(self, x):
        return self.cell(x, self.labels)


def class_batch_norm():
    return Labelled(blocks.conditional_chain([ClassBatchNorm(3, 4)]), LABELS)


MADE = {
    "instance_norm": lambda: layers.chain([layers.instance_norm(4)]),
    "instance_norm_plain": lambda: layers.chain([layers.instance_norm(4, affine=False)]),
    "upsampled": lambda: layers.chain([blocks.upsampled()]),
    "pooled": lambda: layers.chain([blocks.pooled()]),
    "reflected": lambda: layers.chain([blocks.reflected(2)]),
    "residual": lambda: layers.chain(
        [blocks.Residual([conv(4, 4), layers.instance_norm(4), layers.activation(0.2), conv(4, 4)])]
    ),
    "concatenated": lambda: layers.chain([blocks.Concatenated([conv(4, 3)])]),
    "class_batch_norm": class_batch_norm,
}


@pytest.mark.parametrize("name", MADE)
def test_a_layer_equals_pytorch_with_first_and_second_derivatives(kernels, name):
    layer = MADE[name]().set_train()
    parameters = layer.trainable_params()
    for number, parameter in enumerate(parameters):
        parameter.set_data(ms.Tensor(2 * weight(f"{name} {number}", parameter.shape)))
    images = ms.Tensor(values(f"{name} images", (4, 4, 6, 6)))
    assert_close([layer(images).asnumpy()], [GOLDEN[f"{name}.output"]])
    count = 1 + len(parameters)
    for order, which in ((1, "first"), (2, "second")):
        expected = [GOLDEN[f"{name}.{which}.{number}"] for number in range(count)]
        found = gradients(layer, images, order)
        scale = max(np.abs(array).max() for array in expected)
        for ours, theirs in zip(found, expected):
            np.testing.assert_allclose(ours, np.broadcast_to(theirs, ours.shape), atol=1e-4 * scale, rtol=2e-4)


def test_an_embedding_equals_pytorch_and_mixes_classes(device):
    embedding = Embedding(3, 5)
    embedding.weight.set_data(ms.Tensor(values("embedding", (3, 5))))
    np.testing.assert_array_equal(embedding(LABELS).asnumpy(), GOLDEN["embedding.output"])

    def cubes(labels):
        return (embedding(labels) ** 3).sum()

    gradient = ms.grad(cubes, None, embedding.trainable_params())(LABELS)
    np.testing.assert_allclose(gradient[0].asnumpy(), GOLDEN["embedding.first"], rtol=1e-5, atol=1e-6)
    one_hot = np.eye(3, dtype=np.float32)[LABELS.asnumpy()]
    np.testing.assert_allclose(embedding(ms.Tensor(one_hot)).asnumpy(), GOLDEN["embedding.output"], rtol=1e-6)
    half = embedding(ms.Tensor(np.float32([[0.5, 0.5, 0.0]]))).asnumpy()
    np.testing.assert_allclose(half[0], values("embedding", (3, 5))[:2].mean(0), rtol=1e-5, atol=1e-6)


def test_embeddings_are_initialised_and_both_variants_begin_alike(kernels):
    network = nn.CellList([Embedding(5, 200), layers.instance_norm(4)])
    initialise(network, "uniform_fan_in", np.random.default_rng(0))
    table = network[0].weight.asnumpy()
    assert abs(table.mean()) < 0.1 and abs(table.std() - 1) < 0.1
    assert (network[1].gamma.asnumpy() == 1).all()


def test_spectral_normalisation_reaches_transposed_convolutions_and_embeddings(kernels):
    cells = [layers.conv_transpose(3, 2, 4, 2, "pad", 1), Embedding(4, 6)]
    network = nn.CellList(cells)
    for number, cell in enumerate(cells):
        cell.weight.set_data(ms.Tensor(3 * values(f"spectral {number}", cell.weight.shape)))
    normalise_spectra(network, np.random.default_rng(0))
    assert sum(name.endswith("weight_u") for name in (p.name for p in network.get_parameters())) == 2
    network.set_train()
    labels, images = ms.Tensor(np.arange(4, dtype=np.int32)), ms.Tensor(values("x", (2, 3, 4, 4)))
    for _ in range(40):
        rows, made = network[1](labels), layers.chain([network[0]])(images)
    assert np.linalg.svd(rows.asnumpy(), compute_uv=False)[0] == pytest.approx(1, rel=1e-3)
    assert np.isfinite(made.asnumpy()).all()


@pytest.mark.parametrize("rule", ["sign", "adam"])
def test_a_descent_in_one_graph_equals_its_steps_by_hand(device, rule):
    start, goal = values("start", (3, 4)), values("goal", (3, 4))
    rates = np.float32([0.1, 0.05, 0.02])

    def value(x, target):
        return ((x - target) ** 2).sum(1)

    def stay(x, target):
        return ms.ops.minimum(ms.ops.maximum(x, ms.Tensor(-0.8, ms.float32)), ms.Tensor(0.8, ms.float32))

    descent = Descent(value, stay, rule)
    found = descent(ms.Tensor(start), ms.Tensor(rates), ms.Tensor(goal)).asnumpy()
    x, mean, square = start.astype(np.float64), 0.0, 0.0
    for step, rate in enumerate(rates, 1):
        gradient = 2 * (x - goal)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        adam = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        x = np.clip(x - rate * (np.sign(gradient) if rule == "sign" else adam), -0.8, 0.8)
    np.testing.assert_allclose(found, x, rtol=1e-4, atol=1e-5)


def test_odd_sides_and_borders_wider_than_the_image_are_refused(kernels):
    images = ms.Tensor(np.zeros((1, 1, 3, 3), np.float32))
    for cell in (blocks.pooled(), blocks.reflected(3)):
        with pytest.raises(ValueError):
            layers.chain([cell])(images)
