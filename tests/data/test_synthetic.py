import numpy as np
import pytest
from PIL import ImageFont

from ms_gan.config.data_section import DataConfig
from ms_gan.data import load, synthetic


def digits(limit, seed=0):
    return load(DataConfig(source="synthetic", limit=limit), seed)


def test_digits_are_named_as_drawn_and_shaped_like_mnist():
    data = digits(None)
    assert data.name == "synthetic digits (drawn, not handwritten), 2,000 images"
    assert data.images.shape == (2000, 1, 28, 28) and data.images.dtype == np.uint8
    assert set(data.labels) == set(range(10))


def test_an_image_depends_on_seed_and_index_alone():
    few, more, other = digits(5), digits(9), digits(5, seed=1)
    np.testing.assert_array_equal(few.images, more.images[:5])
    np.testing.assert_array_equal(few.labels, more.labels[:5])
    assert (few.images != other.images).any()


@pytest.mark.parametrize("old_pillow", [False, True])
def test_digits_can_be_told_apart(monkeypatch, old_pillow):
    """The most alike of 500 other drawings is mostly the same digit; a blank or clipped drawing has none (0.1)."""
    if old_pillow:
        bitmap = getattr(ImageFont, "load_default_imagefont", ImageFont.load_default)
        monkeypatch.setattr(ImageFont, "load_default", lambda: bitmap())
    synthetic._glyph.cache_clear()
    data = digits(1000)
    synthetic._glyph.cache_clear()
    flat = data.images.reshape(1000, -1).astype(np.float32)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    most_alike = (flat[500:] @ flat[:500].T).argmax(axis=1)
    assert (data.labels[:500][most_alike] == data.labels[500:]).mean() > 0.7
