"""AdvGAN's generator and the terms of its loss against PyTorch: pictures, value, gradients of all parameters."""

from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import BATCH, excerpt, values, weight

from ms_gan.classifiers.networks import Plain
from ms_gan.classifiers.opened import Logits
from ms_gan.systems.attack.build import AttackTerms
from ms_gan.systems.attack.network import AdvGenerator
from ms_gan.tasks.attack import AttackConfig

pytestmark = pytest.mark.usefixtures("device")
GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "advgan.npz")


def test_the_generators_part_of_a_step_is_that_of_the_paper():
    generator, logits = AdvGenerator(1, 8, 4, 0.3), Logits(Plain((1, 28, 28), 10), (1, 28, 28))
    generator.update_parameters_name("generator.")
    for network, times in ((generator, 1), (logits, 3)):
        for parameter in network.get_parameters():
            parameter.set_data(ms.Tensor(times * weight(parameter.name, parameter.shape)))
    terms = AttackTerms(logits, AttackConfig())
    images = ms.Tensor(values("advgan images", (BATCH, 1, 28, 28)))

    def loss(pictures):
        fakes = generator(pictures)
        return terms(fakes, pictures, pictures, None), fakes

    own = list(generator.get_parameters())
    (value, fakes), slopes = ms.value_and_grad(loss, None, own, has_aux=True)(images)
    assert np.allclose(excerpt(fakes.asnumpy()), GOLDEN["fakes"], atol=1e-5)
    assert np.isclose(float(value.asnumpy()), GOLDEN["terms"], rtol=1e-5)
    assert len(own) == len(GOLDEN.files) - 2
    for parameter, slope in zip(own, slopes):
        expected = GOLDEN[parameter.name]
        scale = np.abs(expected).max()
        assert np.abs(excerpt(slope.asnumpy()) - expected).max() < 1e-3 * scale + 1e-6, parameter.name
