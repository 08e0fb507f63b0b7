import numpy as np
import pytest

from ms_gan.config.translation_sections import PairsConfig, TwoFoldersConfig
from ms_gan.data.domains import DomainData
from ms_gan.data.pair_batches import Cycle, DomainBatches, PairBatches
from ms_gan.data.pairs import PairData
from ms_gan.errors import UsageError
from ms_gan.pictures.pixels import to_uint8


def pictures(count, side=16, channels=3, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, channels, side, side), dtype=np.uint8)


def pairs(count=11, **options):
    """Pairs of which the input is the negative of the target."""
    targets = pictures(count)
    inputs = 255 - targets if options.get("degrade", "none") == "none" else None
    data = PairData(targets, None, "pairs", "here", inputs=inputs, names=tuple(map(str, range(count))))
    return data, PairsConfig(**options)


@pytest.mark.parametrize("degrade", ["none", "mask", "noise", "downscale"])
def test_a_batch_is_a_function_of_seed_and_step_however_many_workers_share_it(degrade):
    data, config = pairs(degrade=degrade, mirror=True, jitter=0.3)
    whole = PairBatches(data, config, 4, 7)
    assert whole.steps_per_epoch == 2
    steps = [whole.batch(step) for step in range(5)]
    assert all(np.array_equal(one, other) for one, other in zip(PairBatches(data, config, 4, 7).batch(3), steps[3]))
    assert not np.array_equal(PairBatches(data, config, 4, 8).batch(3)[1], steps[3][1])
    parts = [PairBatches(data, config, 4, 7, rank, 2).batch(3) for rank in range(2)]
    for side in range(2):
        assert np.array_equal(np.concatenate([part[side] for part in parts]), steps[3][side])
    assert steps[0][0].shape == (4, *whole.inputs_shape) and steps[0][0].dtype == steps[0][1].dtype == np.float32


def test_both_of_a_pair_are_mirrored_and_jittered_alike():
    data, config = pairs(mirror=True, jitter=0.5)
    batches = PairBatches(data, config, 8, 0)
    for step in range(4):
        inputs, targets = (to_uint8(part).astype(int) for part in batches.batch(step))
        assert np.abs(inputs + targets - 255).max() <= 1  # Pillow rounds
    assert not np.isin(targets.reshape(8, -1).sum(1), data.images.reshape(11, -1).sum(1)).any()
    data, config = pairs(mirror=True)
    shown = to_uint8(PairBatches(data, config, 8, 0).batch(0)[1])
    own = [any(np.array_equal(one, image) for image in data.images) for one in shown]
    turned = [any(np.array_equal(one[..., ::-1], image) for image in data.images) for one in shown]
    assert all(a != b for a, b in zip(own, turned)) and 0 < sum(turned) < 8


def test_a_defect_is_new_in_each_step_and_made_after_the_picture_has_moved():
    data, config = pairs(count=4, degrade="mask", mirror=True, jitter=0.3)
    batches = PairBatches(data, config, 4, 0)
    holes = []
    for step in range(3):
        inputs, targets = batches.batch(step)
        hole = np.broadcast_to(inputs[:, 3:] == 1, targets.shape)
        assert np.array_equal(inputs[:, :3][~hole], targets[~hole]) and (inputs[:, :3][hole] == 0).all()
        holes.append(hole)
    assert not np.array_equal(holes[0], holes[1]) and not np.array_equal(holes[1], holes[2])


def test_fixed_pairs_are_always_the_same():
    data, config = pairs(degrade="mask", mirror=True, jitter=0.3)
    inputs, targets = PairBatches(data, config, 4, 7).fixed(data)
    assert np.array_equal(targets, data.images) and inputs.shape == (11, 4, 16, 16)
    few, those = PairBatches(data, config, 2, 99).fixed(data, 3)
    assert np.array_equal(those, data.images[[0, 3, 7]]) and np.array_equal(few, inputs[[0, 3, 7]])
    data, config = pairs()
    inputs, targets = PairBatches(data, config, 4, 7).fixed(data, 50)
    assert np.array_equal(to_uint8(inputs), 255 - targets) and len(targets) == 11


def test_what_does_not_divide_is_refused():
    data, config = pairs()
    with pytest.raises(UsageError, match="train.batch_size: 12 is out of range; the data set holds 11"):
        PairBatches(data, config, 12, 0)
    with pytest.raises(UsageError, match="not a multiple of the number of workers"):
        PairBatches(data, config, 4, 0, 0, 3)


def numbered(counts):
    a, b = (np.arange(start, start + count, dtype=np.uint8)[:, None, None, None] * np.ones((1, 1, 8, 8), np.uint8)
            for start, count in zip((0, 100), counts))  # fmt: skip
    return DomainData(a, None, "sides", "here", other=b)


def test_an_epoch_is_as_long_as_the_larger_side_and_both_have_orders_of_their_own():
    data = numbered((12, 5))
    batches = DomainBatches(data, TwoFoldersConfig(), 3, 0)
    assert batches.steps_per_epoch == 4
    shown = [[to_uint8(part)[:, 0, 0, 0].tolist() for part in batches.batch(step)] for step in range(20)]
    a, b = (sum((step[side] for step in shown), []) for side in range(2))
    assert all(sorted(a[start : start + 12]) == list(range(12)) for start in range(0, 60, 12))
    assert all(sorted(b[start : start + 5]) == list(range(100, 105)) for start in range(0, 60, 5))
    assert a[:12] != a[12:24] and b[:5] != b[5:10]
    same = DomainBatches(numbered((12, 12)), TwoFoldersConfig(), 12, 0).batch(0)
    assert (to_uint8(same[0])[:, 0, 0, 0] != to_uint8(same[1])[:, 0, 0, 0] - 100).any()


def test_sides_are_shared_by_workers_and_move_independently():
    images = pictures(9)
    data, config = DomainData(images, None, "sides", "here", other=images), TwoFoldersConfig(mirror=True, jitter=0.2)
    whole = DomainBatches(data, config, 6, 3).batch(5)
    parts = [DomainBatches(data, config, 6, 3, rank, 3).batch(5) for rank in range(3)]
    for side in range(2):
        assert np.array_equal(np.concatenate([part[side] for part in parts]), whole[side])
    with pytest.raises(UsageError, match="train.batch_size: 10"):
        DomainBatches(data, config, 10, 0)


def test_a_cycle_can_be_asked_for_any_place():
    cycle, again = Cycle(7, 0, 0), Cycle(7, 0, 0)
    rising = cycle.at(np.arange(30))
    assert [again.at(np.array([place]))[0] for place in (29, 3, 14)] == rising[[29, 3, 14]].tolist()
