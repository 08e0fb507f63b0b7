import mindspore as ms
import numpy as np
import pytest

from ms_gan.config.sections import OptimizerConfig
from ms_gan.training.optimizers import build_optimizer

pytestmark = pytest.mark.usefixtures("device")
START = np.float64([0.5, -2.0, 0.0, 3.0])
GRADIENTS = np.float64([[1e-9, 0.3, -5.0, 0.0], [2e-9, -0.1, 4.0, 0.7], [-1e-9, 0.2, 0.5, -0.4]])


def updates(config):
    """A parameter after each of three updates."""
    parameter = ms.Parameter(ms.Tensor(START.astype(np.float32)), name="p")
    optimizer = build_optimizer(config, [parameter], "optim.")
    values = []
    for gradient in GRADIENTS:
        optimizer((ms.Tensor(gradient.astype(np.float32)),))
        values.append(parameter.asnumpy().copy())
    assert [p.name.split(".")[0] for p in optimizer.get_parameters() if p.name != "p"] == ["optim"] * (
        len(list(optimizer.get_parameters())) - 1
    )
    return np.array(values)


@pytest.mark.parametrize("clip", [None, 0.25])
def test_adam_is_algorithm_1_of_the_paper(clip):
    config = OptimizerConfig(lr=0.01, beta1=0.5, beta2=0.99, eps=1e-8, clip=clip, decay=0.1)
    expected, p, m, v = [], START.copy(), 0.0, 0.0
    for t, g in enumerate(GRADIENTS, start=1):
        g = g if clip is None else np.clip(g, -clip, clip)
        m, v = 0.5 * m + 0.5 * g, 0.99 * v + 0.01 * g**2
        lr = 0.01 / (1 + 0.1 * (t - 1))
        p = p - lr * (m / (1 - 0.5**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
        expected.append(p)
    assert np.allclose(updates(config), expected, atol=1e-6)


@pytest.mark.parametrize("clip", [None, 1.0])
def test_rmsprop_is_keras_s(clip):
    config = OptimizerConfig(name="rmsprop", lr=0.01, rho=0.9, eps=1e-7, clip=clip, decay=0.5)
    expected, p, v = [], START.copy(), 0.0
    for t, g in enumerate(GRADIENTS):
        g = g if clip is None else np.clip(g, -clip, clip)
        v = 0.9 * v + 0.1 * g**2
        p = p - 0.01 / (1 + 0.5 * t) * g / (np.sqrt(v) + 1e-7)
        expected.append(p)
    assert np.allclose(updates(config), expected, atol=1e-6)


@pytest.mark.parametrize("name", ["adam", "rmsprop"])
def test_updates_are_counted_beyond_what_float32_holds(name):
    parameter = ms.Parameter(ms.Tensor(START.astype(np.float32)), name="p")
    optimizer = build_optimizer(OptimizerConfig(name=name), [parameter], "optim.")
    optimizer.updates.set_data(ms.Tensor(2**24, ms.int32))
    for _ in range(3):
        optimizer((ms.Tensor(GRADIENTS[0].astype(np.float32)),))
    assert optimizer.updates.asnumpy() == 2**24 + 3
