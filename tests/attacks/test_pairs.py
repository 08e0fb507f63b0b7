"""What APE-GAN learns from: pictures under attack, some of them clean."""

import numpy as np
import pytest

from ms_gan.attacks.pairs import attacked_pairs, under_attack
from ms_gan.config.translation_sections import PairsConfig
from ms_gan.data.pairs import PairData
from ms_gan.pictures.pixels import to_uint8
from tests.attacks.small import CLEAN, small_classifier

pytestmark = pytest.mark.usefixtures("device")
IMAGES = np.tile(to_uint8(CLEAN), (-(-20 // len(CLEAN)), 1, 1, 1))[:20]


def test_of_ten_one_stays_clean_and_the_others_fool_the_classifier_within_the_bound():
    classifier = small_classifier()
    made = under_attack(classifier, IMAGES, 0.4, 3)
    apart = np.abs(made.astype(int) - IMAGES).max(axis=(1, 2, 3))
    assert made.dtype == np.uint8 and (apart[[0, 10]] == 0).all()
    attacked = np.arange(20) % 10 > 0
    assert (apart[attacked] > 0).all() and apart.max() <= 0.4 * 255
    fooled = classifier.verdicts(made) != classifier.verdicts(IMAGES)
    assert fooled[attacked].mean() > 0.5 and not fooled[~attacked].any()
    others = (under_attack(classifier, IMAGES, 0.4, 4) != made).any(axis=(1, 2, 3))
    assert set(np.flatnonzero(others)) == {1, 11}, "only PGD's starts depend on the seed"


def test_other_pairs_stay_as_they_are():
    data = PairData(IMAGES, None, "pictures", "nowhere")
    assert attacked_pairs(PairsConfig(source="synthetic", degrade="jpeg"), data, 0) is data
