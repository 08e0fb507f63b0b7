"""Makes the reference arrays of blocks, norms and embeddings with PyTorch: python tests/golden/make_layers.py.

For each layer the output, the gradients of the sum of its cubes, and those of the squares of the first of these, for
images and parameters. Needs the `bench` extra.
"""

from pathlib import Path

import numpy as np
import torch
from inputs import values, weight
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
LABELS = torch.tensor([0, 2, 1, 2])


def conv(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, 1, 1)


def norm(channels):
    return nn.InstanceNorm2d(channels, affine=True)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(conv(4, 4), norm(4), nn.LeakyReLU(0.2), conv(4, 4))

    def forward(self, x):
        return x + self.inner(x)


class Concatenated(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = conv(4, 3)

    def forward(self, x):
        return torch.cat([x, self.inner(x)], 1)


class ClassBatchNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(4, affine=False)
        self.gamma, self.beta = nn.Parameter(torch.ones(3, 4)), nn.Parameter(torch.zeros(3, 4))

    def forward(self, x):
        rows = [table[LABELS][:, :, None, None] for table in (self.gamma, self.beta)]
        return self.norm(x) * rows[0] + rows[1]


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.forward = function


LAYERS = {
    "instance_norm": norm(4),
    "instance_norm_plain": nn.InstanceNorm2d(4),
    "upsampled": Function(lambda x: F.interpolate(x, scale_factor=2, mode="nearest")),
    "pooled": Function(lambda x: F.avg_pool2d(x, 2)),
    "reflected": Function(lambda x: F.pad(x, (2, 2, 2, 2), mode="reflect")),
    "residual": Residual(),
    "concatenated": Concatenated(),
    "class_batch_norm": ClassBatchNorm(),
}


def main():
    golden = {}
    for name, layer in LAYERS.items():
        images = torch.from_numpy(values(f"{name} images", (4, 4, 6, 6))).requires_grad_()
        parameters = list(layer.parameters())
        for number, parameter in enumerate(parameters):
            parameter.data = torch.from_numpy(2 * weight(f"{name} {number}", tuple(parameter.shape)))
        made = layer(images)
        first = torch.autograd.grad((made**3).sum(), [images, *parameters], create_graph=True)
        second = torch.autograd.grad((first[0] ** 2).sum(), [images, *parameters], allow_unused=True)
        golden[f"{name}.output"] = made
        for order, found in (("first", first), ("second", second)):
            for number, gradient in enumerate(found):
                golden[f"{name}.{order}.{number}"] = torch.zeros(()) if gradient is None else gradient
    table = torch.from_numpy(values("embedding", (3, 5))).requires_grad_()
    made = F.embedding(LABELS, table)
    golden["embedding.output"] = made
    golden["embedding.first"] = torch.autograd.grad((made**3).sum(), table)[0]
    np.savez_compressed(HERE / "layers.npz", **{name: array.detach().numpy() for name, array in golden.items()})


if __name__ == "__main__":
    main()
