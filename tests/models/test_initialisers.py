import numpy as np
import pytest
from mindspore import nn

from ms_gan.models.embeddings import ClassBatchNorm, Embedding
from ms_gan.models.initialisers import initialise
from ms_gan.models.layers import batch_norm_2d, conv, conv_transpose, dense, instance_norm
from ms_gan.seeds import Purpose, stream

pytestmark = pytest.mark.usefixtures("device")


def weights(scheme, layer):
    network = nn.SequentialCell([layer, batch_norm_2d(400)])
    initialise(network, scheme, stream(0, Purpose.WEIGHTS))
    return network[0].weight.asnumpy(), network[0].bias.asnumpy(), network[1].gamma.asnumpy()


@pytest.mark.parametrize(
    "layer, fan_in, fan_out",
    [(dense(300, 100), 300, 100), (conv(20, 50, 3), 180, 450), (conv_transpose(20, 50, 3), 450, 180)],
)
def test_uniform_schemes_reach_their_bounds(layer, fan_in, fan_out):
    for scheme, bound in (("uniform_fan_in", fan_in**-0.5), ("glorot_uniform", (6 / (fan_in + fan_out)) ** 0.5)):
        weight, bias, gamma = weights(scheme, layer)
        assert 0.995 * bound < np.abs(weight).max() <= bound * (1 + 1e-6)
        assert weight.std() == pytest.approx(bound / 3**0.5, rel=0.02)
        assert (gamma == 1).all()
        if scheme == "uniform_fan_in":
            assert 0 < np.abs(bias).max() <= bound


def test_all_others_leave_biases_at_zero():
    for scheme in ("glorot_uniform", "normal_002", "he_normal"):
        assert not weights(scheme, conv(4, 4, 3))[1].any()


def test_normal_has_the_dcgan_spread_for_weights_and_gammas():
    weight, _, gamma = weights("normal_002", conv(50, 50, 4))
    assert weight.std() == pytest.approx(0.02, rel=0.02) and abs(weight.mean()) < 0.001
    assert gamma.std() == pytest.approx(0.02, rel=0.15) and gamma.mean() == pytest.approx(1, abs=0.005)


def test_he_keeps_the_size_of_signals_through_relu():
    weight, _, gamma = weights("he_normal", conv(50, 50, 4))
    assert weight.std() == pytest.approx((2 / 800) ** 0.5, rel=0.02) and (gamma == 1).all()
    layer = dense(400, 400)
    initialise(layer, "he_normal", np.random.default_rng(0))
    signal = np.maximum(np.random.default_rng(1).standard_normal((200, 400)), 0)
    after = np.maximum(signal @ layer.weight.asnumpy().T, 0)
    assert (after**2).mean() == pytest.approx((signal**2).mean(), rel=0.1)


@pytest.mark.parametrize(
    "scheme, spread",
    [("uniform_fan_in", 1), ("he_normal", 1), ("normal_002", 0.02), ("glorot_uniform", (2 / (50 + 200)) ** 0.5)],
)
def test_embeddings_begin_with_the_spread_of_their_scheme(scheme, spread):
    layer = Embedding(50, 200)
    initialise(layer, scheme, np.random.default_rng(0))
    assert layer.weight.asnumpy().std() == pytest.approx(spread, rel=0.02)


def test_norms_without_scales_of_their_own_stay_at_one():
    network = nn.SequentialCell([ClassBatchNorm(3, 4), instance_norm(4, affine=False), instance_norm(400)])
    initialise(network, "normal_002", np.random.default_rng(0))
    assert (network[0].gamma.asnumpy() == 1).all() and (network[0].normalise.gamma.asnumpy() == 1).all()
    assert not list(network[1].get_parameters())
    assert network[2].gamma.asnumpy().std() == pytest.approx(0.02, rel=0.15)
