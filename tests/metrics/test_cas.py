from dataclasses import replace

import numpy as np
import pytest

from ms_gan.config.data_section import DataConfig
from ms_gan.data import load
from ms_gan.metrics import cas
from ms_gan.metrics.cas import check_cas, with_cas
from ms_gan.metrics.evaluate import Splits, evaluate
from ms_gan.metrics.features.fit import ClassifierRecipe
from tests.metrics.stand_ins import CLASSES, Generator, Network, data
from tests.refusals import refused

TINY = ClassifierRecipe(epochs=0, least_steps=25, batch_size=32)
TRAIN, TEST = data(120, seed=1), data(90, seed=2)
SPLITS = Splits(TRAIN, TEST)


@pytest.fixture
def report(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path))
    return evaluate(Generator(TEST.images, labels=TEST.labels), Network().features, SPLITS, 90, 0)


@pytest.fixture
def fits(monkeypatch):
    """What classifiers are trained on and tried on, in place of a training."""
    seen = []
    monkeypatch.setattr(cas, "accuracy_of_fit", lambda data, test, recipe: seen.append((data, test)) or 0.5 / len(seen))
    return seen


def test_real_images_score_as_the_classifier_does_and_mixed_up_classes_nothing(device, report):
    digits = [load(DataConfig(source="synthetic", limit=400), seed=seed) for seed in (0, 1, 2)]
    splits, shape = Splits(*digits[:2]), digits[0].images.shape[1:]
    scores = []
    for labels in (digits[2].labels, (digits[2].labels + 1) % 10):
        source = Generator(digits[2].images, shape, labels, digits[0].classes)
        found = with_cas(report, source, splits, 400, 0, TINY)
        scores.append(found.generated.cas)
        assert found.floor.cas > 0.6  # by chance: 0.1
    assert abs(scores[0] - found.floor.cas) < 0.15 and scores[1] < 0.2


def test_as_many_real_images_are_learnt_from_as_generated_ones(report, fits):
    found = with_cas(report, Generator(TEST.images, labels=TEST.labels), SPLITS, 60, 0)
    assert found == replace(report, generated=replace(report.generated, cas=0.5), floor=replace(report.floor, cas=0.25))
    (generated, test), (real, same) = fits
    assert np.array_equal(generated.images, TEST.images[:60]) and np.array_equal(generated.labels, TEST.labels[:60])
    assert np.array_equal(real.images, TRAIN.images[::2]) and np.array_equal(test.images, TEST.images)
    assert same is test and generated.classes == real.classes == test.classes == CLASSES


def test_of_some_classes_the_others_are_neither_learnt_nor_tried(report, fits):
    source = Generator(TEST.images, labels=TEST.labels % 2, classes=("high", "low"))
    with_cas(report, source, SPLITS, 90, 0)
    (generated, test), (real, _) = fits
    assert len(generated.images) == len(real.images) == 80 and len(test.images) == 60
    for some, whole in ((real, TRAIN), (test, TEST)):
        names = np.array(whole.classes)[whole.labels]
        assert (np.array(some.classes)[some.labels] == names[names != "middle"]).all()


@pytest.mark.parametrize(
    "labels, splits, says",
    [
        (None, SPLITS, "--cas: needs images of classes that were asked for"),
        (TEST.labels, Splits(TRAIN, None), "--cas: stripes, 120 images has no test split on this machine"),
        (TEST.labels, Splits(replace(TRAIN, classes=("low", "mid", "high")), TEST), "120 images has no class middle"),
    ],
)
def test_what_has_no_score_is_refused(labels, splits, says):
    with refused("--cas", says=says):
        check_cas(Generator(TEST.images, labels=labels), splits, 0)
