import numpy as np

from ms_gan.config.network_sections import LatentConfig
from ms_gan.generators.latents import between, sample_latents, truncated

NORMAL = LatentConfig(width=20)
UNIFORM = LatentConfig(width=20, distribution="uniform")


def test_sample_i_depends_on_seed_and_i_alone():
    many = sample_latents(3, 0, 200, NORMAL)
    assert many.shape == (200, 20) and many.dtype == np.float32
    assert np.array_equal(many[:70], sample_latents(3, 0, 70, NORMAL))
    assert np.array_equal(many[60:150], sample_latents(3, 60, 90, NORMAL))
    assert not np.array_equal(many[:70], sample_latents(4, 0, 70, NORMAL))


def test_distributions():
    normal = sample_latents(0, 0, 2000, NORMAL)
    assert abs(normal.mean()) < 0.02 and abs(normal.std() - 1) < 0.02
    uniform = sample_latents(0, 0, 2000, UNIFORM)
    assert -1 <= uniform.min() < -0.99 and 0.99 < uniform.max() < 1
    assert abs(uniform.var() - 1 / 3) < 0.01


def test_ways_between_normal_latents_keep_to_the_sphere_unless_told_otherwise():
    a, b = sample_latents(5, 0, 2, NORMAL)
    t = np.linspace(0, 1, 5).reshape(5, 1)
    arc, line = (between(a, b, t, spherical) for spherical in (True, False))
    assert np.allclose(arc[[0, -1]], [a, b]) and np.allclose(line[[0, -1]], [a, b])
    shortest = min(np.linalg.norm(a), np.linalg.norm(b))
    assert (np.linalg.norm(arc, axis=1) > 0.99 * shortest).all() and np.linalg.norm(line[2]) < 0.9 * shortest
    assert np.allclose(line[2], (a + b) / 2)


def test_latents_with_no_great_circle_between_them_are_joined_by_a_line():
    a = sample_latents(5, 0, 1, NORMAL)
    stops = np.concatenate([a, -a, 0 * a])
    assert np.allclose(between(a, stops, np.array([0.5]), True), [a[0], 0 * a[0], a[0] / 2])


def test_truncated_latents_are_rows_of_all_factors():
    latents = sample_latents(0, 0, 3, NORMAL)
    scaled = truncated(latents, [0, 0.5, 1])
    assert scaled.dtype == np.float32
    assert np.array_equal(scaled.reshape(3, 3, 20), np.stack([0 * latents, latents / 2, latents], axis=1))
