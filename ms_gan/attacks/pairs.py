"""Pairs of an attacked picture and the clean one, from which APE-GAN learns (Shen et al. 2017, arXiv:1707.05474)."""

from dataclasses import fields, replace

import numpy as np

from ms_gan.attacks.bounds import as_written
from ms_gan.attacks.gradient import Attacker, fgsm, pgd
from ms_gan.classifiers import ImageClassifier, open_classifier
from ms_gan.config.data_section import DataConfig
from ms_gan.config.translation_sections import PairsConfig
from ms_gan.data import load
from ms_gan.data.degrade import ATTACK, degradation_of
from ms_gan.data.pairs import PairData
from ms_gan.pictures.pixels import to_float

EVERY = 10  # of so many pictures the first stays clean, and the second is attacked by PGD
STEPS, STRIDE = 5, 0.4  # of PGD: steps, and how far each goes as a share of the bound


def attacked_pairs(config: PairsConfig, data: PairData, seed: int) -> PairData:
    """Pairs whose inputs are the targets under attack, where a config asks for it; other pairs as they are.

    The classifier is that of the features, which has learnt all pictures of the source whatever `data.limit` says.

    Args:
        config: the run's data options; the bound is `data.strength`.
        data: the pairs; `images` are clean.
        seed: of PGD's random starts.

    Raises:
        UsageError: pictures without classes.
        GanError: the cache of classifiers cannot be written.
    """
    if config.degrade != ATTACK:
        return data
    of_source = DataConfig(**{one.name: getattr(config, one.name) for one in fields(DataConfig) if one.name != "limit"})
    classifier = open_classifier("features", of_source, load(of_source, seed), seed)
    return replace(data, inputs=under_attack(classifier, data.images, degradation_of(config).strength, seed))


def under_attack(classifier: ImageClassifier, images: np.ndarray, eps: float, seed: int) -> np.ndarray:
    """Pictures attacked by FGSM; of each ten one by PGD with a random start, and one stays clean.

    Clean ones teach a network to leave such pictures alone. The attack leads away from the class that the classifier
    takes the clean picture for, so that no labels are needed.

    Args:
        classifier: what is attacked.
        images: uint8 (N, C, H, W).
        eps: how far a pixel may move, for pixels in [0, 1].
        seed: of PGD's random starts.

    Returns:
        uint8 (N, C, H, W), rounded as a file holds them.
    """
    made, place = images.copy(), np.arange(len(images)) % EVERY
    for chosen, attack in (
        (place == 1, pgd(eps, STRIDE * eps, STEPS, restarts=1, seed=seed)),
        (place > 1, fgsm(eps)),
    ):
        clean = images[chosen]
        if len(clean):
            made[chosen] = as_written(Attacker(classifier, attack)(to_float(clean), classifier.verdicts(clean)), clean)
    return made
