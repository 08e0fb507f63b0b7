"""Makes the reference arrays of blocks, norms, embeddings and descent with PyTorch: python tests/golden/make_layers.py.

For each layer its outputs, the gradients of the sum of their cubes for inputs and parameters, and those of the sum of
squares of the inputs' gradient: what tests/models/derivatives.py computes. Needs the `bench` extra.
"""

from pathlib import Path

import numpy as np
import torch
from inputs import values, weight
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
SHAPE = (4, 3, 4, 6)
LABELS = torch.tensor([2, 0, 2, 1])
MIXTURES = torch.from_numpy(0.5 + values("mixtures", (4, 3), 0.5))


def class_batch_norm(rows):
    """BatchNorm and the rows of gamma and beta that `rows` takes from their tables."""

    def function(x, gamma, beta):
        scale, shift = (rows(table)[:, :, None, None] for table in (gamma, beta))
        return F.batch_norm(x, None, None, training=True) * scale + shift

    return function


def residual(x, gamma, beta, inner, first, outer):
    y = F.instance_norm(x, weight=gamma, bias=beta)
    y = F.conv2d(F.pad(y, (1, 1, 1, 1), mode="reflect"), inner, first)
    return F.conv2d(x, outer) + F.avg_pool2d(F.interpolate(y, scale_factor=2), 2)


def concatenated(x, down, up, bias):
    y = F.conv_transpose2d(torch.tanh(F.conv2d(x, down, stride=2, padding=1)), up, bias, stride=2, padding=1)
    return torch.cat([x, y], 1)


NORM = {"0.gamma": (3,), "0.beta": (3,)}
CLASSES = {"0.gamma": (3, 3), "0.beta": (3, 3)}
LAYERS = {  # the shape of the inputs, those of the parameters, and a function of both
    "upsampled": (SHAPE, {}, lambda x: F.interpolate(x, scale_factor=2, mode="nearest")),
    "pooled": (SHAPE, {}, lambda x: F.avg_pool2d(x, 2)),
    "reflected by 1": (SHAPE, {}, lambda x: F.pad(x, (1, 1, 1, 1), mode="reflect")),
    "reflected by 3": (SHAPE, {}, lambda x: F.pad(x, (3, 3, 3, 3), mode="reflect")),
    "instance norm": (SHAPE, NORM, lambda x, gamma, beta: F.instance_norm(x, weight=gamma, bias=beta)),
    "instance norm, plain": (SHAPE, {}, F.instance_norm),
    "class batch norm": (SHAPE, CLASSES, class_batch_norm(lambda table: table[LABELS])),
    "class batch norm, mixed": (SHAPE, CLASSES, class_batch_norm(lambda table: MIXTURES @ table)),
    "embedding": ((4, 5), {"embedding.weight": (3, 5)}, lambda x, table: x * F.embedding(LABELS, table)),
    "embedding, mixed": ((4, 5), {"embedding.weight": (3, 5)}, lambda x, table: x * (MIXTURES @ table)),
    "residual": (
        SHAPE,
        {"0.inner.0.gamma": (3,), "0.inner.0.beta": (3,), "0.inner.2.weight": (5, 3, 3, 3), "0.inner.2.bias": (5,),
         "0.shortcut.0.weight": (5, 3, 1, 1)},
        residual,
    ),
    "concatenated": (
        SHAPE,
        {"0.inner.0.weight": (5, 3, 4, 4), "0.inner.2.weight": (5, 2, 4, 4), "0.inner.2.bias": (2,)},
        concatenated,
    ),
}  # fmt: skip


def layers():
    golden = {}
    for name, (shape, shapes, function) in LAYERS.items():
        x = torch.from_numpy(values(name, shape)).requires_grad_()
        parameters = [torch.from_numpy(weight(path, shape)).requires_grad_() for path, shape in shapes.items()]
        y = function(x, *parameters)
        first = torch.autograd.grad(y.pow(3).sum(), [x, *parameters], create_graph=True)
        second = torch.autograd.grad(first[0].square().sum(), [x, *parameters])
        golden[name] = y
        for order, found in enumerate((first, second), 1):
            golden |= {f"{name}.{path}.{order}": value for path, value in zip(["x", *shapes], found)}
    return golden


def spectral_generator():
    """Two passes of a generator of a label, with spectral normalisation in all layers."""
    layers = {
        "embedding": nn.Embedding(3, 8), "layers.0": nn.ConvTranspose2d(2, 16, 4, 2, 1),
        "layers.2": nn.ConvTranspose2d(16, 3, 3),
    }  # fmt: skip
    weights = {f"{name}.{kind}": value for name, layer in layers.items() for kind, value in layer.named_parameters()}
    for name, parameter in weights.items():
        parameter.data = torch.from_numpy(3 * weight(name, tuple(parameter.shape)))
    for name, layer in layers.items():
        nn.utils.spectral_norm(layer)
        layer.weight_u.data = F.normalize(torch.from_numpy(values(f"{name}.weight", layer.weight_u.shape)), dim=0)
    embedding, first, second = layers.values()
    real, fake = (
        second(F.leaky_relu(first(embedding(labels).reshape(-1, 2, 2, 2)), 0.2))
        for labels in (LABELS, torch.tensor([1, 0, 0, 2]))
    )
    found = torch.autograd.grad(real.square().mean() + fake.mean(), list(weights.values()))
    vectors = {f"{name}.weight_u": layer.weight_u.clone() for name, layer in layers.items()}
    return {"real": real, "fake": fake} | dict(zip(weights, found)) | vectors


def descent():
    """Steps written out one by one: signs by hand, Adam by PyTorch's optimizer."""
    golden = {}
    matrix, low, high = (torch.from_numpy(values(name, (4, 6))) for name in ("matrix", "low", "high"))
    start, rates = torch.from_numpy(values("start", (4, 6))), [0.3, 0.2, 0.1, 0.4, 0.05]
    for rule in ("sign", "adam"):
        x = start.clone().requires_grad_()
        adam = torch.optim.Adam([x])
        for rate in rates:
            adam.zero_grad()
            (torch.tanh(x * matrix) * x).sum(1).sum().backward()
            adam.param_groups[0]["lr"] = rate
            with torch.no_grad():
                if rule == "sign":
                    x -= rate * x.grad.sign()
                else:
                    adam.step()
                x.copy_(torch.minimum(torch.maximum(x, low - 0.8), high + 0.8))
        golden[rule] = x
    return golden


def main():
    torch.set_num_threads(1)
    for make in (layers, spectral_generator, descent):
        golden = {key: value.detach().numpy() for key, value in make().items()}
        np.savez_compressed(HERE / f"{make.__name__}.npz", **golden)
        print(make.__name__, len(golden), sum(value.size for value in golden.values()))


if __name__ == "__main__":
    main()
