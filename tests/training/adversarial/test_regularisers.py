from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import values, weight
from mindspore import nn

from ms_gan.config.sections import OptimizerConfig
from ms_gan.models import cnn, dcgan, mlp
from ms_gan.training.adversarial.losses import OBJECTIVES
from ms_gan.training.adversarial.regularisers import (
    GradientPenalty,
    WeightClipping,
    ZeroCentredPenalty,
    instance_noise,
    lazy_weight,
)
from ms_gan.training.optimizers import build_optimizer

GOLDEN = np.load(Path(__file__).parents[2] / "golden" / "penalties.npz")
BATCH = 6
NETWORKS = {
    "mlp": ((1, 6, 5), lambda shape: mlp.Discriminator([7, 5], shape, 0.2)),
    "cnn": ((2, 24, 24), lambda shape: cnn.Discriminator(shape, 3, 0.2, 0.5)),
    "dcgan": ((1, 16, 16), lambda shape: dcgan.Discriminator(shape, 3, 0.2)),
}


class Penalties(nn.Cell):
    """Both penalties, and the gradient of their sum for the weights, as a training step takes it."""

    def __init__(self, discriminator):
        super().__init__(auto_prefix=False)
        self.gradient_penalty = GradientPenalty(discriminator)
        self.r1 = ZeroCentredPenalty(discriminator, 1.0)
        weights = ms.ParameterTuple(discriminator.trainable_params())
        self.gradients = ms.value_and_grad(self.total, None, weights, has_aux=True)

    def total(self, real, fake, shares, mask):
        penalties = self.gradient_penalty(real, fake, shares, mask), self.r1(real, mask)
        return penalties[0] + penalties[1], *penalties

    def construct(self, real, fake, shares, mask):
        return self.gradients(real, fake, shares, mask)


# PyNative mode once, with the layers whose second derivatives it would lose.
@pytest.mark.parametrize(
    "name, mode", [*((name, "graph") for name in NETWORKS), ("cnn", "pynative")], indirect=["mode"]
)
def test_penalties_and_their_gradients(name, mode, kernels):
    shape, build = NETWORKS[name]
    network = build(shape).set_train()
    for parameter in network.trainable_params():
        parameter.set_data(ms.Tensor(3 * weight(parameter.name, parameter.shape)))
    real, fake = (ms.Tensor(values(name, (BATCH, *shape))) for name in ("real", "fake"))
    shares = ms.Tensor(0.5 + values("shares", (BATCH, 1, 1, 1), 0.5))
    # A mask that hides nothing: dropout's place in the call, with the results of a network without it.
    mask = ms.ops.ones((BATCH, 3)) if name == "cnn" else None
    (_, *found), gradients = Penalties(network)(real, fake, shares, mask)
    assert [float(value.asnumpy()) for value in found] == pytest.approx(
        [float(GOLDEN[f"{name}.{kind}"]) for kind in ("gradient penalty", "r1")], rel=1e-4
    )
    for parameter, gradient in zip(network.trainable_params(), gradients):
        expected = GOLDEN[f"{name}.{parameter.name}"]
        np.testing.assert_allclose(gradient.asnumpy(), expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


class WassersteinUpdate(nn.Cell):
    """One update of a discriminator, as a training step makes it."""

    def __init__(self, discriminator):
        super().__init__(auto_prefix=False)
        self.discriminator = discriminator
        self.objective = OBJECTIVES["wasserstein"].discriminator
        self.penalty = GradientPenalty(discriminator)
        self.optimizer = build_optimizer(OptimizerConfig(lr=0.01), discriminator.trainable_params(), "optim_d.")
        self.gradients = ms.value_and_grad(self.loss, None, self.optimizer.parameters)

    def loss(self, real, fake, shares):
        loss = self.objective(self.discriminator(real), self.discriminator(fake))
        return loss + self.penalty(real, fake, shares)

    def construct(self, real, fake, shares):
        loss, gradients = self.gradients(real, fake, shares)
        self.optimizer(gradients)
        return loss


def test_both_modes_follow_one_path(device):
    """Several updates: the second one must see the weights that the first one has changed."""
    shape, build = NETWORKS["mlp"]
    real, fake = (ms.Tensor(values(name, (BATCH, *shape))) for name in ("real", "fake"))
    paths = []
    for mode in (ms.PYNATIVE_MODE, ms.GRAPH_MODE):
        ms.set_context(mode=mode)
        network = build(shape).set_train()
        for parameter in network.trainable_params():
            parameter.set_data(ms.Tensor(weight(parameter.name, parameter.shape)))
        update = WassersteinUpdate(network)
        paths.append(
            [float(update(real, fake, ms.ops.full((BATCH, 1, 1, 1), share)).asnumpy()) for share in (0.2, 0.5, 0.9)]
        )
    assert paths[0] == pytest.approx(paths[1], rel=1e-4)
    assert paths[0][2] < paths[0][0]


def test_the_norm_is_taken_image_by_image(device):
    """Of slopes 0 and 2 the mean is 1, which would cost nothing."""

    def discriminator(images):
        return images.reshape((2, -1)).sum(1, keepdims=True) * ms.Tensor([[0.0], [1.0]], ms.float32)

    images = ms.ops.zeros((2, 1, 2, 2))
    penalty = GradientPenalty(discriminator, weight=3.0)(images, images, ms.ops.zeros((2, 1, 1, 1)))
    assert float(penalty.asnumpy()) == pytest.approx(3.0, rel=1e-5)


def test_a_slope_of_zero_has_a_gradient(device):
    layer = nn.Dense(4, 1, weight_init="zeros")

    def discriminator(images):
        return layer(images.reshape((2, -1)))

    penalty = GradientPenalty(discriminator)
    images = ms.ops.ones((2, 1, 2, 2))
    _, gradients = ms.value_and_grad(penalty, None, layer.trainable_params())(images, images, ms.ops.ones((2, 1, 1, 1)))
    assert all(np.isfinite(gradient.asnumpy()).all() for gradient in gradients)


class Update(nn.Cell):
    """Weights that an update moves out of bounds, then clipped, in one graph."""

    def __init__(self, parameters):
        super().__init__(auto_prefix=False)
        self.parameters = ms.ParameterTuple(parameters)
        self.clip = WeightClipping(parameters, 0.5)

    def construct(self):
        for parameter in self.parameters:
            ms.ops.assign(parameter, 2.0 * parameter)
        return self.clip()


def test_weights_are_clipped_after_the_update(mode):
    start = np.float32([-3.0, -0.2, 0.0, 0.1, 0.3])
    parameters = [ms.Parameter(ms.Tensor(start * sign), name=f"p{sign}") for sign in (1, -1)]
    Update(parameters)()
    for parameter, sign in zip(parameters, (1, -1)):
        assert np.allclose(parameter.asnumpy(), sign * np.float32([-0.5, -0.4, 0.0, 0.2, 0.5]))


def test_instance_noise_falls_to_nothing(mode):
    images, noise = (ms.Tensor(values(name, (2, 1, 3, 3))) for name in ("images", "noise"))
    for step, sigma in ((0.0, 0.2), (25.0, 0.15), (100.0, 0.0), (1000.0, 0.0)):
        found = instance_noise(images, noise, ms.Tensor(step, ms.float32), 0.2, 100)
        assert np.allclose(found.asnumpy(), images.asnumpy() + sigma * noise.asnumpy(), atol=1e-6)


def test_lazy_penalties_weigh_the_same_in_the_long_run():
    assert lazy_weight(10.0, 1) == 10.0
    assert lazy_weight(10.0, 16) == 160.0
