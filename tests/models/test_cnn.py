import mindspore as ms
import numpy as np
import pytest

from ms_gan.config.network_sections import DiscriminatorConfig, GeneratorConfig
from ms_gan.models import build_discriminator, build_generator, count_parameters
from ms_gan.seeds import Purpose, stream
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("device")
FROG = (3, 32, 32)


def random():
    return stream(0, Purpose.WEIGHTS)


def generator(shape, **config):
    return build_generator(GeneratorConfig(name="cnn", slope=0.3, **config), 2, shape, random())


def discriminator(shape, **config):
    return build_discriminator(DiscriminatorConfig(name="cnn", slope=0.3, **config), shape, random())


def test_the_frog_recipe_has_the_published_sizes():
    # Keras's summary() of the book's networks, with a latent width of 2 in place of 32.
    assert count_parameters(generator(FROG, channels=256)) == 6_264_579 - 30 * 32768
    assert count_parameters(discriminator(FROG, channels=128)) == 790_913


@pytest.mark.parametrize("shape, kernel", [((1, 28, 28), 4), ((3, 32, 32), 5), ((1, 26, 40), 2)])
def test_shapes_and_kernels_are_parameters(shape, kernel):
    images = generator(shape, channels=4, kernel=kernel)(ms.Tensor(np.ones((2, 2), np.float32)))
    assert images.shape == (2, *shape) and np.abs(images.asnumpy()).max() <= 1
    judge = discriminator(shape, channels=3, kernel=min(kernel, 3), dropout=0.4)
    mask = ms.Tensor(np.zeros((2, judge.dropout_features), np.float32))
    assert np.array_equal(judge(images, mask).asnumpy(), np.full((2, 1), judge.dense.bias.asnumpy()[0]))


def test_impossible_sizes_are_refused():
    with refused("generator.name", says="even sides, not 27x28"):
        generator((1, 27, 28), channels=4)
    with refused("discriminator.name", says="larger images than 16x16"):
        discriminator((1, 16, 16), channels=4)
