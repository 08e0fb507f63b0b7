import numpy as np

from ms_gan.metrics import blocks
from ms_gan.metrics.copies import SHOWN_SAMPLES, find_copies
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
