import mindspore as ms
import numpy as np
import pytest

from ms_gan import losses

pytestmark = pytest.mark.usefixtures("device")


def test_non_saturating_is_binary_cross_entropy():
    real, fake = np.float32([[0.3], [-2.0], [1.5]]), np.float32([[-0.7], [0.1], [3.0]])

    def sigmoid(x):
        return 1 / (1 + np.exp(-x.astype(np.float64)))

    expected = -np.log(sigmoid(real)).mean() - np.log(1 - sigmoid(fake)).mean()
    ours = losses.non_saturating_discriminator(ms.Tensor(real), ms.Tensor(fake))
    assert float(ours.asnumpy()) == pytest.approx(expected, rel=1e-6)
    ours = losses.non_saturating_generator(ms.Tensor(fake))
    assert float(ours.asnumpy()) == pytest.approx(-np.log(sigmoid(fake)).mean(), rel=1e-6)


def test_certain_discriminators_give_finite_losses_and_gradients():
    logits = ms.Tensor(np.float32([[-200.0], [200.0]]))
    value, gradient = ms.value_and_grad(losses.non_saturating_generator)(logits)
    assert float(value.asnumpy()) == pytest.approx(100.0)
    assert np.allclose(gradient.asnumpy(), [[-0.5], [0.0]])
