from types import SimpleNamespace

import numpy as np

from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.ports import Port
from ms_gan.metrics.images import Sampled, Stored
from tests.metrics.stand_ins import CLASSES, data


class Sampler:
    """A generator that is given labels: the number of the image, modulo 3, moved by the seed."""

    def __init__(self, *ports):
        self.card = Card(image=ImageConfig(1, 8, 8), inputs=[Port("latents", "latent", [4]), *ports])
        self.stream = None

    def labels(self, seed, start, count):
        return (np.arange(start, start + count, dtype=np.int32) + seed) % 3


def test_a_generator_is_asked_for_the_labels_that_it_is_given():
    found = Sampled(Sampler(Port("labels", "label", [], classes=list(CLASSES)))).asked(seed=1, count=5)
    assert found.labels.tolist() == [1, 2, 0, 1, 2] and found.classes == CLASSES
    assert found.counts.tolist() == [1, 2, 2]


def test_a_generator_of_latents_alone_is_asked_for_nothing():
    assert Sampled(Sampler()).asked(0, 5) is None
    bare = SimpleNamespace(card=Card(image=ImageConfig(1, 8, 8)), stream=None)
    assert Sampled(bare).asked(0, 5) is None


def test_pictures_are_of_the_classes_that_they_came_with():
    pictures = data(9)
    found = Stored(pictures).asked(0, 4)
    assert found.labels.tolist() == [0, 1, 2, 0] and found.classes == CLASSES
    unnamed = type(pictures)(pictures.images, None, "pictures", "here")
    assert Stored(unnamed).asked(0, 4) is None
