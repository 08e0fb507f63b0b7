"""Defense-GAN's search for many pictures at once, against the search for one."""

from dataclasses import replace

import numpy as np
import pytest

from ms_gan.attacks.defense_gan import DefenseGan, WashPlan
from ms_gan.errors import UsageError
from ms_gan.generators.card import Card
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import Sampler, open_generator

PLAN = WashPlan(steps=60, starts=3)


@pytest.fixture(scope="module")
def defence(trained):
    """It, for two pictures at once, and three pictures that the generator makes."""
    sampler = open_generator(trained)
    return DefenseGan(sampler, PLAN, (1, 28, 28), 2), sampler.generate(sample_latents(5, 0, 3, sampler.card.latent))


def test_a_generators_own_pictures_are_found_again(defence):
    wash, targets = defence
    found = wash.wash(targets)
    assert found.images.shape == targets.shape and found.distances.max() < 0.1
    assert np.allclose(np.sqrt(np.square(found.images - targets).mean((1, 2, 3))), found.distances, atol=1e-5)


def test_a_picture_is_washed_alike_whatever_stands_beside_it_and_came_before(defence):
    wash, targets = defence
    assert np.allclose(wash(targets)[2], wash(targets[2:])[0], atol=1e-5)
    assert np.array_equal(wash(targets), wash(targets))


def test_a_generator_of_classes_is_searched_in_all_of_them(conditional):
    sampler = open_generator(conditional)
    latents = sample_latents(5, 0, 2, sampler.card.latent)
    targets = sampler.generate(latents, np.array([3, 7], np.int32))
    wash = DefenseGan(sampler, PLAN, (1, 28, 28), 2)
    assert wash.wash(targets).distances.max() < 0.1


def test_what_lies_within_the_margin_is_not_copied(defence):
    """Every pixel is moved by the bound; with a margin the picture is found all the same."""
    plain, targets = defence
    attacked = targets - 0.5 * np.sign(targets)
    wide = DefenseGan(plain.sampler, replace(PLAN, margin=0.25), (1, 28, 28), 2)
    far = [np.sqrt(np.square(wash(attacked) - targets).mean()) for wash in (plain, wide)]
    assert far[1] < 0.8 * far[0]


def test_smaller_pictures_stand_in_the_middle(device):
    card = Card()
    card.latent.width, card.image.height, card.image.width = 4, 12, 12
    card.generator.hidden = [8]
    wash = DefenseGan(Sampler.from_card(card), WashPlan(2, 2, nearest=False), (1, 8, 8), 1)
    assert wash(np.zeros((1, 1, 8, 8), np.float32)).shape == (1, 1, 8, 8)
    with pytest.raises(UsageError, match="makes pictures of 1x12x12, and those to clean are 1x16x16"):
        DefenseGan(Sampler.from_card(card), WashPlan(2, 2), (1, 16, 16), 1)
