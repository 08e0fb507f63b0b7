import numpy as np
import pytest

from ms_gan.metrics.features.extractor import AT_ONCE, MOST_AT_ONCE, Features, block_for
from tests.refusals import failed, refused

IMAGES = np.random.default_rng(0).integers(0, 256, (11, 1, 5, 6), np.uint8)


def extractor(**changes):
    """Features are an image's first two pixels, logits its first three; counts the sizes of the blocks."""
    sizes = []

    def compute(images):
        sizes.append(len(images))
        flat = images.reshape(len(images), -1).astype(np.float32)
        return flat[:, :2], flat[:, :3]

    settings = {"width": 2, "compute": compute, "block": 4, "image_shape": (1, 5, 6), **changes}
    return Features("first-pixels", "no network", **settings), sizes


def test_all_blocks_have_one_size_and_the_filling_is_dropped():
    features, sizes = extractor()
    values, probabilities = features(IMAGES)
    assert sizes == [4, 4, 4]
    assert np.array_equal(values, IMAGES.reshape(11, -1)[:, :2]) and values.dtype == np.float32
    assert np.array_equal(features(IMAGES[10:])[0], values[10:])
    logits = IMAGES.reshape(11, -1)[:, :3].astype(np.float64)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.allclose(probabilities, expected, atol=1e-6) and probabilities.dtype == np.float32


def test_a_network_without_classes():
    features, _ = extractor(compute=lambda images: (np.ones((4, 2), np.float32), None))
    assert features(IMAGES)[1] is None and features.classes is None


def test_what_is_refused():
    features, _ = extractor()
    with refused(code="mismatch", says="images of 1x6x5 .*; first-pixels is for 1x5x6"):
        features(IMAGES.transpose(0, 1, 3, 2))
    for wrong in (IMAGES.astype(np.float32), IMAGES[0], IMAGES[:0]):
        with pytest.raises(ValueError, match="should be uint8"):
            features(wrong)
    features, _ = extractor(compute=lambda images: (np.full((4, 2), np.nan, np.float32), None))
    with failed("diverged"):
        features(IMAGES)


def test_large_images_come_in_small_blocks():
    assert block_for((1, 28, 28)) == MOST_AT_ONCE
    assert block_for((3, 256, 256)) * 3 * 256 * 256 <= AT_ONCE
    assert block_for((3, 4096, 4096)) == 1
