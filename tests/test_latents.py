import numpy as np

from ms_gan.config import LatentConfig
from ms_gan.latents import interpolate, sample_latents

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


def test_walks_start_and_end_at_samples_and_stay_on_the_sphere():
    walks = interpolate(5, 3, 7, NORMAL).reshape(3, 7, 20)
    ends = sample_latents(5, 0, 6, NORMAL).reshape(3, 2, 20)
    assert np.allclose(walks[:, [0, -1]], ends, atol=1e-6)
    lengths = np.linalg.norm(walks, axis=2)
    assert (lengths > 0.99 * np.linalg.norm(ends, axis=2).min(axis=1, keepdims=True)).all()


def test_uniform_walks_are_straight():
    walks = interpolate(5, 1, 3, UNIFORM)
    assert np.allclose(walks[1], (walks[0] + walks[2]) / 2, atol=1e-6)
