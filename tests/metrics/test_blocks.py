import numpy as np
import pytest

from ms_gan.metrics import blocks
from tests.metrics.stand_ins import SHAPE, Generator, drawn

IMAGES, _ = drawn(100)


@pytest.mark.parametrize("count", [1, 7, 50, 99, 100])
def test_evenly_spaced_images_come_in_blocks(monkeypatch, count):
    monkeypatch.setattr(blocks, "MOST_AT_ONCE", 16)
    found = list(blocks.image_blocks(IMAGES, count))
    chosen = blocks.evenly_spaced(100, count)
    assert all(len(block) <= 16 for block in found) and np.array_equal(np.concatenate(found), IMAGES[chosen])
    assert len(chosen) == count and chosen[0] == 0 and np.ptp(np.diff([*chosen, 100])) <= 1


def test_no_more_than_there_are():
    assert blocks.evenly_spaced(3, 10).tolist() == [0, 1, 2] and not len(blocks.evenly_spaced(0, 5))


def test_large_images_come_in_small_blocks():
    assert blocks.at_once((1, 28, 28)) == blocks.MOST_AT_ONCE
    assert blocks.at_once((3, 1024, 1024)) * 3 * 1024 * 1024 <= blocks.BYTES_AT_ONCE
    assert blocks.at_once((3, 8192, 8192)) == 1


@pytest.mark.parametrize("most, sizes", [(40, [32, 32, 36]), (1024, [100]), (5, [16] * 6 + [4])])
def test_a_samplers_small_blocks_are_joined(monkeypatch, most, sizes):
    monkeypatch.setattr(blocks, "MOST_AT_ONCE", most)
    found = list(blocks.measured_blocks(Generator(IMAGES), 0, 100))
    assert [len(block) for block in found] == sizes and found[0].shape[1:] == SHAPE
    assert np.array_equal(np.concatenate(found), IMAGES)
