import numpy as np
import pytest

from ms_gan.data import Batches, to_uint8
from ms_gan.errors import UsageError

# Image i is filled with the value i, so that a batch tells which images it holds.
IMAGES = np.arange(50, dtype=np.uint8)[:, None, None, None] * np.ones((1, 3, 2, 2), np.uint8)


def held(batch):
    return to_uint8(batch)[:, 0, 0, 0].tolist()


def test_an_epoch_shows_each_image_once_and_drops_the_partial_batch():
    batches = Batches(IMAGES, 8, seed=0)
    assert batches.steps_per_epoch == 6
    assert batches.batch(0).shape == (8, 3, 2, 2) and batches.batch(0).dtype == np.float32
    shown = sum((held(batches.batch(step)) for step in range(6)), [])
    assert len(set(shown)) == 48


def test_order_is_new_in_each_epoch_and_for_each_seed():
    epochs = [held(Batches(IMAGES, 50, seed).batch(step)) for seed in (0, 1) for step in (0, 1)]
    assert len({tuple(order) for order in epochs}) == 4
    assert all(sorted(order) == list(range(50)) for order in epochs)


def test_a_step_asked_for_out_of_turn_is_the_same():
    unbroken = Batches(IMAGES, 8, seed=0)
    expected = [held(unbroken.batch(step)) for step in range(14)]
    resumed = Batches(IMAGES, 8, seed=0)
    assert [held(resumed.batch(step)) for step in (13, 0, 7)] == [expected[13], expected[0], expected[7]]


def test_workers_together_see_the_batch_of_one():
    alone = held(Batches(IMAGES, 8, seed=3).batch(9))
    shared = [held(Batches(IMAGES, 8, 3, worker, 4).batch(9)) for worker in range(4)]
    assert sum(shared, []) == alone


@pytest.mark.parametrize("size, workers, says", [(51, 1, "51 .* holds 50 images"), (8, 3, "no multiple of 3")])
def test_a_batch_that_cannot_be_had_is_refused(size, workers, says):
    with pytest.raises(UsageError, match=f"train.batch_size.*{says}"):
        Batches(IMAGES, size, 0, 0, workers)
