import mindspore as ms
import numpy as np
import pytest

from ms_gan.config.network_sections import DiscriminatorConfig, GeneratorConfig
from ms_gan.models import build_discriminator, build_generator, count_parameters
from ms_gan.seeds import Purpose, stream
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("device")


def random():
    return stream(0, Purpose.WEIGHTS)


def test_dcgan_64_has_the_published_sizes():
    generator = build_generator(GeneratorConfig(name="dcgan"), 100, (3, 64, 64), random())
    discriminator = build_discriminator(DiscriminatorConfig(name="dcgan"), (3, 64, 64), random())
    assert count_parameters(generator) == 3_576_704  # as in PyTorch's DCGAN example
    assert count_parameters(discriminator) == 2_765_568
    assert not any(name.endswith("bias") for name in (p.name for p in generator.get_parameters()))


@pytest.mark.parametrize("size, channels, kernel", [(28, 1, 4), (32, 1, 4), (64, 3, 2), (96, 3, 6)])
def test_sizes_channels_and_kernels_are_parameters(size, channels, kernel):
    shape = (channels, size, size)
    config = {"name": "dcgan", "channels": 2, "kernel": kernel, "init": "normal_002"}
    generator = build_generator(GeneratorConfig(**config), 5, shape, random())
    images = generator(ms.Tensor(np.ones((2, 5), np.float32)))
    assert images.shape == (2, *shape) and np.abs(images.asnumpy()).max() <= 1
    assert build_discriminator(DiscriminatorConfig(**config), shape, random())(images).shape == (2, 1)


@pytest.mark.parametrize("family", ["dcgan", "fastgan"])
def test_images_need_not_be_square(family):
    shape = (3, 16, 24)
    config = {"name": family, "channels": 2, "init": "normal_002"}
    generator = build_generator(GeneratorConfig(**config), 5, shape, random())
    images = generator(ms.Tensor(np.ones((2, 5), np.float32)))
    assert images.shape == (2, *shape)
    assert len(build_discriminator(DiscriminatorConfig(**config), shape, random())(images)) == 2


@pytest.mark.parametrize(
    "shape, kernel, message",
    [
        ((1, 30, 30), 4, "generator.name: dcgan makes images with sides of 4 to 7 pixels times 2, 4, 8, .* not 30x30"),
        ((1, 7, 7), 4, "not 7x7"),
        ((3, 64, 30), 4, "not 64x30"),
        ((3, 64, 64), 5, "even kernel, such as 4, which its stride of 2 divides; not 5"),
    ],
)
def test_impossible_sizes_are_refused(shape, kernel, message):
    with refused("generator.name", says=message):
        build_generator(GeneratorConfig(name="dcgan", kernel=kernel), 5, shape, random())


def test_without_batch_norm_an_image_is_judged_alone():
    config = DiscriminatorConfig(name="dcgan", channels=2, batch_norm=False, init="normal_002")
    discriminator = build_discriminator(config, (1, 16, 16), random()).set_train()
    assert not discriminator.mixes_batch
    names = [parameter.name for parameter in discriminator.get_parameters()]
    assert not any("gamma" in name for name in names) and "discriminator.dense.bias" in names
    images = np.random.default_rng(0).uniform(-1, 1, (4, 1, 16, 16)).astype(np.float32)
    together, alone = discriminator(ms.Tensor(images)).asnumpy(), discriminator(ms.Tensor(images[:2])).asnumpy()
    assert together.std() > 0
    np.testing.assert_allclose(together[:2], alone, rtol=1e-5, atol=1e-8)
