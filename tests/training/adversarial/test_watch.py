import mindspore as ms
import numpy as np
import pytest

from ms_gan import data
from ms_gan.runs.events import read_events
from ms_gan.tasks.latent import TASK
from ms_gan.training.adversarial import watch
from ms_gan.training.adversarial.watch import Watch, diversity, learning_rate
from ms_gan.training.finite import first_not_finite, not_finite
from ms_gan.training.trainer import Trainer
from tests.conftest import tiny_config

pytestmark = pytest.mark.usefixtures("device")
RANDOM = np.random.default_rng(0)
REAL = RANDOM.integers(0, 256, (16, 1, 8, 8), np.uint8)


def watch_of(objective="non_saturating", **options):
    config = tiny_config()
    config.procedure.objective = objective
    return Watch(config, REAL, [ms.Parameter(ms.Tensor(np.zeros(1000, np.float32)))], 10_000, **options)


def statistics(steps, loss_d=0.0, d_real=1.0, d_fake=0.0):
    return np.tile(np.float32([loss_d, 5.0, d_real, d_fake]), (steps, 1))


def test_the_first_step_that_is_not_finite_is_found():
    block = statistics(5)
    assert not_finite(block, TASK.keys) is None
    block[3], block[2, 1], block[2, 3] = np.nan, np.inf, np.nan
    assert not_finite(block, TASK.keys) == (2, "loss_g, d_fake")


def test_the_first_parameter_that_is_not_finite_is_found():
    values = {"a": [0.0, 1.0], "b": [1.0, -np.inf], "c": [np.nan, 0.0]}
    parameters = [(name, ms.Parameter(ms.Tensor(np.float32(value)))) for name, value in values.items()]
    assert first_not_finite(parameters) == "b" and first_not_finite(parameters[:1]) is None


def test_diversity_is_the_mean_over_all_pairs():
    flat = REAL.reshape(16, -1).astype(float)
    squares = [((a - b) ** 2).sum() for i, a in enumerate(flat) for b in flat[:i]]
    assert diversity(REAL) == pytest.approx(np.sqrt(np.mean(squares)), rel=1e-6)


def test_a_certain_discriminator_is_told_of_once_after_a_whole_window():
    seen = watch_of()
    assert seen.losses(statistics(499)) is None
    broken = statistics(400)
    broken[10, 3] = 0.02  # one step with a doubt: 389 certain ones remain
    assert seen.losses(broken) is None and seen.losses(statistics(110)) is None
    sign = seen.losses(statistics(1))
    assert sign.about == "discriminator_wins" and "for 500 steps" in sign.text
    assert sign.text.endswith(
        "Try a new run with --procedure.label_smoothing 0.1, --regularise.r1 1, --regularise.augment "
        '"[translation,cutout]" or --optimizer.discriminator.lr 5e-05'
    )
    assert seen.losses(statistics(600)) is None
    assert watch_of(told=["discriminator_wins"]).losses(statistics(600)) is None


@pytest.mark.parametrize(
    "objective, block, won",
    [
        ("minimax", statistics(500, loss_d=1.0), True),
        ("minimax", statistics(500, d_real=0.98), False),
        ("hinge", statistics(500, d_real=0.7, d_fake=0.3), True),
        ("hinge", statistics(500, loss_d=0.02), False),
        ("relativistic", statistics(500, d_real=0.1), True),
        ("wasserstein", statistics(500, loss_d=-9.0), False),
    ],
)
def test_what_certainty_is_depends_on_the_objective(objective, block, won):
    sign = watch_of(objective).losses(block)
    assert (sign is not None) == won
    assert sign is None or ("label_smoothing" in sign.text) == (objective == "minimax")


def test_weights_that_stand_still():
    seen = watch_of("minimax")
    (weights,) = seen._generator
    assert seen.weights(100) is None and seen.weights(300) is None
    weights.set_data(ms.Tensor(RANDOM.normal(0, 1e-4, 1000).astype(np.float32)))  # half of one step
    assert seen.weights(600) is None
    weights.set_data(weights.value() + 1e-6)
    sign = seen.weights(1100)
    assert sign.about == "generator_stands_still" and "for 500 steps" in sign.text
    assert "Try a new run with --procedure.objective non_saturating, --generator.slope 0.2, " in sign.text


def test_weights_that_are_not_meant_to_move():
    seen = watch_of()
    seen._config.optimizer.generator.lr = 0.0
    assert [seen.weights(step) for step in (100, 600)] == [None, None]


def test_the_learning_rate_follows_its_schedule():
    config = tiny_config().optimizer.generator
    config.decay = 0.01
    assert learning_rate(config, 100, 1000) == pytest.approx(1e-4)
    config.schedule = "linear"
    assert learning_rate(config, 750, 1000) == pytest.approx(2e-4 / 8.5 / 2)


def test_images_that_stay_alike():
    seen = watch_of()
    constant = np.full_like(REAL, 7)
    assert seen.images(100, constant) is None and seen.images(1000, constant) is None
    assert seen.images(1050, REAL // 2) is None
    assert seen.images(1100, constant) is None and seen.images(2099, REAL // 8) is None
    sign = seen.images(2100, REAL // 8)
    assert sign.about == "samples_alike" and "for 1,000 steps" in sign.text and "are 13% of those" in sign.text


def warnings_of(device, path, monkeypatch, change, spoil=None):
    """The signs that a short run with a window of 20 steps is told of, and when."""
    monkeypatch.setattr(watch, "WINDOW_STEPS", 20)
    config = tiny_config(epochs=50, log_every=5, sample_every=10)
    config.output = str(path)
    change(config)
    trainer = Trainer(config, data.load(config.data, config.seed), device)
    for name, parameter in trainer.system.parameters():
        if spoil and name.startswith("generator"):
            parameter.set_data(spoil(parameter.value()))
    trainer.run()
    return {r["about"]: r["step"] for r in read_events(trainer.folder.log) if r["event"] == "warning"}


def test_a_healthy_run_is_left_in_peace(device, tmp_path, monkeypatch):
    assert warnings_of(device, tmp_path / "run", monkeypatch, lambda config: None) == {}


def test_a_quick_discriminator_and_a_generator_that_makes_one_image_for_ever(device, tmp_path, monkeypatch, capsys):
    def change(config):
        config.optimizer.discriminator.lr *= 100
        config.optimizer.generator.clip = 1e-12  # far below eps: the weights all but stand still

    found = warnings_of(device, tmp_path / "run", monkeypatch, change, lambda value: value * 0)
    assert found.keys() == {"discriminator_wins", "generator_stands_still", "samples_alike"}
    assert found["generator_stands_still"] == 22  # the first record is that of the first epoch, step 2
    assert found["samples_alike"] == 60  # grids of steps 20, 40 and 60
    assert capsys.readouterr().out.count("warning: step ") == 3
