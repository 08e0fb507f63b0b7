import numpy as np
import pytest

from ms_gan.systems.latent.build import build_system
from ms_gan.training.adversarial.inputs import StepInputs
from tests.conftest import tiny_config

pytestmark = pytest.mark.usefixtures("device")
SHAPE = (1, 24, 24)


def shared(config):
    config.procedure.fakes, config.procedure.label_noise = "shared", 0.05
    config.regularise.r1 = 1.0
    config.regularise.augment, config.regularise.augment_target = ["blit"], -0.5


def paired(config):
    config.procedure.objective, config.procedure.d_steps = "relativistic", 2
    config.discriminator.name, config.discriminator.channels, config.discriminator.dropout = "cnn", 4, 0.3
    config.regularise.instance_noise, config.regularise.augment = 0.1, ["translation", "color"]


@pytest.mark.parametrize("change", [shared, paired])
def test_parts_make_the_steps_of_the_whole_batch(change):
    def three_steps(parts):
        config = tiny_config(accumulate=parts)
        config.generator.batch_norm = False
        # Adam scales the rounding of a gradient that is nearly zero up to a step of lr; a larger eps does not.
        config.optimizer.generator.eps = config.optimizer.discriminator.eps = 1e-4
        change(config)
        system = build_system(config, SHAPE)
        images = np.random.default_rng(0).integers(0, 256, (64, *SHAPE), np.uint8)
        inputs = StepInputs(config, images, system.networks["discriminator"].dropout_features)
        statistics = [system.take(step, inputs(step)).asnumpy() for step in range(3)]
        return np.array(statistics), {name: parameter.asnumpy().copy() for name, parameter in system.parameters()}

    expected, whole = three_steps(1)
    found, parts = three_steps(4)
    assert np.allclose(found, expected, atol=1e-5)
    assert parts.keys() == whole.keys() and parts["step"] == 3
    for name, value in whole.items():
        assert np.allclose(parts[name], value, atol=1e-5), name
