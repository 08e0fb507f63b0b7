from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import values
from mindspore import nn

from ms_gan.training.adversarial.losses import OBJECTIVES, binary_cross_entropy

pytestmark = pytest.mark.usefixtures("device")
GOLDEN = np.load(Path(__file__).parents[2] / "golden" / "objectives.npz")
BATCH = 6


def logits():
    return [ms.Tensor(values(name, (BATCH, 1), 3.0)) for name in ("real logits", "fake logits")]


class Losses(nn.Cell):
    """Both losses of an objective with their gradients for the logits, used as a training step uses them."""

    def __init__(self, name, labels=()):
        super().__init__()
        self.objective_d, self.objective_g = OBJECTIVES[name].discriminator, OBJECTIVES[name].generator
        self.labels = labels
        self.grad_d, self.grad_g = (ms.value_and_grad(loss, (0, 1)) for loss in (self.loss_d, self.loss_g))

    def loss_d(self, real, fake):
        return self.objective_d(real, fake, *self.labels)

    def loss_g(self, real, fake):
        return self.objective_g(fake, real)

    def construct(self, real, fake):
        return self.grad_d(real, fake), self.grad_g(real, fake)


@pytest.mark.parametrize("name", [*OBJECTIVES, "non_saturating, noisy", "least_squares, noisy"])
def test_objectives_are_those_of_the_papers(mode, name):
    noisy = (ms.Tensor(0.9 + values("real labels", (BATCH, 1), 0.1)), 0.05) if "noisy" in name else ()
    found = Losses(name.split(",")[0], noisy)(*logits())
    for role, (loss, gradients) in zip(("discriminator", "generator"), found):
        for key, value in zip(("", ".real", ".fake"), (loss, *gradients)):
            np.testing.assert_allclose(value.asnumpy(), GOLDEN[f"{name}.{role}{key}"], atol=1e-6)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_certain_discriminators_give_finite_losses_and_gradients(name):
    for sign in (100.0, -100.0):
        for loss, gradients in Losses(name)(*(sign * x for x in logits())):
            assert all(np.isfinite(value.asnumpy()).all() for value in (loss, *gradients))


def test_only_paired_objectives_read_the_generators_real_logits():
    for objective in OBJECTIVES.values():
        if not objective.paired:
            assert np.isfinite(float(objective.generator(logits()[1], None).asnumpy()))


def test_labels_are_refused_where_there_are_none():
    for objective in OBJECTIVES.values():
        if not objective.has_labels:
            with pytest.raises(TypeError):
                objective.discriminator(*logits(), 0.9, 0.0)


def test_turned_logits_stand_for_turned_labels():
    real, fake = logits()
    turned = OBJECTIVES["non_saturating"].discriminator(-real, -fake, 1 - 0.02, -0.03)
    expected = binary_cross_entropy(real, 0.02) + binary_cross_entropy(fake, 1.03)
    assert float(turned.asnumpy()) == pytest.approx(float(expected.asnumpy()), rel=1e-6)


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


def test_saturated_logits_keep_their_gradients():
    logits = ms.Tensor(np.float32([[-200.0], [200.0]]))
    value, gradient = ms.value_and_grad(binary_cross_entropy)(logits, ms.Tensor(np.float32([[1.0], [1.0]])))
    assert float(value.asnumpy()) == pytest.approx(100.0)
    assert np.allclose(gradient.asnumpy(), [[-0.5], [0.0]])
