import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.models import layers

pytestmark = pytest.mark.usefixtures("device")


class Loss(nn.Cell):
    """A scalar whose gradient differs from pixel to pixel."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def construct(self, x):
        y = self.network(x)
        return (y * y * y).sum()


def test_leaky_relu_is_mindspore_s():
    x = ms.Tensor(np.float32([[-3.0, -0.5, 0.0, 0.5, 3.0]]))
    ours, theirs = (ms.value_and_grad(Loss(cell))(x) for cell in (layers.LeakyReLU(0.3), nn.LeakyReLU(0.3)))
    assert float(ours[0].asnumpy()) == pytest.approx(float(theirs[0].asnumpy()), rel=1e-6)
    assert np.allclose(ours[1].asnumpy(), theirs[1].asnumpy(), rtol=1e-6)


def test_the_choice_of_kernels_changes_neither_parameters_nor_results(choose_kernels):
    x = ms.Tensor(np.random.default_rng(0).standard_normal((3, 2, 8, 8)).astype(np.float32))
    found = []
    for chosen in (False, True):
        choose_kernels(chosen)
        cells = [
            layers.conv(2, 6, 5, padding="same"), layers.activation(0.2), layers.conv(6, 4, 4, 2, "pad", 1),
            layers.batch_norm_2d(4), layers.activation(0.2), layers.conv_transpose(4, 3, 4, 2, "same"),
        ]  # fmt: skip
        network = layers.chain(cells).set_train()
        for i, parameter in enumerate(network.trainable_params()):
            values = np.random.default_rng(i).standard_normal(parameter.shape) / 5
            parameter.set_data(ms.Tensor(values.astype(np.float32)))
        names = [(parameter.name, parameter.shape) for parameter in network.get_parameters()]
        value, gradient = ms.value_and_grad(Loss(network))(x)
        found.append((names, float(value.asnumpy()), gradient.asnumpy()))
    (names, value, gradient), (other_names, other_value, other_gradient) = found
    assert names == other_names
    assert other_value == pytest.approx(value, rel=1e-4)
    assert np.allclose(other_gradient, gradient, atol=1e-4 * np.abs(gradient).max())


def test_batch_norm_of_vectors_is_mindspore_s(choose_kernels):
    x = ms.Tensor(np.random.default_rng(1).normal(3, 2, (6, 5)).astype(np.float32))
    found = []
    for chosen in (False, True):
        choose_kernels(chosen)
        norm = layers.batch_norm(5).set_train()
        value, gradient = ms.value_and_grad(Loss(norm))(x)
        statistics = [parameter.asnumpy() for parameter in norm.get_parameters()]
        found.append([value.asnumpy(), gradient.asnumpy(), *statistics, norm.set_train(False)(x).asnumpy()])
    for native, ours in zip(*found):
        assert np.allclose(native, ours, atol=1e-5)
