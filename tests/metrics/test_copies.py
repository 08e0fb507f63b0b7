import numpy as np

from ms_gan.metrics import blocks
from ms_gan.metrics.copies import FEW, OTHERS, SHOWN_SAMPLES, distances_to_others, find_copies
from ms_gan.metrics.copies import UNSEEN as UNSEEN_WORDS
from tests.metrics.stand_ins import Generator, Network, drawn

TRAIN, _ = drawn(150, seed=1)
UNSEEN, _ = drawn(80, seed=2)


def test_copies_are_found_wherever_they_are(monkeypatch):
    monkeypatch.setattr(blocks, "MOST_AT_ONCE", 32)
    made, _ = drawn(70, seed=3)
    made[[40, 66]] = TRAIN[[3, 149]]
    found = find_copies(Generator(made), Network().features, TRAIN, UNSEEN, 0, 70)
    assert found.searched == 70 and found.median > 0.1
    assert np.array_equal(found.closest.images[:2], made[[40, 66]])
    assert np.array_equal(found.closest.nearest[:2], TRAIN[[3, 149]]) and not found.closest.distances[:2].any()
    assert (np.diff(found.closest.distances) >= 0).all() and found.closest.distances[2] > 0
    assert np.array_equal(found.first.images, made[:SHOWN_SAMPLES]) and len(found.closest.images) == SHOWN_SAMPLES
    values, references = (Network().features(images)[0] for images in (made[:1], TRAIN))
    index = np.linalg.norm(references - values, axis=1).argmin()
    assert np.array_equal(found.first.nearest[0], TRAIN[index])


def test_a_copying_generator_is_below_unseen_images():
    copying = find_copies(Generator(TRAIN), Network().features, TRAIN, UNSEEN, 0, 60)
    honest = find_copies(Generator(drawn(60, seed=4)[0]), Network().features, TRAIN, UNSEEN, 0, 60)
    assert copying.median == 0 < copying.unseen == honest.unseen
    assert 0.8 < honest.median / honest.unseen < 1.25
    assert find_copies(Generator(TRAIN), Network().features, TRAIN, None, 0, 10).unseen is None


def test_copies_are_warned_of_where_training_images_are_few():
    network = Network()
    for test, among in ((UNSEEN, UNSEEN_WORDS), (None, OTHERS)):
        copying = find_copies(Generator(TRAIN), network.features, TRAIN, test, 0, 100).nearness
        honest = find_copies(Generator(drawn(100, seed=4)[0]), network.features, TRAIN, test, 0, 100).nearness
        assert copying.copied == 1 and copying.samples == 0 < copying.real == honest.real
        assert f"100% of its samples are nearer to a training image than 99 % of {among} are" in copying.warning
        assert honest.copied < 0.05 and honest.warning is None
    some = drawn(100, seed=5)[0]
    some[:20] = TRAIN[:20]
    assert 0.2 <= find_copies(Generator(some), network.features, TRAIN, None, 0, 100).nearness.copied < 0.3
    many, _ = drawn(FEW, seed=6)
    assert find_copies(Generator(many), network.features, many, None, 0, 20).nearness is None


def test_images_that_are_there_twice_are_not_others():
    features = np.float32([[0, 9], [3, 9], [3, 9], [7, 9]])
    assert distances_to_others(features).tolist() == [3, 4]
    assert not len(distances_to_others(features[:1])) and not len(distances_to_others(features[1:3]))
    doubled = np.concatenate([TRAIN[:1], TRAIN[:1]])
    assert find_copies(Generator(doubled), Network().features, doubled, None, 0, 2).nearness is None
