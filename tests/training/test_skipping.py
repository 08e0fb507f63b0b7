from types import SimpleNamespace

import mindspore as ms
import numpy as np
import pytest

from ms_gan import data
from ms_gan.runs.events import read_events
from ms_gan.runtime.workers import Workers
from ms_gan.systems.latent.build import build_system
from ms_gan.tasks.latent import TASK
from ms_gan.training.adversarial.inputs import StepInputs
from ms_gan.training.skipping import CarefulSteps
from ms_gan.training.trainer import Trainer
from tests.conftest import tiny_config
from tests.refusals import failed

pytestmark = pytest.mark.usefixtures("device")
SHAPE = (1, 8, 8)


def plain(config):
    config.procedure.objective = "least_squares"


def shared(config):
    config.procedure.fakes, config.optimizer.discriminator.name = "shared", "rmsprop"


def critics(config):
    config.procedure.objective, config.procedure.d_steps = "hinge", 2
    config.discriminator.spectral_norm, config.train.accumulate = True, 2


def half(config):
    config.precision = "fp16"


def careful(change):
    config = tiny_config(skip_bad_steps=1)
    change(config)
    system = build_system(config, SHAPE)
    images = np.random.default_rng(0).integers(0, 256, (64, *SHAPE), np.uint8)
    return system, StepInputs(config, images), CarefulSteps(system, TASK.keys, Workers())


def values(system):
    return {name: parameter.asnumpy().copy() for name, parameter in system.parameters()}


def times(inputs, factor):
    """A step's inputs with the real images multiplied; also where they come in parts."""
    first, *others = inputs
    if isinstance(first, list):
        return [[[[part[0] * factor, *part[1:]] for part in update] for update in first], *others]
    return [first * factor, *others]


def leave_out(system, inputs, steps):
    """Take a good step and a bad one; everything but the count must be as before the bad one. Returns its cause."""
    assert steps.take(0, inputs(0))[1] == ""
    before = values(system)
    _, cause = steps.take(1, times(inputs(1), float("nan")))
    after = values(system)
    assert (before.pop("step"), after.pop("step")) == (1, 2)
    for name, value in before.items():
        assert np.array_equal(value, after[name]), name
    return cause


def test_a_bad_step_of_many_updates_in_parts_changes_nothing_but_the_count():
    cause = leave_out(*careful(critics))
    assert cause.startswith("the gradient of discriminator.layers.2.") and "d_real" in cause


@pytest.mark.parametrize("change, first", [(shared, "the gradient of discriminator"), (half, "loss_d, d_real")])
def test_good_steps_around_a_bad_one_are_as_ever(change, first):
    system, inputs, steps = careful(change)
    usual, _, _ = careful(lambda config: (change(config), setattr(config.train, "skip_bad_steps", 0)))
    assert leave_out(system, inputs, steps).startswith(first)
    usual.take(0, inputs(0))
    dict(usual.parameters())["step"].set_data(ms.Tensor(2.0))
    statistics, cause = steps.take(2, inputs(2))
    assert cause == "" and np.array_equal(statistics.asnumpy(), usual.take(2, inputs(2)).asnumpy())
    expected = values(usual)
    assert expected.keys() == values(system).keys()
    for name, value in values(system).items():
        assert np.array_equal(value, expected[name]), name


def test_a_gradient_too_large_for_an_optimizer_is_named(mode):
    system, inputs, steps = careful(plain)
    statistics, cause = steps.take(0, times(inputs(0), 1e12))
    assert np.isfinite(statistics.asnumpy()).all()
    assert cause == "the gradient of discriminator.layers.2.weight and of 1 before it"
    assert steps.take(1, inputs(1))[1] == ""
    steps._workers = SimpleNamespace(mean=lambda statistics: statistics + [np.nan, 0, 0, 0])  # another worker's loss
    assert steps.take(2, inputs(2))[1] == "loss_d"


def run(folder, bad, device, of=None, **train):
    config = tiny_config(**train)
    config.output = str(folder)
    trainer = Trainer(config, data.load(config.data, config.seed), device, of)
    inputs = trainer.inputs
    trainer.inputs = lambda step: times(inputs(step), float("nan") if step in bad else 1.0)
    trainer.run()
    return trainer.folder


def test_a_run_leaves_bad_steps_out_and_ends_when_they_are_too_many(device, tmp_path):
    folder = run(tmp_path / "run", {1, 2}, device, epochs=2, skip_bad_steps=2)
    records = read_events(folder.log)
    skipped = [record for record in records if record["event"] == "skipped"]
    assert [record["step"] for record in skipped] == [2, 3] and "discriminator.layers.2" in skipped[0]["text"]
    assert [record["step"] for record in records if record["event"] == "train"] == [2, 4]
    assert all(np.isfinite(record["loss_d"]) for record in records if record["event"] == "train")
    # A resumed run remembers how many there were.
    with failed("diverged", says="^not finite at step 6: the gradient .*; 2 such steps had been skipped"):
        run(tmp_path / "run", {5}, device, folder, epochs=4, skip_bad_steps=2)
    assert read_events(folder.log)[-1]["event"] == "error"
