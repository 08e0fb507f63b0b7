from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import excerpt, values, weight

from ms_gan.config import Config
from ms_gan.runtime import start
from ms_gan.training.system import build_system
from tests.conftest import tiny_config

pytestmark = pytest.mark.usefixtures("device")
GOLDEN = Path(__file__).parents[1] / "golden"


def inputs(batch, width, shape=(1, 28, 28)):
    named = {"images": (batch, *shape), "latents_d": (batch, width), "latents_g": (batch, width)}
    return [ms.Tensor(values(name, size, 1.0 if name == "images" else 1.7)) for name, size in named.items()]


def test_one_step_of_gan_mnist_equals_pytorch():
    golden = np.load(GOLDEN / "gan_mnist.npz")
    system = build_system(Config(), (1, 28, 28))
    for name, parameter in system.parameters():
        if name.split(".")[0] in ("generator", "discriminator") and "moving" not in name:
            parameter.set_data(ms.Tensor(weight(name, parameter.shape)))
    images, latents_d, latents_g = inputs(16, 100)
    generator, discriminator = (system.networks[name] for name in ("generator", "discriminator"))

    fakes = generator(latents_d)
    assert np.allclose(fakes.asnumpy().reshape(16, 784), golden["fakes"], atol=1e-5)
    for batch, name in ((images, "real"), (fakes, "fake")):
        logits = discriminator(batch).asnumpy()
        assert np.allclose(1 / (1 + np.exp(-logits)), golden[name], atol=1e-5)
    for _, cell in generator.cells_and_names():  # that pass moved the statistics
        if isinstance(cell, ms.nn.BatchNorm1d):
            cell.moving_mean.set_data(ms.ops.zeros_like(cell.moving_mean))
            cell.moving_variance.set_data(ms.ops.ones_like(cell.moving_variance))

    loss_d, loss_g, d_real, d_fake = system.step(images, latents_d, latents_g).asnumpy()
    assert loss_d == pytest.approx(float(golden["loss_d"]), abs=1e-5)
    assert loss_g == pytest.approx(float(golden["loss_g"]), abs=1e-5)
    assert (d_real, d_fake) == pytest.approx((golden["real"].mean(), golden["fake"].mean()), abs=1e-5)
    # A bias in front of a BatchNorm has no gradient but rounding, which Adam scales up to a step of lr.
    before_norm = {f"generator.layers.{index}.bias" for index in (2, 5, 8)}
    compared = 0
    for name, parameter in system.parameters():
        if name in golden:
            difference = np.abs(excerpt(parameter.asnumpy()) - golden[name]).max()
            assert difference < (4.1e-4 if name in before_norm else 1e-5), name
            compared += 1
    assert compared == 28


def test_graph_and_pynative_agree():
    def five_steps(mode):
        start("CPU", mode)
        system = build_system(tiny_config(), (1, 28, 28))
        statistics = [system.step(*inputs(16, 8)).asnumpy() for _ in range(5)]
        return np.array(statistics), {name: p.asnumpy().copy() for name, p in system.parameters()}

    try:
        eager, eager_parameters = five_steps("pynative")
    finally:
        start("CPU", "graph")
    graph, graph_parameters = five_steps("graph")
    assert np.allclose(eager, graph, atol=1e-5)
    assert eager_parameters.keys() == graph_parameters.keys()
    for name, values_ in graph_parameters.items():
        if name != "generator.layers.2.bias":  # in front of a BatchNorm: see above
            assert np.allclose(values_, eager_parameters[name], atol=1e-5), name


def test_every_parameter_has_a_name_of_its_own_and_moves():
    system = build_system(tiny_config(), (1, 28, 28))
    before = {name: p.asnumpy().copy() for name, p in system.parameters()}
    assert {name.split(".")[0] for name in before} == {
        "generator", "discriminator", "generator_ema", "optim_g", "optim_d", "step",
    }  # fmt: skip
    for _ in range(2):
        system.step(*inputs(16, 8))
    after = dict(system.parameters())
    for name, old in before.items():
        assert not np.array_equal(old, after[name].asnumpy()), name
    assert float(after["step"].asnumpy()) == 2


def test_the_average_follows_the_weights_and_the_statistics():
    config = tiny_config()
    system = build_system(config, (1, 28, 28))
    names = ["layers.0.weight", "layers.3.moving_mean"]
    expected = {name: dict(system.parameters())[f"generator_ema.{name}"].asnumpy().copy() for name in names}
    for step in range(3):
        system.step(*inputs(16, 8))
        keep = min(config.ema.decay, (1 + step) / (10 + step))
        for name in names:
            current = dict(system.parameters())[f"generator.{name}"].asnumpy()
            expected[name] = keep * expected[name] + (1 - keep) * current
    for name in names:
        average = dict(system.parameters())[f"generator_ema.{name}"].asnumpy()
        assert np.allclose(average, expected[name], atol=1e-6), name
