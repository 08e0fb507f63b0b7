import numpy as np
import pytest

from ms_gan.generators.card import Card
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.projection import CANDIDATES, find_latent
from ms_gan.generators.sampling import Sampler, open_generator


@pytest.fixture(scope="module")
def search(trained):
    """The generator, one of its own images, and two searches for it with the same seed."""
    sampler = open_generator(trained)
    target = sampler.generate(sample_latents(0, CANDIDATES, 1, sampler.card.latent))[0]
    return sampler, target, [find_latent(sampler, target, 0, 200, 4, 0.1) for _ in range(2)]


def test_the_latent_of_an_own_image_is_found(search):
    sampler, target, (found, _) = search
    assert found.distance < 0.2 * found.nearest < found.nearest < found.typical
    assert found.steps == [0, 3, 6, 12, 25, 50, 100, 200] and len(found.images) == 8
    assert np.array_equal(found.images[-1:], sampler.generate(found.latent))
    far = np.sqrt(np.square(found.images - target).mean((1, 2, 3)))
    assert np.isclose(far[-1], found.distance) and far[-1] < far[4] < far[0]


def test_the_latent_lies_where_those_of_the_training_lay(search):
    assert np.allclose(np.square(search[2][0].latent).mean(), 1, atol=1e-4)


def test_the_same_seed_finds_the_same(search):
    first, second = search[2]
    assert np.array_equal(first.latent, second.latent)


def test_convolutions_and_uniform_latents(device):
    card = Card()
    card.latent.width, card.latent.distribution = 6, "uniform"
    card.generator.name, card.generator.channels = "dcgan", 2
    card.image.height = card.image.width = 8
    sampler = Sampler.from_card(card)
    target = sampler.generate(np.full((1, 6), 0.9, np.float32))[0] * 2  # brighter than any of its images
    found = find_latent(sampler, target, 0, 30, 3, 0.3)
    assert found.distance < found.nearest
    assert np.abs(found.latent).max() == 1
