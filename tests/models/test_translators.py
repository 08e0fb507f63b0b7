"""Networks of pictures: their sizes, their names, what they refuse, and half precision."""

import mindspore as ms
import numpy as np
import pytest

from ms_gan.config.translation_sections import PatchConfig, TranslatorConfig
from ms_gan.models import count_parameters, has_convolutions
from ms_gan.models.precision import compute_in
from ms_gan.models.translators import build_patchgan, build_translator

pytestmark = pytest.mark.usefixtures("device")


def random():
    return np.random.default_rng(0)


def pictures(*shape):
    return ms.Tensor(random().standard_normal(shape).astype(np.float32))


def test_sizes_are_those_of_the_papers():
    """CycleGAN's discriminator of 70 pixels, and pix2pix's of 34 at half the width, which sees both pictures."""
    big = build_patchgan(PatchConfig(channels=64, layers=3, norm="instance"), 3, random())
    assert count_parameters(big) == 2_764_737 - 64 * (2 + 4 + 8)  # where a norm follows there are no biases here
    assert count_parameters(build_patchgan(PatchConfig(), 3, random(), pictures=3)) == 169_377
    unet = build_translator(TranslatorConfig(), 3, 3, random())
    assert count_parameters(unet) == 1_545_571 + 256  # and a bias of the innermost layer
    assert unet.multiple == 16 and unet.mixes_batch and has_convolutions([unet])
    resnet = build_translator(TranslatorConfig(name="resnet", norm="instance"), 3, 3, random(), "generator_ab.")
    assert resnet.multiple == 4 and not resnet.mixes_batch
    assert {parameter.name.split(".")[0] for parameter in resnet.get_parameters()} == {"generator_ab"}


@pytest.mark.parametrize("name", ["unet", "resnet"])
def test_pictures_need_not_be_square_and_must_fit(name):
    config = TranslatorConfig(name=name, channels=2, halvings=2, blocks=1)
    network = build_translator(config, 4, 3, random()).set_train(False)
    made = network(pictures(1, 4, 8, 12)).asnumpy()
    assert made.shape == (1, 3, 8, 12) and np.abs(made).max() <= 1
    with pytest.raises(ValueError, match="8x10 pixels do not fit: both sides must be multiples of 4"):
        network(pictures(1, 4, 8, 10))


def test_a_discriminator_judges_patches_of_both_pictures():
    network = build_patchgan(PatchConfig(channels=2, layers=1, norm="instance"), 1, random(), pictures=2)
    network.set_train(False)
    assert network.conditional and not network.mixes_batch
    images, beside = pictures(2, 1, 8, 12), pictures(2, 2, 8, 12)
    logits = network(images, None, beside).asnumpy()
    assert logits.shape == (2, 1, 2, 4)
    assert not np.allclose(logits, network(images, None, -beside).asnumpy(), atol=1e-6)
    with pytest.raises(ValueError, match="5x12 pixels are too small for 1 layers"):
        network(pictures(2, 1, 5, 12), None, pictures(2, 2, 5, 12))


def test_half_precision_is_between_float32_ends(own_kernels):
    """In a U-Net a skip joins what a convolution leaves in float16 to what a norm leaves in float32."""
    config = TranslatorConfig(channels=2, halvings=2, init="he_normal")
    single, mixed = (build_translator(config, 3, 3, random()).set_train(False) for _ in range(2))
    compute_in(mixed, "fp16")
    given = pictures(2, 3, 8, 8)
    found, expected = mixed(given), single(given)
    assert found.dtype == ms.float32 and all(parameter.dtype == ms.float32 for parameter in mixed.get_parameters())
    assert 0 < np.abs(found.asnumpy() - expected.asnumpy()).max() < 0.05
