"""Makes gan_mnist.npz with PyTorch: python tests/golden/make_gan_mnist.py (needs torch).

One training step of the recipe gan_mnist, restated with torch.nn from the recipe's description: forward passes, losses,
gradients and both Adam updates, from the weights and inputs of inputs.py. Parameters carry this project's names.
"""

from pathlib import Path

import numpy as np
import torch
from inputs import excerpt, values, weight
from torch import nn

BATCH = 16


def generator():
    widths = [100, 128, 256, 512, 1024]
    layers = []
    for i in range(4):
        layers.append(nn.Linear(widths[i], widths[i + 1]))
        if i > 0:
            layers.append(nn.BatchNorm1d(widths[i + 1]))
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.Linear(1024, 784), nn.Tanh())


def discriminator():
    return nn.Sequential(
        nn.Linear(784, 512), nn.LeakyReLU(0.2), nn.Linear(512, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1), nn.Sigmoid()
    )


def named(network, prefix):
    """Parameters and statistics under this project's names."""
    for index, layer in enumerate(network):
        ours = {"weight": "weight", "bias": "bias"}
        if isinstance(layer, nn.BatchNorm1d):
            ours = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
        for theirs, name in ours.items():
            if hasattr(layer, theirs):
                yield f"{prefix}.layers.{index}.{name}", getattr(layer, theirs)


def main():
    torch.set_num_threads(1)
    g, d = generator(), discriminator()
    everything = dict(named(g, "generator")) | dict(named(d, "discriminator"))
    with torch.no_grad():
        for name, parameter in everything.items():
            if "moving" not in name:
                parameter.copy_(torch.from_numpy(weight(name, tuple(parameter.shape))))
    optim_g, optim_d = (torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999)) for net in (g, d))
    images = torch.from_numpy(values("images", (BATCH, 784)))
    latents_d, latents_g = (torch.from_numpy(values(name, (BATCH, 100), 1.7)) for name in ("latents_d", "latents_g"))
    bce = nn.BCELoss()

    fakes = g(latents_d).detach()
    real, fake = d(images), d(fakes)
    loss_d = bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
    optim_d.zero_grad()
    loss_d.backward()
    optim_d.step()
    judged = d(g(latents_g))
    loss_g = bce(judged, torch.ones_like(judged))
    optim_g.zero_grad()
    loss_g.backward()
    optim_g.step()

    golden = {"fakes": fakes, "real": real, "fake": fake, "loss_d": loss_d, "loss_g": loss_g}
    golden = {name: tensor.detach().numpy() for name, tensor in golden.items()}
    golden |= {name: excerpt(parameter.detach().numpy()) for name, parameter in everything.items()}
    np.savez_compressed(Path(__file__).with_name("gan_mnist.npz"), **golden)


if __name__ == "__main__":
    main()
