import numpy as np
import pytest

from ms_gan.metrics import segmenter
from ms_gan.metrics.maps import agreement

pytestmark = pytest.mark.usefixtures("device")


def test_a_segmenter_learns_to_see_classes(monkeypatch):
    monkeypatch.setattr(segmenter, "WIDTH", 8)
    random = np.random.default_rng(0)
    maps = random.integers(0, 3, (24, 4, 4)).repeat(4, 1).repeat(4, 2).astype(np.uint8)
    images = (maps[:, None] * 90 + random.integers(0, 60, (24, 1, 16, 16))).astype(np.uint8)
    maps[:, 0] = 255  # unknown pixels teach nothing, and do no harm
    network = segmenter.fit_segmenter(images, maps, 3, 120)
    assert agreement(maps, segmenter.seen_by(network, images), 3)["pixel_accuracy"] > 0.9
