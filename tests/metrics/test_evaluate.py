from dataclasses import replace

import numpy as np
import pytest

from ms_gan.metrics import blocks, evaluate
from ms_gan.metrics.evaluate import Splits
from tests.metrics.stand_ins import Generator, Network, data, drawn
from tests.refusals import refused

TRAIN, TEST = data(400, seed=1), data(300, seed=2, title="unseen stripes")
SPLITS = Splits(TRAIN, TEST)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path))


def measured(images, network=None, splits=SPLITS, **options):
    network = network or Network()
    return evaluate.evaluate(Generator(images), network.features, splits, len(images), 0, **options)


def test_the_training_images_themselves():
    found = measured(TRAIN.images)
    assert found.generated.frechet < 1e-6 and found.generated.nearest == 0
    assert (found.generated.precision, found.generated.recall, found.generated.coverage) == (1, 1, 1)
    assert found.generated.histogram == found.data_histogram == [134, 133, 133]
    assert found.generated.class_distance == 0 and found.generated.covered == 3
    assert found.generated.score > 2.9 and found.generated.confident > 0.99
    assert found.generated.kernel < 0 < found.generated.kernel_deviation  # pairs of equal images are in both sets
    assert found.floor.frechet > 1e-3 and found.floor.nearest > 0.1


def test_the_floor_is_the_other_split_in_the_generators_place():
    found, swapped = measured(TEST.images), measured(TRAIN.images[:300], split="test")
    # Only the score looks at images in their order, and those of the floor are shuffled.
    same = replace(found.floor, score=found.generated.score, score_deviation=found.generated.score_deviation)
    assert same == found.generated and found.floor.count == 300
    assert found.protocol.floor == "300 of unseen stripes, 300 images"
    assert swapped.protocol.data == "unseen stripes, 300 images" and swapped.protocol.split == "test"
    assert swapped.protocol.real == 300 and swapped.floor.count == 300
    assert 0.5 < swapped.floor.frechet / found.floor.frechet < 2


def test_where_nothing_is_unseen_halves_of_the_data_make_the_floor():
    found = measured(TEST.images, splits=Splits(TRAIN, None))
    assert found.protocol.floor.startswith("200 of one half of the data") and found.floor.count == 200
    # The training images are few, so that the floor is their distance to each other.
    assert 0.5 < found.generated.nearest / found.floor.nearest < 2 and found.floor.copied == 0.01
    assert 1e-3 < found.floor.frechet < 1 and found.floor.precision > 0.5
    assert any("floor has 200 images, fewer than were generated" in note for note in found.notes)


def test_a_broken_generator_is_worse_than_a_noisy_one():
    random = np.random.default_rng(3)
    noisy = (TEST.images * 0.9 + random.integers(0, 25, TEST.images.shape)).astype(np.uint8)
    broken = np.repeat(TRAIN.images[:1], 300, axis=0)
    found = {name: measured(images).generated for name, images in (("noisy", noisy), ("broken", broken))}
    for metric in ("frechet", "kernel", "class_distance"):
        assert getattr(found["broken"], metric) > 1.5 * getattr(found["noisy"], metric)
    for metric in ("recall", "coverage", "score"):
        assert getattr(found["broken"], metric) < 0.8 * getattr(found["noisy"], metric)
    assert found["broken"].covered == 1 and found["noisy"].covered == 3
    assert found["noisy"].frechet > measured(TEST.images).generated.frechet


def test_memory_is_bounded_by_blocks_and_kept_features(monkeypatch):
    whole = measured(TEST.images).generated
    monkeypatch.setattr(blocks, "MOST_AT_ONCE", 64)
    network = Network()
    found = measured(TEST.images, network)
    assert max(network.sizes) <= 64 and found.generated.frechet == pytest.approx(whole.frechet, abs=1e-9)
    assert found.generated.recall == whole.recall and found.generated.histogram == whole.histogram
    assert found.generated.confident == whole.confident
    monkeypatch.setattr(evaluate, "COMPARED", 50)
    few = measured(TEST.images)
    assert few.protocol.compared == 50 and few.generated.frechet == found.generated.frechet
    seen = evaluate._look(network.features, blocks.measured_blocks(Generator(TEST.images), 0, 300), 300, 50, "")
    assert len(seen.features) == len(seen.probabilities) == 50 and seen.moments.count == 300
    assert np.array_equal(seen.features, network.features(TEST.images[::6])[0])


def test_without_classes_what_needs_them_is_left_out():
    found = measured(TEST.images, Network(classes=None))
    assert found.generated.score is found.generated.histogram is found.classes is None
    assert found.generated.frechet > 0 and found.generated.recall > 0.5
    assert sum("tells no classes apart" in note for note in found.notes) == 1
    foreign = measured(TEST.images, Network(classes=("cat", "dog", "cow")))
    assert foreign.generated.score > 2.9 and foreign.generated.covered is None and foreign.classes is None
    assert sum("does not know the data's classes" in note for note in foreign.notes) == 1


def test_too_few_images_are_warned_of():
    assert not measured(TEST.images).notes
    assert any("20 samples are few for features 16 wide" in note for note in measured(TEST.images[:20]).notes)


def test_what_cannot_be_measured_is_refused():
    with refused("--split"):
        measured(TEST.images, splits=Splits(TRAIN, None), split="test")
    with refused(code="mismatch", says="3x8x8 .*, those of the data 1x8x8"):
        evaluate.evaluate(Generator(drawn(20)[0], (3, 8, 8)), Network().features, SPLITS, 20, 0)


def test_real_images_that_come_sorted_by_class_have_the_score_of_mixed_ones():
    order = np.argsort(TEST.labels, kind="stable")
    sorted_ones = replace(TEST, images=TEST.images[order], labels=TEST.labels[order])
    found = [measured(TRAIN.images[:300], splits=Splits(TRAIN, test)).floor.score for test in (TEST, sorted_ones)]
    assert found[1] > 2.5 and abs(found[0] - found[1]) < 0.3


@pytest.mark.parametrize(
    "num, train, test, says",
    [
        (9, 400, 300, "9 images to generate, --num: too few"),
        (300, 9, 300, "9 real images: too few"),
        (300, 400, 9, "9 real images for the floor: too few"),
        (300, 19, None, "9 real images for the floor: too few"),
    ],
)
def test_too_few_images_are_refused_before_any_is_generated(monkeypatch, num, train, test, says):
    monkeypatch.setattr(evaluate, "measured_blocks", lambda *_: pytest.fail("generated"))
    monkeypatch.setattr(evaluate, "reference_moments", lambda *_, **__: pytest.fail("measured"))
    splits = Splits(data(train, seed=1), test and data(test, seed=2))
    with refused(code="few", says=says):
        measured(TRAIN.images[:num], splits=splits)
