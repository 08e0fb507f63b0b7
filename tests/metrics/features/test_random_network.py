import mindspore as ms
import numpy as np
import pytest

from ms_gan.config.data_section import DataConfig
from ms_gan.data import load
from ms_gan.metrics.features.random_network import WIDTH, RandomNetwork, random_features
from ms_gan.pictures.pixels import to_float
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("device")


def convolved(images, weight):
    """The 4x4 convolution with stride 2 and a border of one zero, then ReLU, in numpy."""
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    patches = np.lib.stride_tricks.sliding_window_view(padded, (4, 4), (2, 3))[:, :, ::2, ::2]
    return np.maximum(np.einsum("nihwyx,oiyx->nohw", patches, weight), 0)


def test_the_features_are_those_of_the_definition():
    images = np.random.default_rng(0).integers(0, 256, (3, 3, 30, 21), np.uint8)
    random = np.random.default_rng(5)
    network = RandomNetwork(3, random)
    hidden, expected = to_float(images).astype(np.float64), []
    for parameter in network.get_parameters():
        hidden = convolved(hidden, parameter.asnumpy().astype(np.float64))
        expected.append(hidden.mean(axis=(2, 3)))
    values = network(ms.Tensor(to_float(images))).asnumpy()
    assert values.shape == (3, WIDTH) and np.allclose(values, np.concatenate(expected, axis=1), rtol=1e-4, atol=1e-5)


def test_the_weights_are_the_same_on_every_machine():
    assert random_features((1, 28, 28)).name == "random-convolutions-5afd357e"
    assert random_features((3, 64, 64)).name == "random-convolutions-fdba1b4d"


def test_other_images_have_other_statistics():
    digits = load(DataConfig(source="synthetic", limit=400), 0).images
    features = random_features((1, 28, 28))

    def distance(one, other):
        """Between the features' normal distributions, as far as they are independent: the Frechet distance."""
        (a, _), (b, _) = features(one), features(other)
        return ((a.mean(0) - b.mean(0)) ** 2).sum() + ((a.std(0) - b.std(0)) ** 2).sum()

    nothing = distance(digits[:200], digits[200:])
    assert distance(digits[:200], np.roll(digits[200:], 3, axis=2)[:, :, :, ::-1]) > 2 * nothing
    assert distance(digits[:200], 255 - digits[200:]) > 100 * nothing
    noise = np.random.default_rng(0).normal(0, 40, (200, 1, 28, 28))
    assert distance(digits[:200], (digits[200:] + noise).clip(0, 255).astype(np.uint8)) > 5 * nothing


def test_small_images_are_refused():
    with refused(code="few", says="images of 28x15 pixels are too small"):
        random_features((1, 28, 15))
