"""The adversarial step of generators that are given pictures, which the discriminator sees beside what is made."""

import numpy as np
import pytest
from mindspore import nn, ops

from ms_gan.models.initialisers import initialise
from ms_gan.models.patchgan import PatchGAN
from ms_gan.models.unet import UNet
from ms_gan.seeds import Purpose, stream
from ms_gan.tasks.paired import DISTANCE, FRECHET, TASK, Config
from ms_gan.training.adversarial.inputs import AdversarialInputs, StepNumbers
from ms_gan.training.adversarial.system import adversarial_system

pytestmark = pytest.mark.usefixtures("device")
GIVEN, SHAPE = (2, 16, 16), (1, 16, 16)


class Distance(nn.Cell):
    """A term that looks at all that terms are given."""

    def construct(self, fakes, images, pictures, labels):
        return 3.0 * ops.abs(fakes - images).mean() + 0.1 * ops.abs(fakes - pictures[:, :1]).mean()


class Given(AdversarialInputs):
    """Random images and pictures."""

    def __init__(self, config):
        super().__init__(config, SHAPE, 10, has_terms=True)

    def shown(self, step):
        random = np.random.default_rng(step)
        size = self._config.train.batch_size
        images, pictures = (random.uniform(-1, 1, (1, size, *shape)).astype(np.float32) for shape in (SHAPE, GIVEN))
        return StepNumbers(images, pictures=pictures)


def three_steps(fakes="shared", parts=1, change=lambda config: None):
    config = Config()
    config.train.batch_size, config.train.accumulate, config.procedure.fakes = 8, parts, fakes
    config.ema.enabled = False
    config.optimizer.generator.eps = config.optimizer.discriminator.eps = 1e-4
    change(config)
    networks = {"generator": UNet(2, 1, 4, 2, "instance"), "discriminator": PatchGAN(1, 4, 1, "instance", pictures=2)}
    for place, (name, network) in enumerate(networks.items()):
        initialise(network, "he_normal", stream(0, Purpose.WEIGHTS, place))
        network.update_parameters_name(f"{name}.")
    system = adversarial_system(config, networks, GIVEN, SHAPE, 10, 1, Distance(), shown=GIVEN, verdict=0.5)
    inputs = Given(config)
    statistics = np.array([system.take(step, inputs(step)).asnumpy() for step in range(3)])
    return statistics, {name: parameter.asnumpy().copy() for name, parameter in system.parameters()}


@pytest.fixture(scope="module")
def shared():
    return three_steps()


@pytest.mark.parametrize("fakes, parts", [("fresh", 1), ("shared", 4)])
def test_fresh_fakes_and_parts_make_the_same_steps_as_shared_fakes(shared, fakes, parts):
    """The generator's two outputs of the same pictures are the same: one pass or two, whole or in parts."""
    (expected, whole), (found, others) = shared, three_steps(fakes, parts)
    assert expected.shape == (3, 5) and np.allclose(found, expected, atol=1e-5)
    for name, value in whole.items():
        assert np.allclose(others[name], value, atol=1e-5), name


def test_the_discriminator_sees_the_pictures(shared):
    """Its weights for the channels of the pictures move, and a penalty of the relativistic objective runs through."""

    def change(config):
        config.procedure.objective, config.procedure.loss, config.regularise.r1 = "relativistic", "sum", 1.0

    moved, _ = three_steps(change=change)
    assert np.isfinite(moved).all()
    network = PatchGAN(1, 4, 1, "instance", pictures=2)
    initialise(network, "he_normal", stream(0, Purpose.WEIGHTS, 1))
    before = {parameter.name: parameter.asnumpy() for parameter in network.get_parameters()}
    first = "layers.0.weight"
    assert not np.array_equal(before[first][:, :2], shared[1][f"discriminator.{first}"][:, :2])


def test_the_headline_is_what_the_run_says():
    config = Config()
    assert TASK.chosen_by(config).headline is FRECHET
    config.metrics.headline = "l1"
    chosen = TASK.chosen_by(config)
    assert chosen.headline is DISTANCE and FRECHET in chosen.measures and len(chosen.measured) == len(TASK.measured)
