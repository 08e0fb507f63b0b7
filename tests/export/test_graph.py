import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.errors import GanError
from ms_gan.export.graph import read_graph
from ms_gan.formats.graph_input import latents
from ms_gan.models import dcgan, layers, mlp


def chain_of(network):
    graph = read_graph(network, [latents(8)])
    row = graph.row("latents")
    assert len(row) == len(graph.nodes)
    return row


def test_both_kinds_of_convolution_give_the_same_chain(device, monkeypatch):
    chains = []
    for products in (False, True):
        monkeypatch.setattr(layers, "_products", products)
        chains.append(chain_of(dcgan.Generator(8, (1, 16, 16), 4)))
    assert [type(layer) for layer in chains[0]] == [type(layer) for layer in chains[1]]
    for native, product in zip(*chains):
        if isinstance(native, tuple):
            for expected, found in zip(native, product):
                assert np.array_equal(expected, found)


@pytest.mark.parametrize(
    "layer, message",
    [
        (lambda: nn.Softmax(), "Softmax has no rule"),
        (lambda: nn.Dense(8, 8, activation="relu"), "a Dense layer with an activation of its own"),
        (lambda: nn.Conv2d(8, 8, 3, dilation=2), "with gaps or uneven padding"),
        (lambda: nn.Conv2d(8, 8, (3, 1)), "not square or has groups"),
    ],
)
def test_a_layer_without_a_rule_is_refused(device, layer, message):
    network = mlp.Generator(8, [4], (1, 4, 4), False)
    network.layers.append(layer())
    with pytest.raises(GanError, match=message):
        chain_of(network)


def test_a_network_without_a_rule_is_refused(device):
    class Other(mlp.Generator):
        """Computes something else with the same layers."""

        def construct(self, latents):
            return super().construct(-latents)

    with pytest.raises(GanError, match="Other has no rule in ms_gan/export/layers, and no describe"):
        chain_of(Other(8, [4], (1, 4, 4), False))


def test_numbers_are_copies(device):
    network = mlp.Generator(8, [4], (1, 4, 4), False)
    weight = chain_of(network)[0].weight
    network.layers[0].weight.set_data(ms.Tensor(np.ones((4, 8), np.float32)))
    assert not weight.any()
