import mindspore as ms
import numpy as np
import pytest

from ms_gan.losses import binary_cross_entropy

pytestmark = pytest.mark.usefixtures("device")


def test_logits_and_probabilities_give_one_cross_entropy():
    real, fake = np.float32([[0.3], [-2.0], [1.5]]), np.float32([[-0.7], [0.1], [3.0]])

    def sigmoid(x):
        return 1 / (1 + np.exp(-x.astype(np.float64)))

    for logits in (real, fake):
        for label in (0.0, 1.0, 0.3, np.float32([[1.05], [0.02], [0.9]])):
            s = sigmoid(logits)
            expected = (-label * np.log(s) - (1 - label) * np.log(1 - s)).mean()
            given = label if isinstance(label, float) else ms.Tensor(label)
            ours = binary_cross_entropy(ms.Tensor(logits), given)
            assert float(ours.asnumpy()) == pytest.approx(expected, rel=1e-6)


def test_certain_discriminators_give_finite_losses_and_gradients():
    logits = ms.Tensor(np.float32([[-200.0], [200.0]]))
    value, gradient = ms.value_and_grad(binary_cross_entropy)(logits, ms.Tensor(np.float32([[1.0], [1.0]])))
    assert float(value.asnumpy()) == pytest.approx(100.0)
    assert np.allclose(gradient.asnumpy(), [[-0.5], [0.0]])
