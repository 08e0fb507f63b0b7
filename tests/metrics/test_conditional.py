import json
from dataclasses import replace

import numpy as np
import pytest

from ms_gan.metrics.conditional import Asked, Tally, class_accuracy, intra_frechet, labels_among
from ms_gan.metrics.evaluate import Splits, evaluate
from ms_gan.metrics.frechet import moments
from ms_gan.metrics.table import single
from tests.metrics.stand_ins import CLASSES, Generator, Network, data

TRAIN, TEST = data(400, seed=1), data(300, seed=2, title="unseen stripes")
SPLITS = Splits(TRAIN, TEST)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path))


def measured(labels, images=TEST.images, network=None, splits=SPLITS, classes=CLASSES):
    source = Generator(images, labels=labels, classes=classes)
    return evaluate(source, (network or Network()).features, splits, len(images), 0)


def test_a_class_that_is_shifted_is_as_far_as_the_square_of_the_shift():
    features = np.random.default_rng(0).normal(size=(3, 50, 4))
    real = {place: moments(part) for place, part in enumerate(features)}
    shifts = np.array([[0, 0, 0, 0], [3, 0, 0, 4], [0, 2, 0, 0]])
    found = intra_frechet(real, {place: moments(part + shifts[place]) for place, part in enumerate(features)}, 4)
    assert found.by_class == [pytest.approx(0, abs=1e-9), pytest.approx(25), pytest.approx(4), None]
    assert found.overall == pytest.approx(29 / 3) and found.worst == 1


def test_no_distance_without_a_class_that_both_have():
    assert intra_frechet({0: moments(np.eye(3))}, {1: moments(np.eye(3))}, 2) is None


def test_accuracy_is_of_all_images_and_of_each_class_that_has_enough():
    found = class_accuracy(np.array([90, 15, 0]), np.array([100, 30, 9]))
    assert found.overall == 105 / 139 and found.by_class == [0.9, 0.5, None] and found.worst == 1
    few = class_accuracy(np.array([3]), np.array([9]))
    assert few.overall == 1 / 3 and few.worst is None and few.by_class == [None]
    assert class_accuracy(np.array([0]), np.array([0])) is None


def test_classes_are_found_by_their_names():
    assert labels_among(TRAIN, ("high", "blue", "low")).labels[:3].tolist() == [2, -1, 0]
    assert (labels_among(replace(TRAIN, labels=None), CLASSES).labels == -1).all()


def test_real_images_of_the_classes_that_were_asked_for_reach_the_floor():
    found = measured(TEST.labels)
    assert found.asked == list(CLASSES)
    assert found.generated.accuracy == found.generated.accuracy_worst == found.floor.accuracy == 1
    for key in ("intra_frechet", "intra_frechet_worst", "intra_frechet_by_class"):
        assert getattr(found.generated, key) == getattr(found.floor, key)
    assert 0 < found.generated.intra_frechet < 1 < found.generated.intra_frechet_worst * 30


def test_the_order_of_images_and_the_numbers_of_classes_do_not_matter():
    order = np.random.default_rng(0).permutation(len(TEST.images))
    expected = measured(TEST.labels).generated
    mixed = measured(TEST.labels[order], TEST.images[order]).generated
    turned = measured(2 - TEST.labels, classes=CLASSES[::-1]).generated
    for found in (mixed, turned):
        assert found.accuracy == 1 and found.intra_frechet == pytest.approx(expected.intra_frechet, rel=1e-9)
    assert turned.intra_frechet_by_class == pytest.approx(expected.intra_frechet_by_class[::-1], rel=1e-9)


def test_classes_that_are_mixed_up_are_seen_only_by_class():
    good, exchanged = measured(TEST.labels).generated, measured((TEST.labels + 1) % 3).generated
    assert exchanged.accuracy == 0 and exchanged.frechet == good.frechet
    assert exchanged.intra_frechet > 50 * good.intra_frechet


