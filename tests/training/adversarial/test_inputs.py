"""What each step is given, alone and as one of several workers."""

import numpy as np
import pytest

from ms_gan.runtime.workers import Workers
from ms_gan.training.adversarial.inputs import BLOCK_IMAGES, StepInputs
from tests.conftest import tiny_config


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (4 * BLOCK_IMAGES, 1, 6, 6), np.uint8)


def everything(batch_size):
    """A configuration whose steps take every kind of number."""
    config = tiny_config(batch_size=batch_size)
    config.discriminator.dropout, config.procedure.d_steps, config.procedure.label_noise = 0.3, 2, 0.1
    config.procedure.objective, config.regularise.gradient_penalty = "relativistic", 1.0
    config.regularise.instance_noise, config.regularise.augment = 0.1, ["translation"]
    return config


@pytest.mark.parametrize("batch_size", [16, 2 * BLOCK_IMAGES + 20])
def test_workers_share_what_one_would_be_given(images, batch_size):
    config = everything(batch_size)
    labels = np.arange(len(images), dtype=np.int32) % 3
    whole = StepInputs(config, images, 5, labels=labels).numbers(3)
    parts = [StepInputs(config, images, 5, Workers(rank, 4), labels).numbers(3) for rank in range(4)]
    assert whole.pictures is None  # a generator of latents is given none
    for name, array in whole._replace(pictures=whole.images)._asdict().items():
        axis = 2 if name == "label_noise" else 1
        shares = [getattr(part._replace(pictures=part.images), name) for part in parts]
        assert [share.shape[axis] for share in shares] == [batch_size // 4] * 4, name
        assert np.array_equal(np.concatenate(shares, axis), array), name


def test_no_numbers_come_twice(images):
    """In no two steps, looks or blocks of the batch."""
    inputs = StepInputs(everything(2 * BLOCK_IMAGES), images, 5)
    drawn = [inputs.numbers(step) for step in (0, 1)]
    for name in ("latents_d", "latents_g", "label_noise", "noise", "augmentation", "interpolation"):
        arrays = [getattr(one, name) for one in drawn]
        axis = 2 if name == "label_noise" else 1
        parts = [part for array in arrays for part in np.split(np.moveaxis(array, axis, 0), 2)]
        looks = [np.ascontiguousarray(part[:, i]).tobytes() for part in parts for i in range(part.shape[1])]
        assert len(set(looks)) == len(looks), name
    latents = [one.latents_g.tobytes() for one in drawn] + [look.tobytes() for one in drawn for look in one.latents_d]
    assert len(set(latents)) == 6
    assert all(np.array_equal(a, b) for a, b in zip(inputs.numbers(1), drawn[1]))


def test_shared_fakes_take_no_latents_of_the_generators_own(images):
    config = tiny_config(batch_size=16)
    own = StepInputs(config, images)
    config.procedure.fakes = "shared"
    shared = StepInputs(config, images)
    assert own.numbers(3).latents_g is not None and shared.numbers(3).latents_g is None
    assert np.array_equal(shared.numbers(3).latents_d, own.numbers(3).latents_d)
    assert shared(3)[2] is None
