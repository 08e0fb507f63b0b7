"""Makes the reference arrays of objectives and regularisers with PyTorch: python tests/golden/make_objectives.py.

What papers define is restated here with PyTorch's own functions, from the inputs of inputs.py: values, and gradients
for logits, weights or images. Needs the `bench` extra.
"""

from pathlib import Path

import numpy as np
import torch
from inputs import values, weight
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
BATCH = 6


def tensor(name, shape, bound=1.0):
    return torch.from_numpy(values(name, shape, bound)).requires_grad_()


def set_weights(network, names):
    """Weights as functions of ms_gan's names, in the order of the network's parameters; large, for large slopes."""
    for name, parameter in zip(names, network.parameters()):
        parameter.data = torch.from_numpy(3 * weight(name, tuple(parameter.shape)))


def gradients(loss, parameters):
    found = torch.autograd.grad(loss, parameters, allow_unused=True, retain_graph=True)
    return [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found)]


def objectives():
    real, fake = tensor("real logits", (BATCH, 1), 3.0), tensor("fake logits", (BATCH, 1), 3.0)
    noisy = [torch.from_numpy(0.9 + values("real labels", (BATCH, 1), 0.1)), 0.05 * torch.ones(BATCH, 1)]
    ones, zeros = torch.ones(BATCH, 1), torch.zeros(BATCH, 1)
    bce, mse, sigmoid = F.binary_cross_entropy_with_logits, F.mse_loss, torch.sigmoid
    losses = {
        "non_saturating": (bce(real, ones) + bce(fake, zeros), bce(fake, ones)),
        "non_saturating, noisy": (bce(real, noisy[0]) + bce(fake, noisy[1]), bce(fake, ones)),
        "minimax": (-(sigmoid(real).log() + (1 - sigmoid(fake)).log()).mean(), (1 - sigmoid(fake)).log().mean()),
        "least_squares": ((mse(real, ones) + mse(fake, zeros)) / 2, mse(fake, ones) / 2),
        "least_squares, noisy": ((mse(real, noisy[0]) + mse(fake, noisy[1])) / 2, mse(fake, ones) / 2),
        "hinge": (F.relu(1 - real).mean() + F.relu(1 + fake).mean(), -fake.mean()),
        "wasserstein": (fake.mean() - real.mean(), -fake.mean()),
        "relativistic": (-sigmoid(real - fake).log().mean(), -sigmoid(fake - real).log().mean()),
    }
    golden = {}
    for name, roles in losses.items():
        for role, loss in zip(("discriminator", "generator"), roles):
            golden[f"{name}.{role}"] = loss
            golden[f"{name}.{role}.real"], golden[f"{name}.{role}.fake"] = gradients(loss, [real, fake])
    return golden


DISCRIMINATORS = {  # of ms_gan.models, with the names of their parameters there
    "mlp": (
        (1, 6, 5), lambda: [nn.Flatten(), nn.Linear(30, 7), nn.LeakyReLU(0.2), nn.Linear(7, 5), nn.LeakyReLU(0.2),
                            nn.Linear(5, 1)],
        [f"layers.{i}.{kind}" for i in (0, 2, 4) for kind in ("weight", "bias")],
    ),
    "cnn": (
        (2, 24, 24), lambda: [nn.Conv2d(2, 3, 3), nn.LeakyReLU(0.2), nn.Conv2d(3, 3, 4, 2), nn.LeakyReLU(0.2),
                              nn.Conv2d(3, 3, 4, 2), nn.LeakyReLU(0.2), nn.Conv2d(3, 3, 4, 2), nn.LeakyReLU(0.2),
                              nn.Flatten(), nn.Linear(3, 1)],
        [f"{layer}.{kind}" for layer in ("layers.0", "layers.2", "layers.4", "layers.6", "dense")
         for kind in ("weight", "bias")],
    ),
    "dcgan": (
        (1, 16, 16), lambda: [nn.Conv2d(1, 3, 4, 2, 1, bias=False), nn.LeakyReLU(0.2),
                              nn.Conv2d(3, 6, 4, 2, 1, bias=False), nn.BatchNorm2d(6), nn.LeakyReLU(0.2),
                              nn.Flatten(), nn.Linear(96, 1, bias=False)],
        ["layers.0.weight", "layers.2.weight", "layers.3.gamma", "layers.3.beta", "dense.weight"],
    ),
}  # fmt: skip


def slopes(network, images):
    """The discriminator's gradient for each image, differentiable."""
    return torch.autograd.grad(network(images).sum(), images, create_graph=True)[0].flatten(1)


