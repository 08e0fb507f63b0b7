from itertools import product
from pathlib import Path

import numpy as np
import pytest
from make_metrics import SETS

from ms_gan.metrics.kernel import kernel_distance, polynomial_kernel, squared_mmd
from tests.refusals import failed, refused

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "metrics.npz")
RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("library", ["torch-fidelity", "clean-fid"])
@pytest.mark.parametrize("name", SETS)
def test_the_distance_is_that_of_published_code(name, library):
    count = min(map(len, SETS[name]))
    real, fake = (features[:count] for features in SETS[name])
    expected = pytest.approx(GOLDEN[f"{name} kernel {library}"], rel=1e-6)
    assert squared_mmd(real, fake) == expected
    # All samples at once, in any order, are the only subset of their number.
    whole = kernel_distance(real, fake, np.random.default_rng(1), subsets=3)
    assert whole.mean == expected and whole.deviation == pytest.approx(0, abs=1e-9)


def test_a_case_by_hand():
    np.testing.assert_array_equal(polynomial_kernel(np.array([[1.0, 2]]), np.array([[3.0, 4], [0, 0]])), [[6.5**3, 1]])
    x, y = np.array([[0.0], [1]]), np.array([[2.0], [3], [-1]])
    within = 1 + ((6 + 1) ** 3 + (-2 + 1) ** 3 + (-3 + 1) ** 3) / 3
    across = (1 + 1 + 1 + (2 + 1) ** 3 + (3 + 1) ** 3 + 0) / 6
    assert squared_mmd(x, y) == pytest.approx(within - 2 * across, rel=1e-12)


def test_the_estimate_has_no_bias():
    """Averaged over all samples that two distributions can give, it is the distributions' own discrepancy."""
    p, q = np.array([[-1.0], [0.5], [2]]), np.array([[0.0], [1], [1]])
    own = sum(polynomial_kernel(a, b).mean() * sign for a, b, sign in ((p, p, 1), (q, q, 1), (p, q, -2)))
    pairs = [list(pair) for pair in product(range(3), repeat=2)]
    assert np.mean([squared_mmd(p[i], q[j]) for i in pairs for j in pairs]) == pytest.approx(own, rel=1e-12)
    assert np.mean([squared_mmd(p[i], p[j]) for i in pairs for j in pairs]) == pytest.approx(0, abs=1e-12)


def test_subsets_are_drawn_by_the_generator_given():
    a, b = RANDOM.standard_normal((300, 4)).astype(np.float32), RANDOM.standard_normal((200, 4)) * 1.3
    first, again, other = (kernel_distance(a, b, np.random.default_rng(seed), 40, 50) for seed in (0, 0, 1))
    assert first == again != other
    assert first.deviation > 0
    whole = squared_mmd(a.astype(np.float64), b)
    assert abs(first.mean - whole) < 4 * first.deviation / np.sqrt(40)


def test_features_of_single_precision_are_compared_in_double():
    a, b = (RANDOM.standard_normal((100, 4)).astype(np.float32) + 30 for _ in range(2))
    wide = [features.astype(np.float64) for features in (a, b)]
    assert kernel_distance(a, b, np.random.default_rng(0), 2, 50) == kernel_distance(
        *wide, np.random.default_rng(0), 2, 50
    )


def test_what_has_no_distance_is_refused():
    features = RANDOM.standard_normal((5, 3))
    random = np.random.default_rng(0)
    for settings in ({"size": 1}, {"subsets": 0}):
        with refused(code="few", says="at least 1 of 2"):
            kernel_distance(features, features, random, **settings)
    with pytest.raises(ValueError, match="3 and 2 wide"):
        kernel_distance(features, features[:, :2], random)
    with failed("diverged"):
        kernel_distance(features, features * np.inf, random)
