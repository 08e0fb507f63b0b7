"""Small generators that are no chains: they branch, join, and take labels or pictures. Each describes itself."""

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.export.layers import InstanceNorm
from tests.graph_inputs import labels, latents, pictures

CLASSES, WIDTH, CHANNELS = 3, 5, 4


class Normalised(nn.Cell):
    """Instance normalisation of MindSpore's parts: its own has no kernel for CPUs. Read by READERS."""

    def __init__(self, channels):
        super().__init__()
        self.gamma = ms.Parameter(np.ones(channels, np.float32), name="gamma")
        self.beta = ms.Parameter(np.zeros(channels, np.float32), name="beta")
        self.eps = 1e-5

    def construct(self, x):
        centred = x - x.mean((2, 3), True)
        normalised = centred / ops.sqrt((centred * centred).mean((2, 3), True) + self.eps)
        return normalised * self.gamma.reshape((1, -1, 1, 1)) + self.beta.reshape((1, -1, 1, 1))


READERS = {Normalised: InstanceNorm.read}


def repeated(x):
    """Every pixel of (N, C, H, W) as a square of two."""
    n, c, h, w = x.shape
    pixels = x.reshape((n, c, h, 1, w, 1))
    return ops.concat((ops.concat((pixels, pixels), 3),) * 2, 5).reshape((n, c, 2 * h, 2 * w))


class Residual(nn.Cell):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.SequentialCell(
            [Normalised(channels), nn.ReLU(), nn.Conv2d(channels, channels, 3, pad_mode="same")]
        )

    def construct(self, x):
        return x + self.layers(x)

    def describe(self, graph, x):
        return graph.layer("add", x, graph.cell(self.layers, x))


class Conditional(nn.Cell):
    """Latents (N, 5) and labels (N,) to images (N, 3, 8, 8); labels enter twice, as a vector and as a scale."""

    inputs, image_shape = (latents(WIDTH), labels()), (3, 8, 8)

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(CLASSES, 2)
        self.scales = nn.Embedding(CLASSES, CHANNELS)
        self.dense = nn.Dense(WIDTH + 2, CHANNELS * 16)
        self.residual = Residual(CHANNELS)
        self.layers = nn.SequentialCell(
            [nn.Conv2d(2 * CHANNELS, 3, 3, pad_mode="pad", padding=1, has_bias=True), nn.Tanh()]
        )

    def construct(self, latents, labels):
        hidden = self.dense(ops.concat((latents, self.embedding(labels)), 1))
        start = hidden.reshape((-1, CHANNELS, 4, 4))
        scaled = self.residual(start) * self.scales(labels).reshape((-1, CHANNELS, 1, 1))
        return self.layers(repeated(ops.concat((start, scaled), 1)))

    def describe(self, graph, latents, labels):
        hidden = graph.cell(self.dense, graph.layer("concat", latents, graph.cell(self.embedding, labels)))
        start = graph.layer("reshape", hidden, shape=(CHANNELS, 4, 4))
        scale = graph.layer("reshape", graph.cell(self.scales, labels), shape=(CHANNELS, 1, 1))
        scaled = graph.layer("multiply", graph.cell(self.residual, start), scale)
        doubled = graph.layer("upsample", graph.layer("concat", start, scaled), factor=2)
        return graph.cell(self.layers, doubled)


class Unet(nn.Cell):
    """Pictures (N, 3, 8, 8) to images (N, 3, 8, 8): one halving, one skip."""

    inputs, image_shape = (pictures((3, 8, 8)),), (3, 8, 8)

    def __init__(self):
        super().__init__()
        self.entry = nn.SequentialCell([nn.ReflectionPad2d(1), nn.Conv2d(3, CHANNELS, 3, pad_mode="valid")])
        self.down = nn.SequentialCell(
            [nn.LeakyReLU(0.2), nn.Conv2d(CHANNELS, CHANNELS, 4, 2, pad_mode="pad", padding=1), Normalised(CHANNELS)]
        )
        self.up = nn.SequentialCell(
            [
                nn.ReLU(), nn.Conv2dTranspose(CHANNELS, CHANNELS, 4, 2, pad_mode="pad", padding=1), nn.Dropout(p=0.5),
            ]
        )  # fmt: skip
        self.last = nn.SequentialCell([nn.Conv2d(2 * CHANNELS, 3, 1, pad_mode="valid"), nn.Tanh()])

    def construct(self, pictures):
        skip = self.entry(pictures)
        return self.last(ops.concat((skip, self.up(self.down(skip))), 1))

    def describe(self, graph, pictures):
        skip = graph.cell(self.entry, pictures)
        inner = graph.cell(self.up, graph.cell(self.down, skip))
        return graph.cell(self.last, graph.layer("concat", skip, inner))


NETWORKS = {"conditional": Conditional, "unet": Unet}


def small_network(name):
    """A network of NETWORKS in evaluation mode, with weights that matter."""
    network = NETWORKS[name]().set_train(False)
    random = np.random.default_rng(1)
    for parameter in network.get_parameters():
        values = random.uniform(-0.7, 0.7, parameter.shape)
        parameter.set_data(ms.Tensor(values.astype(np.float32)))
    return network


def examples(network, count):
    """What a network may be given: a list of arrays (count, ...)."""
    random = np.random.default_rng(2)
    return [
        random.integers(0, CLASSES, (count, *one.shape)).astype(np.int32)
        if one.whole
        else random.standard_normal((count, *one.shape)).astype(np.float32)
        for one in network.inputs
    ]
