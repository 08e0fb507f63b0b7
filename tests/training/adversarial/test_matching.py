import mindspore as ms
import numpy as np
import pytest
from inputs import BATCH, excerpt, maps_of, values, weight

from ms_gan.systems.map.build import build_networks, build_system
from ms_gan.tasks.map import Config
from tests.paths import GOLDEN

pytestmark = pytest.mark.usefixtures("device")
CLASSES, SHAPE, STYLE = 5, (3, 16, 16), 6  # those of tests/golden/make_map.py


def small_config():
    config = Config()
    config.generator.channels, config.generator.hidden, config.generator.style = 4, 8, STYLE
    config.discriminator.channels, config.ema.enabled = 4, False
    for optimizer, rate in ((config.optimizer.generator, 1e-4), (config.optimizer.discriminator, 4e-4)):
        optimizer.lr, optimizer.beta1, optimizer.beta2, optimizer.eps = rate, 0.0, 0.9, 1e-4
    return config


def test_one_step_of_maps_equals_pytorch_spectral_vectors_included():
    golden = np.load(GOLDEN / "map.npz")
    config = small_config()
    system = build_system(config, build_networks(config, SHAPE, CLASSES), SHAPE, 100, 1)
    ours = dict(system.parameters())
    for key in golden.files[1:]:
        if "moving" not in key:
            ours[key].set_data(ms.Tensor(weight(key, ours[key].shape)))
    given = maps_of(CLASSES, SHAPE[1:]), values("images", (BATCH, *SHAPE)), values("noise", (BATCH, STYLE))
    loss_d, loss_g, _, _, matched, divergence = system.take(0, [ms.Tensor(one) for one in given]).asnumpy()
    assert (loss_d, loss_g, matched, divergence) == pytest.approx(tuple(golden["statistics"]), abs=1e-5)
    for key in golden.files[1:]:
        differences = np.abs(excerpt(ours[key].asnumpy()) - golden[key])
        assert (differences < 1e-5).all(), key
    assert sum(key.endswith("weight_u") for key in golden.files) == 12
