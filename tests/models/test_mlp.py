import mindspore as ms
import numpy as np
import pytest

from ms_gan.config.network_sections import DiscriminatorConfig, GeneratorConfig
from ms_gan.models import build_discriminator, build_generator, count_parameters
from ms_gan.seeds import Purpose, stream

pytestmark = pytest.mark.usefixtures("device")
SHAPE = (1, 28, 28)


def random(seed=0):
    return stream(seed, Purpose.WEIGHTS)


def test_the_recipe_has_the_published_sizes_and_names():
    generator = build_generator(GeneratorConfig(), 100, SHAPE, random())
    discriminator = build_discriminator(DiscriminatorConfig(), SHAPE, random())
    assert count_parameters(generator) == 1_510_032
    assert count_parameters(discriminator) == 533_505
    shapes = {p.name: p.shape for p in generator.get_parameters()}
    assert shapes["generator.layers.0.weight"] == (128, 100)
    assert shapes["generator.layers.3.moving_variance"] == (256,)
    assert shapes["generator.layers.11.bias"] == (784,)
    assert "generator.layers.1.gamma" not in shapes  # no BatchNorm after the first hidden layer
    assert {p.name.split(".")[0] for p in discriminator.get_parameters()} == {"discriminator"}


@pytest.mark.parametrize("hidden, batch_norm, shape", [([1024, 2048], False, SHAPE), ([], True, (3, 4, 5))])
def test_widths_and_image_shape_are_parameters(hidden, batch_norm, shape):
    generator = build_generator(GeneratorConfig(hidden=hidden, batch_norm=batch_norm), 6, shape, random())
    images = generator(ms.Tensor(np.ones((2, 6), np.float32))).asnumpy()
    assert images.shape == (2, *shape) and np.abs(images).max() <= 1
    assert not any("gamma" in p.name for p in generator.get_parameters())
    discriminator = build_discriminator(DiscriminatorConfig(hidden=hidden), shape, random())
    assert discriminator(ms.Tensor(images)).shape == (2, 1)


def test_initial_weights_are_uniform_within_the_fan_in_and_depend_on_the_seed_alone():
    def weights(seed):
        layers = build_generator(GeneratorConfig(), 100, SHAPE, random(seed)).get_parameters()
        return {p.name: p.asnumpy() for p in layers if p.name.endswith(("weight", "bias"))}

    first, again, other = weights(1), weights(1), weights(2)
    for name, values in first.items():
        assert np.array_equal(values, again[name])
        assert not np.array_equal(values, other[name])
    weight = first["generator.layers.8.weight"]
    bound = 512**-0.5
    assert 0.99 * bound < np.abs(weight).max() <= bound
    assert weight.std() == pytest.approx(bound / 3**0.5, rel=0.01)


def test_leaky_slope_reaches_the_layer():
    discriminator = build_discriminator(DiscriminatorConfig(hidden=[1], slope=0.1), (1, 1, 1), random())
    for parameter in discriminator.get_parameters():
        parameter.set_data(ms.Tensor(np.full(parameter.shape, float("weight" in parameter.name), np.float32)))
    assert discriminator(ms.Tensor(np.float32([[[[-2.0]]]]))).asnumpy() == pytest.approx(-0.2)