def test_a_generator_that_ignores_its_label_is_right_by_chance():
    labels = np.random.default_rng(0).integers(0, 3, len(TEST.images))
    found = measured(labels).generated
    assert found.accuracy == (labels == TEST.labels).mean() and abs(found.accuracy - 1 / 3) < 0.1
    assert found.intra_frechet > 10 * measured(TEST.labels).generated.intra_frechet


def test_the_worst_class_is_named():
    labels = TEST.labels.copy()
    labels[np.flatnonzero(labels == 1)[:50]] = 2
    found = measured(labels)
    assert found.generated.accuracy_by_class == [1, 1, pytest.approx(100 / 150)]
    assert "the class seen least often where it was asked for is high: 66.7% of 150 images" in found.notes
    assert any(note.startswith("the Frechet distance within a class is largest in high: ") for note in found.notes)


def test_a_class_of_few_images_is_left_out_and_named():
    kept = np.sort(np.concatenate([np.flatnonzero(TEST.labels != 1), np.flatnonzero(TEST.labels == 1)[:31]]))
    found = measured(TEST.labels[kept], TEST.images[kept])
    distances = found.generated.intra_frechet_by_class
    assert distances[1] is None and found.generated.intra_frechet == (distances[0] + distances[2]) / 2
    assert found.floor.intra_frechet_by_class[1] is None and found.generated.accuracy_by_class == [1, 1, 1]
    assert sum("leave out middle: there are fewer than 32" in note for note in found.notes) == 1


def test_few_images_have_no_distances_at_all():
    found = measured(TEST.labels[:60], TEST.images[:60])
    assert found.generated.intra_frechet is found.floor.intra_frechet is None
    assert found.generated.accuracy == 1 and "within classes, mean" not in single(found)
    assert sum("leave out low, middle, high: there are fewer" in note for note in found.notes) == 1


def test_a_floor_that_lacks_a_class_has_no_mean():
    few = replace(TEST, images=TEST.images[:60], labels=TEST.labels[:60])
    found = measured(TRAIN.labels, TRAIN.images, splits=Splits(TRAIN, few))
    assert found.generated.intra_frechet == pytest.approx(0, abs=1e-6) and found.floor.intra_frechet is None


def test_where_nothing_is_unseen_halves_of_the_data_make_the_floor():
    found = measured(TEST.labels, splits=Splits(TRAIN, None))
    assert found.floor.accuracy == 1 and 0 < found.floor.intra_frechet < 1


def test_features_that_know_other_classes_give_no_accuracy():
    for network in (Network(classes=None), Network(classes=("cat", "dog", "cow"))):
        found = measured(TEST.labels, network=network)
        assert found.generated.accuracy is None and found.generated.intra_frechet > 0
        assert sum("class accuracy is left out" in note for note in found.notes) == 1
    twice = Tally(Asked(TEST.labels, ("low", "low", "high")), Network().features, TRAIN)
    assert twice.accuracy is None


def test_data_without_the_classes_give_no_measure_by_class():
    for splits in (Splits(replace(TRAIN, labels=None), TEST), Splits(replace(TRAIN, classes=tuple("abc")), TEST)):
        found = measured(TEST.labels, splits=splits)
        assert found.asked is found.generated.accuracy is found.generated.intra_frechet is None
        assert sum("has none of the classes that were asked for" in note for note in found.notes) == 1


def test_without_classes_that_were_asked_for_everything_is_as_before():
    bare, asked = measured(None), measured(TEST.labels)
    assert "asked" not in single(bare) and "within" not in single(bare)
    values, expected = json.loads(asked.to_json()), json.loads(bare.to_json())
    assert values.keys() - expected.keys() == {"asked"} and values["notes"] != expected["notes"]
    for column in ("generated", "floor"):
        more = values[column].keys() - expected[column].keys()
        assert more == {key + end for key in ("accuracy", "intra_frechet") for end in ("", "_worst", "_by_class")}
        assert {key: values[column][key] for key in expected[column]} == expected[column]
