import numpy as np
import pytest

from ms_gan.data import Batches
from ms_gan.data import batches as batches_module
from ms_gan.pictures.pixels import to_uint8
from tests.refusals import refused

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


@pytest.mark.parametrize("step", [0, 5, 6, 13])
def test_labels_are_those_of_the_images_of_the_same_step(step):
    labels = np.arange(50, dtype=np.uint8)
    batches = Batches(IMAGES, 8, seed=3, labels=labels)
    asked = batches.labels(step)
    assert asked.dtype == np.int32 and asked.tolist() == held(batches.batch(step))
    shared = [Batches(IMAGES, 8, 3, worker, 4, mirror=True, labels=labels) for worker in range(4)]
    assert [part.labels(step).tolist() for part in shared] == [held(part.batch(step)) for part in shared]
    assert sum((part.labels(step).tolist() for part in shared), []) == asked.tolist()


def test_labels_that_were_not_given_cannot_be_asked_for():
    with pytest.raises(ValueError, match="no labels"):
        Batches(IMAGES, 8, 0).labels(0)


def test_mirroring_flips_half_of_the_images_anew_in_each_step():
    images = np.arange(200, dtype=np.uint8)[:, None, None, None] + np.array([0, 50], np.uint8)
    mirrored, plain = Batches(images, 200, 0, mirror=True), Batches(images, 200, 0)
    flips = []
    for step in range(2):
        flipped, straight = mirrored.batch(step), plain.batch(step)
        flips.append((flipped != straight).any(axis=(1, 2, 3)))
        np.testing.assert_array_equal(np.where(flips[step][:, None, None, None], flipped[..., ::-1], flipped), straight)
    assert all(70 < flip.sum() < 130 for flip in flips) and (flips[0] != flips[1]).any()
    np.testing.assert_array_equal(Batches(images, 200, 0, 1, 2, mirror=True).batch(1), mirrored.batch(1)[100:])


def test_a_mapped_file_larger_than_what_is_kept_in_memory_is_read_right(tmp_path, monkeypatch):
    monkeypatch.setattr(batches_module, "MAPPED_BYTES", 100)
    IMAGES.tofile(tmp_path / "pixels")
    mapped = np.memmap(tmp_path / "pixels", np.uint8, "r", shape=IMAGES.shape)
    for step in range(12):
        assert held(Batches(mapped, 8, 0).batch(step)) == held(Batches(IMAGES, 8, 0).batch(step))


@pytest.mark.parametrize("size, workers, says", [(51, 1, "51 .* holds 50 images"), (8, 3, "not a multiple of .* 3")])
def test_a_batch_that_cannot_be_had_is_refused(size, workers, says):
    with refused("train.batch_size", says=says):
        Batches(IMAGES, size, 0, 0, workers)
