"""What blocks and conditional layers say of themselves is what they compute, in both layouts of chains."""

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.export.graph import read_graph
from ms_gan.models import blocks, resampling
from ms_gan.models.embeddings import ClassBatchNorm, Embedding, WithLabels
from ms_gan.models.initialisers import initialise
from ms_gan.models.layers import chain, conv, instance_norm
from tests.graph_inputs import labels, latents, pictures

pytestmark = pytest.mark.usefixtures("device", "kernels")
SHAPE, CLASSES = (4, 6, 6), 3


class Whole(nn.Cell):
    """A chain as a network: pictures (N, 4, 6, 6), and labels where its cells take them."""

    def __init__(self, cells, conditional=False):
        super().__init__()
        self.conditional = conditional
        self.layers = blocks.conditional_chain(cells()) if conditional else chain(cells())
        random = np.random.default_rng(0)
        initialise(self, "he_normal", random)
        for parameter in self.get_parameters():
            if any(word in parameter.name for word in ("gamma", "beta", "moving")):
                parameter.set_data(ms.Tensor(random.uniform(0.5, 1.5, parameter.shape).astype(np.float32)))
        self.set_train(False)

    def construct(self, x, condition=None):
        return self.layers(x, condition) if self.conditional else self.layers(x)

    def describe(self, graph, x, condition=None):
        return graph.cell(self.layers, x, condition) if self.conditional else graph.cell(self.layers, x)


CHAINS = {
    "residual": lambda: [blocks.Residual([conv(4, 4, 3, padding="same"), nn.ReLU()], [conv(4, 4, 1)])],
    "identity": lambda: [blocks.Residual([instance_norm(4), nn.ReLU()])],
    "skip": lambda: [blocks.Concatenated([conv(4, 2, 3, padding="same")]), conv(6, 3, 1)],
    "resampled": lambda: [resampling.Upsampled(), resampling.Reflected(2), conv(4, 4, 5), resampling.Pooled()],
    "plain norm": lambda: [instance_norm(4, affine=False)],
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_describes_itself(name):
    network = Whole(CHAINS[name])
    given = np.random.default_rng(1).standard_normal((2, *SHAPE)).astype(np.float32)
    found = read_graph(network, [pictures(SHAPE)]).compute(given)
    assert np.allclose(found, network(ms.Tensor(given)).asnumpy(), atol=2e-5)


def test_a_conditional_chain_describes_itself():
    def cells():
        own = [ClassBatchNorm(CLASSES, 4), nn.ReLU(), conv(4, 4, 3, padding="same")]
        return [blocks.Residual(own), ClassBatchNorm(CLASSES, 4)]

    network = Whole(cells, conditional=True)
    given = np.random.default_rng(1).standard_normal((3, *SHAPE)).astype(np.float32), np.array([2, 0, 1], np.int32)
    found = read_graph(network, [pictures(SHAPE), labels()]).compute(*given)
    assert np.allclose(found, network(*map(ms.Tensor, given)).asnumpy(), atol=2e-5)


@pytest.mark.parametrize(
    "cell, inputs", [(lambda: WithLabels(CLASSES), [latents(5), labels()]), (lambda: Embedding(CLASSES, 4), [labels()])]
)
def test_labels_become_vectors(cell, inputs):
    network = cell()
    initialise(network, "he_normal", np.random.default_rng(0))
    given = [np.random.default_rng(1).standard_normal((3, 5)).astype(np.float32), np.array([2, 0, 1], np.int32)]
    given = given[-len(inputs) :]
    assert np.array_equal(read_graph(network, inputs).compute(*given), network(*map(ms.Tensor, given)).asnumpy())


def test_weights_of_classes_mix_their_vectors():
    one, mixed = WithLabels(CLASSES), np.array([[0.25, 0.75, 0]], np.float32)
    found = one(ms.Tensor(np.ones((1, 2), np.float32)), ms.Tensor(mixed)).asnumpy()
    assert np.allclose(found, [[1, 1, 0.25, 0.75, 0]])