def penalties():
    golden = {}
    for name, (shape, layers, names) in DISCRIMINATORS.items():
        network = nn.Sequential(*layers())
        set_weights(network, names)
        real, fake = tensor("real", (BATCH, *shape)), tensor("fake", (BATCH, *shape))
        shares = 0.5 + tensor("shares", (BATCH, 1, 1, 1), 0.5)
        between = (shares * real + (1 - shares) * fake).detach().requires_grad_()
        found = {
            "gradient penalty": 10 * (slopes(network, between).norm(dim=1) - 1).square().mean(),
            "r1": 0.5 * slopes(network, real).square().sum(1).mean(),
        }
        golden |= {f"{name}.{key}": value for key, value in found.items()}
        for path, gradient in zip(names, gradients(sum(found.values()), list(network.parameters()))):
            golden[f"{name}.{path}"] = gradient
    return golden


def spectral():
    """Two passes of a network with spectral normalisation, which is to say two power iterations."""
    names = [f"{layer}.{kind}" for layer in ("layers.0", "layers.2", "dense") for kind in ("weight", "bias")]
    layers = [nn.Conv2d(3, 16, 3, 1, 1), nn.Conv2d(16, 2, 3), nn.Linear(8, 1)]
    set_weights(nn.Sequential(*layers), names)
    weights = [parameter for layer in layers for parameter in layer.parameters()]
    for i, layer in enumerate(layers):
        nn.utils.spectral_norm(layer)
        layer.weight_u.data = F.normalize(torch.from_numpy(values(names[2 * i], layer.weight_u.shape)), dim=0)
    network = nn.Sequential(layers[0], nn.LeakyReLU(0.2), layers[1], nn.LeakyReLU(0.2), nn.Flatten(), layers[2])
    logits = [network(torch.from_numpy(values(name, (BATCH, 3, 4, 4)))) for name in ("real", "fake")]
    loss = logits[0].square().mean() + logits[1].mean()
    golden = {"real": logits[0], "fake": logits[1]}
    golden |= dict(zip(names, gradients(loss, weights)))
    return golden | {f"{names[2 * i]}_u": layer.weight_u.clone() for i, layer in enumerate(layers)}


def color(x, draws):
    brightness, saturation, contrast = (draws[:, i].reshape(-1, 1, 1, 1) for i in range(3))
    x = x + (brightness - 0.5)
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * (saturation * 2) + grey
    mean = x.mean((1, 2, 3), keepdim=True)
    return (x - mean) * (contrast + 0.5) + mean


def translation(x, draws):
    """By gathering from padded images, as the paper's code does it."""
    n, _, height, width = x.shape
    reach = [int(side * 0.125 + 0.5) for side in (height, width)]
    shift = [torch.floor(draws[:, i] * (2 * r + 1)).long().reshape(-1, 1, 1) - r for i, r in enumerate(reach)]
    image, rows, columns = torch.meshgrid(torch.arange(n), torch.arange(height), torch.arange(width), indexing="ij")
    rows = torch.clamp(rows + shift[0] + 1, 0, height + 1)
    columns = torch.clamp(columns + shift[1] + 1, 0, width + 1)
    return F.pad(x, (1, 1, 1, 1)).permute(0, 2, 3, 1)[image, rows, columns].permute(0, 3, 1, 2)


def cutout(x, draws):
    """By scattering zeros into a mask, as the paper's code does it."""
    n, _, height, width = x.shape
    mask = torch.ones(n, height, width)
    for i in range(n):
        spans = []
        for side, draw in zip((height, width), draws[i]):
            size = int(side * 0.5 + 0.5)
            start = int(draw * (side + 1 - size % 2)) - size // 2
            spans.append(np.clip(np.arange(start, start + size), 0, side - 1))
        mask[i][np.ix_(*spans)] = 0
    return x * mask[:, None]


def diffaugment():
    golden = {}
    for name, shape in (("rgb", (3, 10, 13)), ("grey", (1, 8, 9))):
        images, draws = tensor(name, (BATCH, *shape)), 0.5 + tensor("draws", (BATCH, 7), 0.5).detach()
        draws[0], draws[1] = 0.0, float(np.nextafter(np.float32(1), np.float32(0)))
        changed = cutout(translation(color(images, draws[:, :3]), draws[:, 3:5]), draws[:, 5:])
        golden[f"{name}.images"], golden[f"{name}.draws"] = changed, draws
        golden[f"{name}.gradient"] = gradients(changed.pow(3).sum(), [images])[0]
    return golden


def main():
    torch.set_num_threads(1)
    for make in (objectives, penalties, spectral, diffaugment):
        golden = {key: value.detach().numpy() for key, value in make().items()}
        np.savez_compressed(HERE / f"{make.__name__}.npz", **golden)
        print(make.__name__, len(golden), {key: float(value) for key, value in golden.items() if value.ndim == 0})


if __name__ == "__main__":
    main()
