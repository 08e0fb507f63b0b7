import mindspore as ms
import numpy as np
import pytest

from ms_gan.runtime import start
from ms_gan.systems.latent.build import build_system
from ms_gan.training import loss_scale
from tests.conftest import tiny_config

pytestmark = pytest.mark.usefixtures("device")


@pytest.fixture
def mode():
    """Sets a mode for this test."""
    yield lambda name: start("CPU", name)
    start("CPU", "graph")


def tiny_system(precision="fp16", fakes="fresh"):
    config = tiny_config()
    config.precision = precision
    config.procedure.fakes = fakes
    config.ema.enabled = False
    # Adam scales the rounding of a gradient that is nearly zero, as of a bias in front of BatchNorm, up to a step of
    # lr; a larger eps does not.
    config.generator.batch_norm = False
    config.optimizer.generator.eps = config.optimizer.discriminator.eps = 1e-4
    return build_system(config, (1, 6, 6))


def run(system, steps):
    """The statistics of some steps, each on numbers of its own."""
    statistics = []
    for step in steps:
        random = np.random.default_rng(step)
        arrays = [random.uniform(-1, 1, (16, 1, 6, 6)), *random.standard_normal((2, 16, 8))]
        statistics.append(system.step(*(ms.Tensor(array.astype(np.float32)) for array in arrays)).asnumpy())
    return np.array(statistics)


def values(system):
    return {name: parameter.asnumpy().copy() for name, parameter in system.parameters()}


@pytest.mark.parametrize("fakes", ["fresh", "shared"])
def test_float16_follows_float32(mode, fakes):
    def four_steps(precision):
        system = tiny_system(precision, fakes)
        return run(system, range(4)), values(system)

    mode("pynative")
    expected, parameters = four_steps("fp32")
    eager = four_steps("fp16")
    mode("graph")
    for statistics, found in (eager, four_steps("fp16")):
        assert np.allclose(statistics, expected, atol=1e-4)
        assert np.abs(statistics - expected).max() > 1e-6
        for name, value in parameters.items():
            if name.startswith(("generator.", "discriminator.")):
                assert np.allclose(found[name], value, atol=5e-5), name  # four updates move them 16 times as far


@pytest.mark.parametrize("name", ["graph", "pynative"])
def test_an_overflow_skips_that_network_s_update_and_halves_its_scale(mode, name):
    mode(name)
    system = tiny_system()
    run(system, [0])
    dict(system.parameters())["loss_scale_d.scale"].set_data(ms.Tensor(loss_scale.SCALE_LIMIT))
    before = values(system)
    assert np.isfinite(run(system, [1])).all()
    after = values(system)
    assert after["loss_scale_d.scale"] == loss_scale.SCALE_LIMIT / 2
    assert (before["loss_scale_d.good_updates"], after["loss_scale_d.good_updates"]) == (1, 0)
    assert (after["loss_scale_g.scale"], after["loss_scale_g.good_updates"]) == (loss_scale.START_SCALE, 2)
    for name, old in before.items():
        if not name.startswith("loss_scale"):
            skipped = name.startswith(("discriminator.", "optim_d."))
            assert skipped == np.array_equal(old, after[name]), name


def test_good_updates_double_the_scale_and_a_resumed_run_goes_on_with_it(monkeypatch):
    monkeypatch.setattr(loss_scale, "PATIENCE_UPDATES", 2)
    system = tiny_system()
    run(system, range(3))
    saved = {name: ms.Parameter(ms.Tensor(value)) for name, value in values(system).items()}
    assert saved["loss_scale_g.scale"].asnumpy() == 2 * loss_scale.START_SCALE
    assert saved["loss_scale_g.good_updates"].asnumpy() == 1
    resumed = tiny_system()
    resumed.restore(saved, "checkpoint")
    assert np.array_equal(run(resumed, [3, 4]), run(system, [3, 4]))
    unbroken = values(system)
    assert unbroken["loss_scale_g.scale"] == 4 * loss_scale.START_SCALE
    for name, value in values(resumed).items():
        assert np.array_equal(value, unbroken[name]), name


def test_a_run_goes_on_in_another_precision():
    single, mixed = tiny_system("fp32"), tiny_system("fp16")
    dict(single.parameters())["step"].set_data(ms.Tensor(7.0))
    mixed.restore(dict(single.parameters()), "checkpoint")
    assert values(mixed)["step"] == 7 and values(mixed)["loss_scale_d.scale"] == loss_scale.START_SCALE
    dict(mixed.parameters())["step"].set_data(ms.Tensor(8.0))
    single.restore(dict(mixed.parameters()), "checkpoint")
    assert values(single)["step"] == 8
