import numpy as np

from ms_gan.config.network_sections import LatentConfig
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.walks import round_trip, rows, sample_pairs, there_and_back

LATENT = LatentConfig(width=20)


def test_rows_go_from_sample_to_sample():
    stops = sample_pairs(5, 3, LATENT)
    assert stops.shape == (2, 3, 20)
    way = rows(stops, 7, spherical=True)
    assert way.shape == (3, 1, 7, 20) and way.dtype == np.float32
    assert np.allclose(way[:, 0, [0, -1]], sample_latents(5, 0, 6, LATENT).reshape(3, 2, 20), atol=1e-6)


def test_rows_of_several_stops_join():
    stops = sample_latents(0, 0, 8, LATENT).reshape(4, 2, 20)
    way = rows(stops, 5, spherical=True)
    assert way.shape == (2, 3, 5, 20)
    assert np.allclose(way[:, :-1, -1], way[:, 1:, 0], atol=1e-6)
    assert np.allclose(way[1, 2, 0], stops[2, 1], atol=1e-6)


def steps_of(frames):
    """How far each frame is from the next, and the last one from the first."""
    return np.linalg.norm(frames - np.roll(frames, -1, axis=0), axis=2)


def test_a_round_trip_passes_every_stop_and_has_no_jump():
    stops = sample_latents(0, 0, 8, LATENT).reshape(4, 2, 20)
    frames = round_trip(stops, 10, spherical=True)
    assert frames.shape == (40, 2, 20) and frames.dtype == np.float32
    assert np.allclose(frames[::10], stops, atol=1e-6)
    steps = steps_of(frames)
    assert steps.min() > 0 and steps.max() < 2 * np.median(steps)


def test_there_and_back_has_no_jump():
    forth = np.arange(4.0).reshape(4, 1, 1)
    assert there_and_back(forth).ravel().tolist() == [0, 1, 2, 3, 2, 1]
    assert there_and_back(forth[:2]).ravel().tolist() == [0, 1]
