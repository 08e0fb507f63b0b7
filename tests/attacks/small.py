"""A classifier of 1x8x8 pictures of 5 classes with fixed weights, as tests/golden/make_attacks.py has it."""

import mindspore as ms
import numpy as np
from inputs import BATCH, values, weight

from ms_gan.classifiers.networks import Plain
from ms_gan.classifiers.opened import ImageClassifier, Logits

LABELS = np.arange(BATCH) % 5
CLEAN = values("attacked images", (BATCH, 1, 8, 8))


def small_classifier():
    """The classifier."""
    logits = Logits(Plain((1, 8, 8), 5), (1, 8, 8))
    for parameter in logits.get_parameters():
        parameter.set_data(ms.Tensor(3 * weight(parameter.name, parameter.shape)))
    return ImageClassifier(logits, "plain", "small", tuple("abcde"), (1, 8, 8), None, "nothing", "")
