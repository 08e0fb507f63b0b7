import numpy as np
import pytest

from ms_gan.explorer.directions import axis, mixed, principal_directions


def test_principal_directions_are_those_that_a_layer_answers_most():
    random = np.random.default_rng(0)
    width, strengths = 6, np.array([9.0, 5.0, 3.0, 2.0, 1.0, 0.5])
    turned, _ = np.linalg.qr(random.standard_normal((width, width)))
    outputs, _ = np.linalg.qr(random.standard_normal((20, width)))
    weight = (outputs * strengths) @ turned.T  # its direction i is column i of `turned`, with its strength
    found = principal_directions(weight.astype(np.float32))
    assert found.dtype == np.float32
    assert np.allclose(np.abs((found * turned.T).sum(1)), 1, atol=1e-4)
    assert np.allclose(np.linalg.norm(weight @ found.T, axis=0), strengths, atol=1e-4)
    assert (found[np.arange(width), np.abs(found).argmax(1)] > 0).all()


def test_a_layer_with_few_outputs_has_few_principal_directions():
    weight = np.random.default_rng(0).standard_normal((3, 8)).astype(np.float32)
    assert principal_directions(weight).shape == (3, 8)


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
