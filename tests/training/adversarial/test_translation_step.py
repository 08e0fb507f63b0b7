"""Steps of pix2pix and of CycleGAN, pools in it, against PyTorch's: several in a row."""

from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import SIDE, excerpt, translation_inputs, weight

from ms_gan.config.translation_sections import PatchConfig, TranslatorConfig
from ms_gan.systems.paired.build import L1
from ms_gan.systems.paired.build import build_networks as build_pair
from ms_gan.systems.unpaired.build import build_networks as build_four
from ms_gan.tasks import paired, unpaired
from ms_gan.training.adversarial.cycle import CycleStep
from ms_gan.training.adversarial.pool import Pool
from ms_gan.training.adversarial.system import adversarial_system
from ms_gan.training.assembly import make_optimizer

pytestmark = pytest.mark.usefixtures("device")
GOLDEN = np.load(Path(__file__).parents[2] / "golden" / "translation.npz")
# Rounding grows from step to step, where norms divide by the deviations of few pixels.
TOLERANCES = (1e-5, 1e-4, 1e-3)
A, B, GIVEN = (3, SIDE, SIDE), (3, SIDE, SIDE), (4, SIDE, SIDE)


def small(task, **generator):
    """A run of small networks at a constant rate, without an average."""
    norm = "batch" if task is paired else "instance"
    config = task.Config(generator=TranslatorConfig(channels=4, norm=norm, **generator))
    config.discriminator = PatchConfig(channels=4, layers=1, norm=norm)
    for options in (config.optimizer.generator, config.optimizer.discriminator):
        options.schedule, options.eps = "constant", 1e-4
    config.ema.enabled = False
    return config


def set_weights(networks):
    for network in networks.values():
        for parameter in network.trainable_params():
            parameter.set_data(ms.Tensor(weight(parameter.name, parameter.shape)))


def compare(case, parameters):
    """Excerpts of all parameters that the golden file has, within 1e-4, against those given by name."""
    names = [name.removeprefix(f"{case}.") for name in GOLDEN.files if name.startswith(f"{case}.")]
    names.remove("statistics")
    for name in names:
        found = excerpt(parameters[name].asnumpy())
        np.testing.assert_allclose(found, GOLDEN[f"{case}.{name}"], atol=1e-4, err_msg=name)


def test_steps_of_pix2pix_equal_pytorch():
    config = small(paired, halvings=3)
    networks = build_pair(config, GIVEN, B)
    set_weights(networks)
    system = adversarial_system(config, networks, GIVEN, B, 10, 1, L1(config.paired.l1), shown=GIVEN)
    for step, expected in enumerate(GOLDEN["paired.statistics"]):
        pictures, images = map(ms.Tensor, translation_inputs("paired", step))
        loss_d, loss_g, _, _, l1 = system.step(images, None, None, pictures=pictures).asnumpy()
        np.testing.assert_allclose([loss_d, loss_g, l1], expected, rtol=TOLERANCES[step])
        if step == 0:
            compare("paired", dict(system.parameters()))


def cycle(config, pool=1):
    """A CycleStep of small networks, and all its parameters by name."""
    networks = build_four(config, {"a": A, "b": B})
    set_weights(networks)
    config.cycle.pool = pool
    both = {role: [cell for name, cell in networks.items() if name.startswith(role)] for role in ROLES}
    optimizers = [
        make_optimizer(config, role, [p for cell in both[role] for p in cell.trainable_params()], 10, 1, 0)
        for role in ROLES
    ]
    count = ms.Parameter(ms.Tensor(0, ms.int32), name="step", requires_grad=False)
    step = CycleStep(*networks.values(), *optimizers, config.cycle, count, A, B).set_train()
    return step, {parameter.name: parameter for parameter in step.get_parameters()}


ROLES = ("generator", "discriminator")


def test_steps_of_cyclegan_equal_pytorch():
    step, parameters = cycle(small(unpaired, name="resnet", blocks=1))
    assert len(parameters) == len(list(step.get_parameters()))
    for number, expected in enumerate(GOLDEN["unpaired.statistics"]):
        found = step(*map(ms.Tensor, translation_inputs("unpaired", number))).asnumpy()
        np.testing.assert_allclose(found, expected, rtol=TOLERANCES[number])
        if number == 0:
            compare("unpaired", parameters)


@pytest.fixture
def eager(device):
    """PyNative mode, in which nothing is compiled."""
    ms.set_context(mode=ms.PYNATIVE_MODE)
    yield
    ms.set_context(mode=ms.GRAPH_MODE)


def test_one_pass_or_two_identity_and_pools_are_options(eager):
    """With BatchNorm each batch passes alone; no identity and no pool leave their parts out."""
    config = small(unpaired, name="unet", halvings=2)
    config.generator.norm = config.discriminator.norm = "batch"
    config.cycle.identity = 0.0
    step, parameters = cycle(config, pool=0)
    assert not [name for name in parameters if name.startswith("pool")]
    before = {name: parameter.asnumpy().copy() for name, parameter in parameters.items()}
    statistics = step(*map(ms.Tensor, translation_inputs("unpaired", 0))).asnumpy()
    assert np.isfinite(statistics).all() and statistics[3] > 0 and statistics[4] == 0
    assert not [name for name, value in before.items() if np.array_equal(value, parameters[name].asnumpy())]


def test_a_pool_fills_then_exchanges_image_by_image():
    pool, random = Pool(3, (1, 2, 2), "pool."), np.random.default_rng(0)
    kept, seen, expected = [], [], []
    for step in range(8):
        images = np.arange(1, 3, dtype=np.float32).reshape(2, 1, 1, 1) + 2 * step + np.zeros((2, 1, 2, 2), np.float32)
        draws = random.random((2, 2), np.float32)
        seen.append(pool(ms.Tensor(images), ms.Tensor(draws)).asnumpy()[:, 0, 1, 1].tolist())
        shown = []
        for image, (swap, draw) in zip(images[:, 0, 0, 0].tolist(), draws.tolist()):
            if len(kept) < 3:
                kept.append(image)
            elif swap >= 0.5:
                place = int(3 * draw)
                image, kept[place] = kept[place], image
            shown.append(image)
        expected.append(shown)
    assert seen == expected and pool.images.asnumpy()[:, 0, 1, 0].tolist() == kept
    assert seen != [[1.0 + 2 * step, 2.0 + 2 * step] for step in range(8)]
