from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import values, weight
from mindspore import nn

from ms_gan.models import layers
from ms_gan.models.embeddings import ClassBatchNorm, Embedding
from ms_gan.models.spectral import normalise_spectra

GOLDEN, GENERATOR = (np.load(Path(__file__).parents[1] / "golden" / f"spectral{of}.npz") for of in ("", "_generator"))
BATCH = 6


class Discriminator(nn.Cell):
    def __init__(self):
        super().__init__()
        cells = [layers.conv(3, 16, 3, 1, "pad", 1), layers.activation(0.2), layers.conv(16, 2, 3)]
        self.layers = layers.chain([*cells, layers.activation(0.2)])
        self.dense = layers.dense(8, 1)

    def construct(self, images):
        return self.dense(self.layers(images).reshape((images.shape[0], -1)))


class Generator(nn.Cell):
    """Images of labels, without latents."""

    def __init__(self):
        super().__init__()
        self.embedding = Embedding(3, 8)
        cells = [layers.conv_transpose(2, 16, 4, 2, "pad", 1), layers.activation(0.2), layers.conv_transpose(16, 3, 3)]
        self.layers = layers.chain(cells)

    def construct(self, labels):
        return self.layers(self.embedding(labels).reshape((-1, 2, 2, 2)))


class TwoPasses(nn.Cell):
    """Logits of real and of generated images, and the gradient of a loss of both for the weights."""

    def __init__(self, discriminator):
        super().__init__(auto_prefix=False)
        self.discriminator = discriminator
        self.gradients = ms.grad(self.loss, None, ms.ParameterTuple(discriminator.trainable_params()), has_aux=True)

    def loss(self, real, fake):
        real, fake = self.discriminator(real), self.discriminator(fake)
        return (real * real).mean() + fake.mean(), real, fake

    def construct(self, real, fake):
        return self.gradients(real, fake)


def test_two_passes_are_two_iterations_of_the_paper(mode, kernels):
    check_two_passes(Discriminator(), [values(name, (BATCH, 3, 4, 4)) for name in ("real", "fake")], GOLDEN)


def test_two_passes_of_transposed_convolutions_and_embeddings(mode, kernels):
    check_two_passes(Generator(), [np.int32([2, 0, 2, 1]), np.int32([1, 0, 0, 2])], GENERATOR)


def check_two_passes(network, inputs, golden):
    """Outputs, gradients and vectors after both passes against PyTorch's; evaluation leaves the vectors alone."""
    network.set_train()
    for parameter in network.get_parameters():
        parameter.set_data(ms.Tensor(3 * weight(parameter.name, parameter.shape)))
    names = [parameter.name for parameter in network.get_parameters()]
    normalise_spectra(network, np.random.default_rng(0))
    assert [parameter.name for parameter in network.trainable_params()] == names
    vectors = {parameter.name: parameter for parameter in network.get_parameters() if not parameter.requires_grad}
    assert list(vectors) == [f"{name}_u" for name in names if name.endswith("weight")]
    for name, vector in vectors.items():
        assert np.linalg.norm(vector.asnumpy()) == pytest.approx(1, abs=1e-6)
        start = values(name[: -len("_u")], vector.shape)
        vector.set_data(ms.Tensor(start / np.linalg.norm(start)))

    inputs = [ms.Tensor(array) for array in inputs]
    gradients, outputs = TwoPasses(network)(*inputs)
    found = {"real": outputs[0], "fake": outputs[1], **dict(zip(names, gradients))}
    for name, value in {**found, **vectors}.items():
        expected = golden[name].reshape(value.shape)
        np.testing.assert_allclose(value.asnumpy(), expected, rtol=1e-3, atol=1e-5 * max(1, np.abs(expected).max()))

    before = {name: vector.asnumpy().copy() for name, vector in vectors.items()}
    network.set_train(False)(inputs[0])
    assert all(np.array_equal(vector.asnumpy(), before[name]) for name, vector in vectors.items())


@pytest.mark.parametrize("sizes", [(5, 6, 4, 2), (24, 3, 5, 1), (32, 32, 3, 1)], ids=str)
def test_iterations_end_at_the_largest_singular_value(kernels, sizes):
    """With each way of computing a convolution: gathering first, multiplying first, in Winograd's tiles."""
    bare, normalised = (layers.conv(*sizes, "same", bias=False) for _ in range(2))
    values_of_weight = weight("layer", bare.weight.shape)
    for layer in (bare, normalised):
        layer.weight.set_data(ms.Tensor(values_of_weight))
    normalise_spectra(normalised, np.random.default_rng(0))
    images = ms.Tensor(values("images", (2, sizes[0], 8, 8)))
    bare, normalised = layers.chain([bare]), layers.chain([normalised]).set_train()
    for _ in range(100):
        normalised(images)
    sigma = np.linalg.svd(values_of_weight.reshape(sizes[1], -1), compute_uv=False)[0]
    np.testing.assert_allclose(normalised(images).asnumpy(), bare(images).asnumpy() / sigma, atol=1e-4)


def test_rows_of_conditional_norms_are_no_weights():
    norm = ClassBatchNorm(3, 4)
    normalise_spectra(norm, np.random.default_rng(0))
    assert not [parameter.name for parameter in norm.get_parameters() if parameter.name.endswith("_u")]
