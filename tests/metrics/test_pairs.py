"""L1, peak signal-to-noise ratio and structural similarity of pictures and their truths."""

import numpy as np
import pytest

from ms_gan.metrics import pairs
from ms_gan.metrics.pairs import compare
from tests.refusals import refused


def noisy(shape, deviation, seed=0):
    """Smooth pictures, and the same with noise."""
    random = np.random.default_rng(seed)
    count, channels, height, width = shape
    slope = np.linspace(20, 230, width) * np.linspace(0.3, 1, height)[:, None]
    truths = np.clip(slope + random.uniform(-20, 20, (count, channels, 1, 1)), 0, 255)
    outputs = np.clip(truths + random.normal(0, deviation, shape), 0, 255)
    return outputs.round().astype(np.uint8), truths.round().astype(np.uint8)


@pytest.mark.parametrize("shape", [(5, 3, 64, 48), (3, 1, 11, 28), (2, 4, 17, 17)])
def test_equals_scikit_image(shape):
    measured = pytest.importorskip("skimage.metrics")
    outputs, truths = noisy(shape, 25)
    options = {"channel_axis": 0, "data_range": 255, "gaussian_weights": True, "use_sample_covariance": False}
    expected = [measured.structural_similarity(a, b, **options) for a, b in zip(outputs, truths)]
    ratios = [measured.peak_signal_noise_ratio(b, a, data_range=255) for a, b in zip(outputs, truths)]
    found = compare(outputs, truths)
    assert found.ssim == pytest.approx(np.mean(expected), abs=1e-9)
    assert found.psnr == pytest.approx(np.mean(ratios), abs=1e-9)


def test_numbers_by_hand():
    truths = np.full((2, 1, 12, 12), 100, np.uint8)
    outputs = truths.copy()
    outputs[0] += 51  # a fifth of the range everywhere: 10 lg 25 = 13.98 dB
    found = compare(outputs, truths)
    assert found.l1 == pytest.approx(0.1)
    assert found.psnr == pytest.approx((10 * np.log10(25) + pairs.MOST_DECIBELS) / 2)
    assert found.hole_l1 is None
    # Flat pictures have no contrast: what is left is how alike their means are.
    c1 = (0.01 * 255) ** 2
    assert found.ssim == pytest.approx(((2 * 151 * 100 + c1) / (151**2 + 100**2 + c1) + 1) / 2)


def test_only_the_holes_count_in_them():
    truths = np.zeros((2, 3, 16, 16), np.uint8)
    outputs, holes = truths.copy(), np.zeros((2, 16, 16), bool)
    outputs[:, :, 8:] = 255
    holes[0, 6:10] = True  # half of it is wrong, and as many pixels are right in the other picture's
    holes[1, :2] = True
    assert compare(outputs, truths, holes).hole_l1 == pytest.approx(2 * 16 / (6 * 16))
    assert compare(outputs, truths, np.zeros_like(holes)).hole_l1 is None


def test_blocks_change_nothing(monkeypatch):
    outputs, truths = noisy((7, 3, 20, 20), 10)
    holes = outputs[:, 0] > 128
    whole = compare(outputs, truths, holes)
    monkeypatch.setattr(pairs, "PIXELS_AT_ONCE", 2 * 3 * 20 * 20)
    assert compare(outputs, truths, holes) == pytest.approx(whole, abs=1e-12)


def test_refusals():
    small = np.zeros((1, 1, 10, 30), np.uint8)
    with refused(code="few", says="10x30 pixels .*11x11 and more"):
        compare(small, small)
    large = np.zeros((2, 1, 11, 11), np.uint8)
    for outputs, truths in ((large[:1], large), (large.astype(float), large), (large[:0], large[:0])):
        with pytest.raises(ValueError, match="pictures"):
            compare(outputs, truths)
    with pytest.raises(ValueError, match="holes are"):
        compare(large, large, large > 0)
