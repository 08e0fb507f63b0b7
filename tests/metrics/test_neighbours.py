from pathlib import Path

import numpy as np
import pytest
from make_metrics import NEAR_FAKE, NEAR_REAL, NEIGHBOURS

from ms_gan.metrics.neighbours import manifold, nearest, neighbour_metrics
from tests.refusals import failed, refused

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "metrics.npz")
RANDOM = np.random.default_rng(0)


def line(*positions):
    """Features one number wide."""
    return np.array(positions, dtype=np.float32)[:, None]


@pytest.mark.parametrize(
    "memory", [100, 5000, 2**26]
)  # three distances, one or two rows of them, all of them at a time
@pytest.mark.parametrize("neighbours", NEIGHBOURS)
def test_the_metrics_are_those_of_published_code(neighbours, memory):
    sets = [manifold(features, neighbours, memory) for features in (NEAR_REAL, NEAR_FAKE)]
    for name, value in neighbour_metrics(*sets, memory)._asdict().items():
        assert value == pytest.approx(GOLDEN[f"{name} {neighbours}"], rel=1e-6), name


def test_a_case_by_hand():
    real, fake = manifold(line(0, 1, 3, 10), 1), manifold(line(0.5, 2.5, 30), 1)
    assert real.squared_radii.tolist() == [1, 1, 4, 49] and fake.squared_radii.tolist() == [4, 4, 756.25]
    # 0.5 lies in the balls of 0 and 1; 2.5 in that of 3 only, for 10's ends at 3; 30 in none.
    found = neighbour_metrics(real, fake)
    assert found == pytest.approx((2 / 3, 1.0, 3 / 3, 3 / 4))
    # The ball of 0.5 holds 0 and 1, that of 2.5 holds 1 and 3, that of 30 holds 3 and 10.
    assert neighbour_metrics(fake, real) == pytest.approx((1.0, 2 / 3, 6 / 4, 1.0))


def test_a_sample_on_the_surface_lies_outside():
    real = manifold(line(0, 2, 5), 1)
    found = neighbour_metrics(real, manifold(line(-2, -4, -6), 1))
    assert (found.precision, found.density, found.coverage) == (0, 0, 0)


def test_equal_sets_hold_each_other_and_far_ones_do_not():
    features = RANDOM.standard_normal((200, 8))
    one = manifold(features)
    same = neighbour_metrics(one, manifold(features.copy()))
    assert (same.precision, same.recall, same.coverage) == (1, 1, 1) and same.density == pytest.approx(1, abs=0.21)
    assert neighbour_metrics(one, manifold(features + 100)) == (0, 0, 0, 0)


def test_a_collapsed_generator_has_precision_without_recall():
    real = manifold(RANDOM.standard_normal((500, 2)))
    found = neighbour_metrics(real, manifold(0.01 * RANDOM.standard_normal((500, 2))))
    assert found.precision == 1 and found.recall < 0.05 and found.coverage < 0.2


@pytest.mark.parametrize("memory", [100, 4000, 2**26])
def test_the_nearest_reference_is_found_in_blocks_of_any_size(memory):
    queries, references = RANDOM.standard_normal((40, 6)), RANDOM.standard_normal((300, 6)).astype(np.float32)
    distances = np.linalg.norm(queries[:, None] - references, axis=2)
    index, distance = nearest(queries, references, memory)
    np.testing.assert_array_equal(index, distances.argmin(axis=1))
    np.testing.assert_allclose(distance, distances.min(axis=1), rtol=1e-12)


def test_copies_are_told_from_near_copies_however_far_from_the_origin():
    references = RANDOM.standard_normal((100, 64)) + 1e4
    queries = references[::-1].copy()
    queries[50:, 0] += 1e-5
    index, distance = nearest(queries, references)
    assert index.tolist() == list(range(99, -1, -1)) and not distance[:50].any()
    np.testing.assert_allclose(distance[50:], 1e-5, rtol=1e-6)


def test_what_has_no_neighbours_is_refused():
    with refused(code="few", says="3 samples have no 3 nearest"):
        manifold(line(0, 1, 2), 3)
    with refused(code="few", says="no references"):
        nearest(line(1), np.zeros((0, 1)))
    with failed("diverged"):
        manifold(line(0, np.nan, 1), 1)
    with pytest.raises(ValueError, match="1 and 2 neighbours"):
        neighbour_metrics(manifold(line(0, 1, 2), 1), manifold(line(0, 1, 2), 2))
    with pytest.raises(ValueError, match="1 and 2 wide"):
        nearest(line(1), np.zeros((3, 2)))
