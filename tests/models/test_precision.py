import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.models import dcgan, layers, mlp
from ms_gan.models.embeddings import ClassBatchNorm, Embedding
from ms_gan.models.initialisers import initialise
from ms_gan.models.precision import compute_in, leave_bfloat16_to_kernels
from ms_gan.models.spectral import normalise_spectra

pytestmark = pytest.mark.usefixtures("device", "own_kernels")


# A network, the shape of its inputs, the layers that should compute in half precision.
NETWORKS = {
    "mlp generator": (lambda: mlp.Generator(5, [12, 9], (1, 4, 4), True), (6, 5), ["layers.0", "layers.2", "layers.5"]),
    "mlp discriminator": (lambda: mlp.Discriminator([12], (1, 4, 4), 0.2), (6, 1, 4, 4), ["layers.0"]),
    "dcgan generator": (lambda: dcgan.Generator(5, (3, 16, 16), 4), (6, 5), ["dense", "layers.2", "layers.5"]),
    "dcgan discriminator": (lambda: dcgan.Discriminator((3, 16, 16), 4, 0.2), (6, 3, 16, 16), ["layers.0", "layers.2"]),
}


def halved(network, precision="fp16"):
    return [name for name, cell in network.cells_and_names() if getattr(cell, precision, False)]


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_compute_in_float16_between_float32_parameters_and_outputs(name):
    build, shape, expected = NETWORKS[name]
    x = ms.Tensor(np.random.default_rng(0).standard_normal(shape).astype(np.float32))
    networks = build().set_train(), build().set_train()
    for network in networks:
        initialise(network, "glorot_uniform", np.random.default_rng(1))
    single, mixed = networks
    compute_in(mixed, "fp16")
    assert halved(mixed) == expected
    assert [(p.name, p.dtype) for p in mixed.get_parameters()] == [(p.name, p.dtype) for p in single.get_parameters()]
    found, reference = mixed(x), single(x)
    assert found.dtype == ms.float32
    assert np.allclose(found.asnumpy(), reference.asnumpy(), atol=0.02)
    assert not np.array_equal(found.asnumpy(), reference.asnumpy())


def test_power_iterations_stay_in_float32():
    network = mlp.Discriminator([12, 8], (1, 4, 4), 0.2)
    initialise(network, "glorot_uniform", np.random.default_rng(1))
    normalise_spectra(network, np.random.default_rng(2))
    compute_in(network, "fp16")
    assert not halved(network)


def test_bfloat16_is_the_layers_affair_but_on_a_cpu():
    network = mlp.Discriminator([12], (1, 4, 4), 0.2)
    compute_in(network, "bf16")  # the runtime has been started on the CPU
    assert not halved(network, "bf16")
    leave_bfloat16_to_kernels(False)
    try:
        compute_in(network, "bf16")
    finally:
        leave_bfloat16_to_kernels(True)
    assert halved(network, "bf16") == ["layers.0"]


class Conditional(nn.Cell):
    def __init__(self):
        super().__init__()
        self.embedding = Embedding(3, 4)
        self.convolution = layers.conv(4, 4, 3, padding="same")
        self.norms = nn.CellList([ClassBatchNorm(3, 4), layers.instance_norm(4)])
        self.last = nn.Tanh()

    def construct(self, x, labels):
        x = x * self.embedding(labels).reshape((-1, 4, 1, 1))
        return self.last(self.norms[1](self.norms[0](self.convolution(x), labels)))


def test_embeddings_and_norms_stay_in_float32():
    network = Conditional().set_train()
    initialise(network, "he_normal", np.random.default_rng(1))
    compute_in(network, "fp16")
    assert halved(network) == ["convolution"]
    images = np.random.default_rng(0).standard_normal((2, 4, 6, 6)).astype(np.float32)
    assert network(ms.Tensor(images), ms.Tensor(np.int32([0, 2]))).dtype == ms.float32
