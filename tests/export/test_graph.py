import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.export import layers as kinds
from ms_gan.export.graph import Graph, read_graph
from ms_gan.models import dcgan, mlp
from tests.export.networks import NETWORKS, READERS, examples, small_network
from tests.graph_inputs import latents
from tests.refusals import failed


def chain_of(network):
    graph = read_graph(network, [latents(8)])
    assert [node.inputs[0] for node in graph.nodes] == ["latents", *(node.name for node in graph.nodes[:-1])]
    return [node.layer for node in graph.nodes]


def test_both_kinds_of_convolution_give_the_same_chain(device, choose_kernels):
    chains = []
    for products in (False, True):
        choose_kernels(products)
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
    with failed("unsupported", says=message):
        chain_of(network)


def test_a_network_without_a_rule_is_refused(device):
    class Other(mlp.Generator):
        """Computes something else with the same layers."""

        def construct(self, latents):
            return super().construct(-latents)

    with failed("unsupported", says="Other has no rule in ms_gan/export/layers, and no describe"):
        chain_of(Other(8, [4], (1, 4, 4), False))


def test_numbers_are_copies(device):
    network = mlp.Generator(8, [4], (1, 4, 4), False)
    weight = chain_of(network)[0].weight
    network.layers[0].weight.set_data(ms.Tensor(np.ones((4, 8), np.float32)))
    assert not weight.any()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_graph_that_branches_computes_what_its_network_does(device, name, monkeypatch):
    monkeypatch.setattr(kinds, "READERS", {**kinds.READERS, **READERS})
    network = small_network(name)
    given = examples(network, 7)
    expected = network(*map(ms.Tensor, given)).asnumpy()
    found = read_graph(network, network.inputs).compute(*given)
    assert found.dtype == np.float32 and expected.std() > 0.1
    # MindSpore's Tanh on CPUs: ms_gan/export/onnx.py.
    assert np.abs(found - expected).max() < 1.1e-4


def test_a_new_cell_needs_a_reader(device):
    network = small_network("unet")
    with failed("unsupported", says="Normalised"):
        read_graph(network, network.inputs)


def test_a_graph_may_branch_and_join():
    graph = Graph([latents(4)])
    first = graph.layer("scale", "latents", factor=2.0)
    second = graph.layer("tanh", first)
    graph.output = graph.layer("add", second, graph.layer("sigmoid", second))
    assert np.allclose(graph.compute(np.zeros((1, 4), np.float32)), 0.5)
