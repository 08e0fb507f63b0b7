from pathlib import Path

import numpy as np
import pytest
from make_metrics import SETS

from ms_gan.metrics.frechet import Moments, frechet_distance, moments, too_few
from tests.refusals import failed, refused

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "metrics.npz")
RANDOM = np.random.default_rng(0)


def gaussian(mean, covariance):
    """Moments whose covariance is exactly the one given."""
    return Moments(2, np.array(mean, float), np.array(covariance, float))


@pytest.mark.parametrize("library", ["torch-fidelity", "clean-fid"])
@pytest.mark.parametrize("name", SETS)
def test_the_distance_is_that_of_published_code(name, library):
    real, fake = SETS[name]
    assert frechet_distance(moments(real), moments(fake)) == pytest.approx(
        GOLDEN[f"{name} frechet {library}"], rel=1e-6
    )


def test_a_shifted_mean_costs_its_square():
    covariance = [[2, 1], [1, 3]]
    distance = frechet_distance(gaussian([1, 2], covariance), gaussian([4, -2], covariance))
    assert distance == pytest.approx(25, rel=1e-12)


def test_diagonal_covariances_compare_by_standard_deviations():
    distance = frechet_distance(gaussian([0, 0, 0], np.diag([4, 9, 0])), gaussian([0, 0, 0], np.diag([1, 25, 16])))
    assert distance == pytest.approx((2 - 1) ** 2 + (3 - 5) ** 2 + 4**2, rel=1e-12)


def test_covariances_that_do_not_commute():
    a, b = np.array([[5.0, 2], [2, 1.5]]), np.array([[1.0, -0.7], [-0.7, 4]])
    # The trace of the square root of a 2 x 2 matrix M is sqrt(tr M + 2 sqrt(det M)).
    overlap = np.sqrt(np.trace(a @ b) + 2 * np.sqrt(np.linalg.det(a @ b)))
    expected = np.trace(a) + np.trace(b) - 2 * overlap
    assert frechet_distance(gaussian([0, 0], a), gaussian([0, 0], b)) == pytest.approx(expected, rel=1e-12)


def test_singular_covariances_are_exact():
    """Both sets are smaller than their features are wide, one of them much smaller."""
    x, y = RANDOM.standard_normal((30, 200)), RANDOM.standard_normal((150, 200)) * 3
    x[:, 0], y[:, 1] = 5, -5  # features that never change
    a, b = x - x.mean(axis=0), y - y.mean(axis=0)
    overlap = np.linalg.norm(a @ b.T, "nuc") / np.sqrt(29 * 149)
    expected = ((x.mean(0) - y.mean(0)) ** 2).sum() + (a**2).sum() / 29 + (b**2).sum() / 149 - 2 * overlap
    assert frechet_distance(moments(x), moments(y)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("count, width", [(2, 64), (20, 64), (500, 64), (10, 1)])
def test_equal_sets_have_no_distance(count, width):
    features = RANDOM.standard_normal((count, width)).astype(np.float32)
    assert 0 <= frechet_distance(moments(features), moments(features[::-1])) < 1e-10 * width


def test_constant_features_have_a_distance_too():
    one, three = np.full((5, 4), 1.0), np.full((7, 4), 3.0)
    assert frechet_distance(moments(one), moments(three)) == pytest.approx(16)
    assert frechet_distance(moments(one), moments(RANDOM.standard_normal((50, 4)))) > 0


@pytest.mark.parametrize("sizes", [[2500], [1] * 20 + [2480], [700, 0, 1800]])
def test_moments_do_not_depend_on_the_blocks(sizes):
    features = RANDOM.standard_normal((2500, 8)) @ RANDOM.standard_normal((8, 8)) + 1e6
    found = moments(np.split(features, np.cumsum(sizes)[:-1]))
    assert found.count == 2500
    np.testing.assert_allclose(found.mean, features.mean(axis=0), rtol=1e-13)
    # The offset, squared, would leave nothing of the covariance in a plain sum of products.
    np.testing.assert_allclose(found.covariance, np.cov(features - 1e6, rowvar=False), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.covariance, moments(features).covariance, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_features_of_any_float_type_are_summed_in_double_precision(kind):
    features = RANDOM.standard_normal((3000, 3)).astype(kind)
    found = moments(features)
    assert found.mean.dtype == found.covariance.dtype == np.float64
    np.testing.assert_allclose(found.covariance, np.cov(features.astype(np.float64), rowvar=False), rtol=1e-12)
    assert features.dtype == kind and np.abs(features.mean(dtype=float)) < 0.1  # the caller's array is as it was


def test_what_has_no_moments_is_refused():
    with refused(code="few"):
        frechet_distance(moments(np.ones((1, 3))), moments(np.ones((5, 3))))
    with failed("diverged"):
        moments(np.array([[1.0, np.nan]]))
    for features in ([], np.ones((2, 3, 4)), [np.ones((2, 3)), np.ones((2, 4))]):
        with pytest.raises(ValueError):
            moments(features)
    with pytest.raises(ValueError, match="3 and 4 wide"):
        frechet_distance(moments(np.ones((2, 3))), moments(np.ones((2, 4))))


def test_few_samples_are_warned_of():
    assert too_few(640, 64) is None
    assert "639 samples" in too_few(639, 64) and "at least 640" in too_few(639, 64)
