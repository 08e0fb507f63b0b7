"""AdvGAN restated in PyTorch from the paper (Xiao et al. 2018, arXiv:1801.02610), for tests/golden to compare with.

Modules are named after ms_gan's parameters.
"""

from torch import nn
from torch.nn import functional


class Block(nn.Module):
    """x + two convolutions with InstanceNorm, a ReLU between them."""

    def __init__(self, channels):
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.InstanceNorm2d(channels, affine=True), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.InstanceNorm2d(channels, affine=True),
        )  # fmt: skip

    def forward(self, x):
        return x + self.inner(x)


class AdvGenerator(nn.Module):
    """x + eps * tanh(g(x)), clipped to the range; pixels in [-1, 1]."""

    def __init__(self, channels=1, width=8, blocks=4, eps=0.3):
        super().__init__()
        self.eps = 2 * eps

        def normed(layer):
            return [layer, nn.InstanceNorm2d(layer.out_channels, affine=True), nn.ReLU()]

        layers = normed(nn.Conv2d(channels, width, 3, 1, 1, bias=False))
        layers += normed(nn.Conv2d(width, 2 * width, 3, 2, 1, bias=False))
        layers += normed(nn.Conv2d(2 * width, 4 * width, 3, 2, 1, bias=False))
        layers += [Block(4 * width) for _ in range(blocks)]
        layers += normed(nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1, bias=False))
        layers += normed(nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False))
        self.layers = nn.Sequential(*layers, nn.Conv2d(width, channels, 3, 1, 1), nn.Tanh())

    def forward(self, x):
        return (x + self.eps * self.layers(x)).clamp(-1, 1)


class Plain(nn.Module):
    """ms_gan.classifiers.networks.Plain for 28x28: what is attacked."""

    def __init__(self, classes=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 32, 5, 2, 2), nn.ReLU(), nn.Conv2d(32, 64, 5, 2, 2), nn.ReLU(), nn.Flatten()
        )
        self.hidden = nn.Sequential(nn.Linear(64 * 49, 256), nn.ReLU())
        self.dense = nn.Linear(256, classes)

    def forward(self, x):
        return self.dense(self.hidden(self.layers(x)))


def attack_terms(classifier, fakes, images, weight=10.0, hinge=1.0, bound=0.3):
    """weight * max(f_y - max_{i != y} f_i, 0) + hinge * max(0, L2 - bound): equations 3 and 4; pixels in [-1, 1]."""
    logits, given = classifier(fakes), classifier(images).argmax(1)
    hot = functional.one_hot(given, logits.shape[1]).bool()
    margin = (logits[hot] - logits.masked_fill(hot, -1e9).max(1).values).clamp_min(0).mean()
    lengths = ((fakes - images) / 2).flatten(1).norm(dim=1)
    return weight * margin + hinge * (lengths - bound).clamp_min(0).mean()
