"""Steps with other objectives, with penalties, noise, augmentation and schedules."""

import mindspore as ms
import numpy as np
import pytest

from ms_gan.runtime import start
from ms_gan.systems.latent.build import build_system
from ms_gan.training.adversarial.inputs import StepInputs
from tests.conftest import tiny_config

SHAPE = (1, 28, 28)
STEPS = 4
VARIANTS = {
    "hinge, spectral": {"procedure.objective": "hinge", "discriminator.spectral_norm": True},
    "clipped Wasserstein": {
        "procedure.objective": "wasserstein", "regularise.clip_weights": 0.02, "procedure.d_steps": 2
    },
    "penalised Wasserstein": {"procedure.objective": "wasserstein", "regularise.gradient_penalty": 10.0},
    "relativistic, R1 and R2, augmented": {
        "procedure.objective": "relativistic", "regularise.r1": 1.0, "regularise.r2": 1.0, "regularise.every": 2,
        "regularise.augment": ["translation", "cutout"],
    },
    "least squares, noisy, shared": {
        "procedure.objective": "least_squares", "procedure.label_smoothing": 0.1, "procedure.fakes": "shared",
        "regularise.instance_noise": 0.3, "regularise.instance_noise_steps": 3,
        "generator.batch_norm": False,  # SharedFakesStep says why
    },
    "minimax, fake is positive, falling rate": {
        "procedure.objective": "minimax", "procedure.positive": "fake", "procedure.label_noise": 0.05,
        "optimizer.generator.schedule": "linear", "optimizer.discriminator.schedule": "cosine",
    },
}  # fmt: skip


def variant(name):
    config = tiny_config()
    # Adam scales the rounding of a gradient that is nearly zero up to a step of lr; a larger eps does not.
    config.optimizer.generator.eps = config.optimizer.discriminator.eps = 1e-4
    for key, value in VARIANTS[name].items():
        *groups, last = key.split(".")
        target = config
        for group in groups:
            target = getattr(target, group)
        setattr(target, last, value)
    return config


def steps(config, mode):
    """Statistics of each step and the parameters after the last."""
    start("CPU", mode)
    system = build_system(config, SHAPE, STEPS)
    images = np.random.default_rng(0).integers(0, 256, (64, *SHAPE), np.uint8)
    inputs = StepInputs(config, images)
    statistics = [system.take(step, inputs(step)).asnumpy() for step in range(STEPS)]
    return np.array(statistics), {name: parameter.asnumpy().copy() for name, parameter in system.parameters()}


@pytest.mark.parametrize("name", VARIANTS)
def test_graph_and_pynative_agree(device, name):
    config = variant(name)
    try:
        eager, eager_parameters = steps(config, "pynative")
    finally:
        compiled, parameters = steps(config, "graph")
    assert np.isfinite(compiled).all()
    np.testing.assert_allclose(compiled, eager, rtol=1e-4, atol=1e-5)
    assert parameters.keys() == eager_parameters.keys()
    for key, value in parameters.items():
        np.testing.assert_allclose(value, eager_parameters[key], rtol=1e-3, atol=1e-5, err_msg=key)
    if config.regularise.clip_weights:
        largest = max(np.abs(value).max() for key, value in parameters.items() if key.startswith("discriminator."))
        assert largest <= np.float32(config.regularise.clip_weights)


def test_penalties_are_taken_every_so_often(device):
    """With R1 every second step, a first step has it and a second does not."""
    config = variant("relativistic, R1 and R2, augmented")
    system = build_system(config, SHAPE, STEPS)
    inputs = StepInputs(config, np.random.default_rng(0).integers(0, 256, (64, *SHAPE), np.uint8))

    def moved(number):
        names = dict(system.parameters())
        saved = {name: parameter.asnumpy().copy() for name, parameter in names.items()}
        system.take(number, inputs(0))
        weight = names["discriminator.layers.0.weight"].asnumpy().copy()
        for name, value in saved.items():
            names[name].set_data(ms.Tensor(value))
        return weight

    assert np.array_equal(moved(0), moved(2))
    assert not np.array_equal(moved(0), moved(1))


def test_a_falling_learning_rate_ends_at_nothing(device):
    config = variant("minimax, fake is positive, falling rate")
    system = build_system(config, SHAPE, STEPS)
    optimizer = system.step.optim_g
    rates = []
    for update in range(STEPS + 1):
        optimizer.updates.set_data(ms.Tensor(float(update), ms.float32))
        rates.append(float(optimizer.learning_rate().asnumpy()))
    assert rates == pytest.approx([2e-4, 2e-4, 2e-4, 1e-4, 0.0])
