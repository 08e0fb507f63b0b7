import numpy as np
import pytest

from ms_gan.explorer.directions import axis, mixed


def test_axis():
    assert axis(1, 3).tolist() == [0, 1, 0]


@pytest.mark.parametrize("spherical", [False, True])
def test_corners_and_edges(spherical):
    corners = np.random.default_rng(1).standard_normal((4, 8)).astype(np.float32)
    at_corners = mixed(corners, np.array([[0, 0], [1, 0], [0, 1], [1, 1.0]]), spherical)
    assert np.allclose(at_corners, corners, atol=1e-6)
    corners[2:] = 100  # the lower corners play no part on the upper edge
    on_top = mixed(corners, np.array([[0.25, 0]]), spherical)[0]
    if not spherical:
        assert np.allclose(on_top, 0.75 * corners[0] + 0.25 * corners[1], atol=1e-6)


def test_the_middle_of_the_sphere_stays_on_it():
    corners = np.random.default_rng(2).standard_normal((4, 50)).astype(np.float32)
    corners /= np.linalg.norm(corners, axis=1, keepdims=True)
    middle = np.array([[0.5, 0.5], [0.3, 0.8]])
    assert np.allclose(np.linalg.norm(mixed(corners, middle, True), axis=1), 1, atol=1e-5)
    assert (np.linalg.norm(mixed(corners, middle, False), axis=1) < 0.8).all()
