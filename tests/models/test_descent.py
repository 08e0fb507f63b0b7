from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import values
from mindspore import ops

from ms_gan.models.dcgan import Discriminator
from ms_gan.models.descent import RULES, Descent
from ms_gan.models.initialisers import initialise
from ms_gan.models.layers import clamped
from tests.training.device_ops import branches, compile_cell

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "descent.npz")
RATES = np.float32([0.3, 0.2, 0.1, 0.4, 0.05])
pytestmark = pytest.mark.usefixtures("device")


def value(x, matrix, low, high):
    return (ops.tanh(x * matrix) * x).sum(1)


def within(x, matrix, low, high):
    return clamped(x, low, high)


@pytest.mark.parametrize("rule", RULES)
def test_steps_are_those_written_out(rule):
    matrix, low, high, start = (values(name, (4, 6)) for name in ("matrix", "low", "high", "start"))
    given = [ms.Tensor(array) for array in (start, RATES, matrix, low - np.float32(0.8), high + np.float32(0.8))]
    found = Descent(value, within, rule)(*given).asnumpy()
    np.testing.assert_allclose(found, GOLDEN[rule], atol=1e-5)
    assert np.abs(found - start).max() > 0.5


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="sign or adam, not sgd"):
        Descent(value, within, "sgd")


def test_images_are_attacked_in_one_graph_whose_size_does_not_depend_on_the_steps(kernels):
    network = Discriminator((1, 8, 8), 4, 0.2)
    initialise(network, "he_normal", np.random.default_rng(0))
    network.set_train(False)
    images = np.random.default_rng(1).uniform(-1, 1, (6, 1, 8, 8)).astype(np.float32)

    def logits(x, start):
        return network(x)

    def near(x, start):
        return clamped(ops.minimum(ops.maximum(x, start - 0.1), start + 0.1), -1.0, 1.0)

    attack = Descent(logits, near)
    start = ms.Tensor(images)
    found = attack(start, ms.Tensor(np.full(8, 0.03, np.float32)), start)
    assert (network(found).asnumpy() < network(start).asnumpy() - 0.01).all()
    assert np.abs(found.asnumpy() - images).max() <= 0.1 + 1e-6 and np.abs(found.asnumpy()).max() <= 1
    sizes = set()
    for steps in (2, 50):
        graph = compile_cell(attack, [start, ms.Tensor(np.ones(steps, np.float32)), start])
        sizes.add(sum(len(part.node) for part in [graph.graph, *graph.functions]))
        assert branches(graph) == 1
    assert len(sizes) == 1
