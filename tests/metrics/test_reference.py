import numpy as np
import pytest

from ms_gan.metrics import blocks
from ms_gan.metrics.frechet import frechet_distance, moments
from ms_gan.metrics.reference import reference_moments
from tests.metrics.stand_ins import Network, drawn
from tests.refusals import failed

IMAGES, _ = drawn(200)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path))
    return tmp_path / "features" / "stripes-1a2b3c4d"


def same(a, b):
    return a.count == b.count and np.array_equal(a.mean, b.mean) and np.array_equal(a.scatter, b.scatter)


def test_moments_are_computed_once_in_blocks(cache, monkeypatch):
    monkeypatch.setattr(blocks, "MOST_AT_ONCE", 64)
    network = Network()
    found = reference_moments(network.features, IMAGES)
    assert network.sizes == [64, 64, 64, 8] and len(list(cache.iterdir())) == 1
    expected = moments(Network().features(IMAGES)[0])
    assert found.count == 200 and np.allclose(found.covariance, expected.covariance)
    assert frechet_distance(found, expected) < 1e-9
    assert same(reference_moments(network.features, IMAGES), found) and len(network.sizes) == 4


def test_a_limit_takes_images_from_everywhere():
    found = reference_moments(Network().features, IMAGES, 100)
    assert same(found, moments(Network().features(IMAGES[::2])[0]))
    assert same(reference_moments(Network().features, IMAGES, 999), reference_moments(Network().features, IMAGES))


def test_another_pixel_or_another_number_is_another_file(cache):
    other = IMAGES.copy()
    other[150, 0, 7, 7] += 1
    found = [reference_moments(Network().features, images) for images in (IMAGES, other, IMAGES[:100])]
    reference_moments(Network().features, IMAGES, 100)
    assert not same(found[0], found[1]) and len(list(cache.iterdir())) == 4


@pytest.mark.parametrize("damage", ["a bit", "cut", "empty", "another width"])
def test_a_damaged_file_is_computed_again(cache, capsys, damage):
    found = reference_moments(Network().features, IMAGES)
    (path,) = cache.iterdir()
    content = bytearray(path.read_bytes())
    if damage == "a bit":
        content[len(content) // 2] ^= 1
    elif damage == "another width":
        network = Network()
        network.features.width = 3
        network.features._compute = lambda images: (np.ones((len(images), 3), np.float32), None)
        path.unlink()
        reference_moments(network.features, IMAGES)
    if damage != "another width":
        path.write_bytes(content[: {"a bit": None, "cut": 500, "empty": 0}[damage]])
    network = Network()
    assert same(reference_moments(network.features, IMAGES), found) and network.sizes
    assert "damaged; it is computed again" in capsys.readouterr().err
    assert same(reference_moments(Network().features, IMAGES), found)


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "file"))
    with failed("unwritable"):
        reference_moments(Network().features, IMAGES)
