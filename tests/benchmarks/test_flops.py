import pytest

from benchmarks.flops import Arithmetic, cycle_flops, network_flops, step_flops
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.sections import ProcedureConfig
from ms_gan.models import cnn, dcgan, mlp
from ms_gan.models.resnet import ResNet
from ms_gan.models.unet import UNet
from ms_gan.systems.latent.build import build_system
from ms_gan.tasks.latent import Config
from tests.paths import ROOT

pytestmark = pytest.mark.usefixtures("device")


def test_dense_networks_by_hand():
    shape = (1, 4, 5)
    assert network_flops(mlp.Generator(3, [7], shape, False), shape, True) == Arithmetic(2 * (21 + 140), 2 * 21)
    assert network_flops(mlp.Discriminator([7], shape, 0.2), shape, False) == Arithmetic(2 * (140 + 7), 2 * 140)


def test_strided_convolutions_by_hand():
    shape = (3, 16, 16)
    # 5 latents to 8 channels of 4x4; 8 to 4 channels from 4x4; 4 channels to 3 colours from 8x8.
    layers = [5 * 8 * 16, 8 * 4 * 16 * 4 * 4, 4 * 3 * 16 * 8 * 8]
    assert network_flops(dcgan.Generator(5, shape, 4), shape, True) == Arithmetic(2 * sum(layers), 2 * layers[0])
    # 3 colours to 4 channels of 8x8; 4 to 8 channels of 4x4; 8 channels of 4x4 to a logit.
    layers = [3 * 4 * 16 * 8 * 8, 4 * 8 * 16 * 4 * 4, 8 * 16]
    assert network_flops(dcgan.Discriminator(shape, 4, 0.2), shape, False) == Arithmetic(2 * sum(layers), 2 * layers[0])


def test_skips_reflections_and_enlargements_by_hand():
    shape = (1, 8, 8)
    layers = [2 * 16 * 16, 8 * 16 * 4, 8 * 16 * 4, 4 * 16 * 16]  # each kernel of 4x4 at the smaller of its sides
    assert network_flops(UNet(1, 1, 2, 2), shape, False) == Arithmetic(2 * sum(layers), 2 * layers[0])
    layers = [49 * 64, 2 * 9 * 16, 8 * 9 * 4, 16 * 9 * 4, 16 * 9 * 4, 8 * 9 * 16, 2 * 9 * 64, 49 * 64]
    assert network_flops(ResNet(1, 1, 1, 1), shape, False) == Arithmetic(2 * sum(layers), 2 * layers[0])
    # Of each kind three passes of a generator, forward and two gradients, without that of pictures given from outside.
    assert cycle_flops(5, Arithmetic(10, 3), Arithmetic(0, 0)) == 5 * (6 * 3 * 10 - 4 * 3)


def test_keras_paddings_by_hand():
    shape = (3, 24, 32)
    small, large = 12 * 16, 24 * 32
    layers = [2 * 2 * small, 2 * 4 * 25 * small, 4 * 4 * 16 * small]
    layers += [4 * 4 * 25 * large, 4 * 4 * 25 * large, 4 * 3 * 49 * large]
    assert network_flops(cnn.Generator(2, shape, 4, 0.3), shape, True) == Arithmetic(2 * sum(layers), 2 * layers[0])
    # 22x30, 10x14, 4x6, 1x2 without padding.
    layers = [3 * 4 * 9 * 22 * 30, 4 * 4 * 16 * 10 * 14, 4 * 4 * 16 * 4 * 6, 4 * 4 * 16 * 1 * 2, 4 * 2]
    found = network_flops(cnn.Discriminator(shape, 4, 0.3, 0.4), shape, False)
    assert found == Arithmetic(2 * sum(layers), 2 * layers[0])


def test_passes_of_a_step():
    g, d = Arithmetic(100, 10), Arithmetic(7, 3)
    # G forward; D forward, gradients of weights, gradients of inputs, each for real and generated images.
    update_d = 100 + 2 * (7 + 7 + 4)
    # G and D forward; gradients through all of D; G's weights; G's inputs.
    update_g = 100 + 7 + 7 + 100 + 90
    assert step_flops(ProcedureConfig(), 6, g, d) == 6 * (update_d + update_g)
    assert step_flops(ProcedureConfig(d_steps=3), 6, g, d) == 6 * (3 * update_d + update_g)
    assert step_flops(ProcedureConfig(fakes="shared"), 6, g, d) == 6 * (update_d - 100 + update_g)


@pytest.mark.parametrize(
    "recipe, shape, flops",
    [  # torch.utils.flop_counter.FlopCounterMode around a step of each twin of benchmarks/twins.py, batch 4
        ("gan_mnist", (1, 28, 28), 75689984),
        ("gan_mnist_wide", (1, 28, 28), 140935168),
        ("gan_mnist_plain", (1, 28, 28), 63078400),
        ("dcgan_64", (3, 64, 64), 2 * 4967759872),
        ("dcgan_cifar10_frog", (3, 32, 32), 2 * 64009228288),
    ],
)
def test_recipes_count_as_pytorch_counts_them(recipe, shape, flops):
    options = ["--config", str(ROOT / "configs" / f"{recipe}.yaml")]
    config, _ = parse(make_parser(Config, "", "", yaml_files=True), Config, options)
    networks = build_system(config, shape).networks
    generator = network_flops(networks["generator"], shape, True)
    discriminator = network_flops(networks["discriminator"], shape, False)
    assert step_flops(config.procedure, 4, generator, discriminator) == flops
