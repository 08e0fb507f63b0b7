"""Makes the reference arrays of attacks with PyTorch: python tests/golden/make_attacks.py. Needs the `bench` extra.

A small classifier, restated; FGSM, PGD and the Carlini-Wagner margin as their papers have them, for pixels
in [0, 1], which the classifier is given as 2 x - 1. tests/soak/attacks_by_foolbox.py compares with foolbox.
"""

from pathlib import Path

import numpy as np
import torch
from inputs import BATCH, values, weight
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
NAMES = (
    "layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias",
    "hidden.0.weight", "hidden.0.bias", "dense.weight", "dense.bias",
)  # fmt: skip


class Plain(nn.Module):
    """ms_gan.classifiers.networks.Plain for 1x8x8 pictures of 5 classes."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(1, 32, 5, 2, 2), nn.Conv2d(32, 64, 5, 2, 2)
        self.hidden, self.dense = nn.Linear(64 * 4, 256), nn.Linear(256, 5)
        for name, parameter in zip(NAMES, self.parameters()):
            parameter.data = torch.from_numpy(3 * weight(f"classifier.{name}", tuple(parameter.shape)))

    def forward(self, pixels):
        x = F.relu(self.two(F.relu(self.one(2 * pixels - 1))))
        return self.dense(F.relu(self.hidden(x.flatten(1))))


def margin(logits, labels):
    """The largest other logit less that of the label: Carlini and Wagner 2017, f6 turned around."""
    hot = F.one_hot(labels, logits.shape[1]).bool()
    return logits.masked_fill(hot, -1e9).max(1).values - logits[hot]


def climb(network, clean, labels, objective, norm, eps, step, steps):
    x = clean.clone()
    for _ in range(steps):
        at = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(objective(network(at), labels).sum(), at)
        if norm == "linf":
            x = torch.clamp(x + step * slope.sign(), clean - eps, clean + eps)
        else:
            length = slope.flatten(1).norm(dim=1).clamp_min(1e-12)[:, None, None, None]
            off = x + step * slope / length - clean
            x = clean + off * (eps / off.flatten(1).norm(dim=1).clamp_min(1e-12)).clamp_max(1)[:, None, None, None]
        x = x.clamp(0, 1)
    return x


def main():
    network = Plain().double()
    clean = torch.from_numpy((values("attacked images", (BATCH, 1, 8, 8)) + 1) / 2).double()
    labels = torch.arange(BATCH) % 5

    def entropy(logits, targets):
        return F.cross_entropy(logits, targets, reduction="none")

    cases = {
        "fgsm": (entropy, "linf", 0.1, 0.1, 1),
        "pgd": (entropy, "linf", 0.1, 0.02, 10),
        "pgd_l2": (entropy, "l2", 0.5, 0.1, 10),
        "margin": (margin, "linf", 0.1, 0.02, 10),
        "targeted": (lambda logits, targets: -entropy(logits, targets), "linf", 0.1, 0.02, 10),
    }
    found = {name: climb(network, clean, labels, *case).numpy() for name, case in cases.items()}
    golden = {name: (2 * value - 1).astype(np.float32) for name, value in found.items()}
    np.savez_compressed(HERE / "attacks.npz", logits=network(clean).detach().numpy().astype(np.float32), **golden)


if __name__ == "__main__":
    main()
