import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.errors import GanError
from ms_gan.export.chain import read_chain
from ms_gan.models import dcgan, layers, mlp


def test_both_kinds_of_convolution_give_the_same_chain(device, monkeypatch):
    chains = []
    for products in (False, True):
        monkeypatch.setattr(layers, "_products", products)
        chains.append(read_chain(dcgan.Generator(8, (1, 16, 16), 4)))
    assert [type(layer) for layer in chains[0]] == [type(layer) for layer in chains[1]]
    for native, product in zip(*chains):
        for expected, found in zip(native, product):
            assert np.array_equal(expected, found)


@pytest.mark.parametrize(
    "layer, message",
    [
        (lambda: nn.Sigmoid(), "a layer Sigmoid has no rule"),
        (lambda: nn.Dense(8, 8, activation="relu"), "a Dense layer with an activation of its own"),
        (lambda: nn.Conv2d(8, 8, 3, dilation=2), "with gaps or uneven padding"),
        (lambda: nn.Conv2d(8, 8, (3, 1)), "not square or has groups"),
    ],
)
def test_a_layer_without_a_rule_is_refused(device, layer, message):
    network = mlp.Generator(8, [4], (1, 4, 4), False)
    network.layers.append(layer())
    with pytest.raises(GanError, match=message):
        read_chain(network)


def test_a_network_without_a_rule_is_refused(device):
    class Other(mlp.Generator):
        """May compute something else with the same layers."""

    with pytest.raises(GanError, match="Other has no rule in ms_gan/export/chain.py"):
        read_chain(Other(8, [4], (1, 4, 4), False))


def test_numbers_are_copies(device):
    network = mlp.Generator(8, [4], (1, 4, 4), False)
    weight = read_chain(network)[0].weight
    network.layers[0].weight.set_data(ms.Tensor(np.ones((4, 8), np.float32)))
    assert not weight.any()
