"""The class-conditional recipes restated in PyTorch, layer by layer from the recipes' descriptions and the papers.

What tests/golden compares ms_gan with. Modules are named after ms_gan's parameters.
"""

import torch
from torch import nn
from torch.nn import functional

CLASSES = 10


class ConditionalMlpGenerator(nn.Module):
    """Latents and one-hot labels side by side through Dense layers: Mirza and Osindero 2014 (arXiv:1411.1784)."""

    def __init__(self, latent, hidden, shape):
        super().__init__()
        self.shape = shape
        layers, width = [], latent + CLASSES
        for index, outputs in enumerate(hidden):
            layers += [nn.Linear(width, outputs), *([nn.BatchNorm1d(outputs)] if index else []), nn.ReLU()]
            width = outputs
        self.layers = nn.Sequential(*layers, nn.Linear(width, shape[0] * shape[1] * shape[2]), nn.Tanh())

    def forward(self, latents, labels):
        return self.layers(torch.cat([latents, one_hot(labels)], 1)).reshape(-1, *self.shape)


class ConditionalMlpDiscriminator(nn.Module):
    """Pixels through Dense layers: with one-hot labels beside them, or with the projection of the last features."""

    def __init__(self, hidden, shape, condition):
        super().__init__()
        beside = CLASSES if condition == "concat" else 0
        layers, width = [], shape[0] * shape[1] * shape[2] + beside
        for outputs in hidden:
            layers += [nn.Linear(width, outputs), nn.LeakyReLU(0.2)]
            width = outputs
        self.layers = nn.Sequential(*layers, nn.Linear(width, 1))
        self.projection = None if beside else nn.Embedding(CLASSES, width)

    def forward(self, images, labels):
        x = images.flatten(1)
        if self.projection is None:
            return self.layers(torch.cat([x, one_hot(labels)], 1))
        features = self.layers[:-1](x)
        return self.layers[-1](features) + (features * self.projection(labels)).sum(1, keepdim=True)


class ClassBatchNorm(nn.Module):
    """BatchNorm, then a scale and a shift for each class: Dumoulin et al. 2017 (arXiv:1610.07629)."""

    def __init__(self, channels):
        super().__init__()
        self.normalise = nn.BatchNorm2d(channels, affine=False)
        self.gamma = nn.Parameter(torch.ones(CLASSES, channels))
        self.beta = nn.Parameter(torch.zeros(CLASSES, channels))

    def forward(self, x, labels):
        return self.normalise(x) * self.gamma[labels][:, :, None, None] + self.beta[labels][:, :, None, None]


class ConditionalDcganGenerator(nn.Module):
    """1x1 to 4x4, doubled to 32x32 by transposed convolutions, with a ClassBatchNorm and a ReLU before each."""

    def __init__(self, latent, channels, shape):
        super().__init__()
        widths = [4 * channels, 2 * channels, channels, shape[0]]
        self.dense = nn.ConvTranspose2d(latent, widths[0], 4, 1, 0, bias=False)
        layers = []
        for before, after in zip(widths, widths[1:]):
            convolution = nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False)
            layers += [ClassBatchNorm(before), nn.ReLU(), convolution]
        self.layers = nn.ModuleList([*layers, nn.Tanh()])

    def forward(self, latents, labels):
        x = self.dense(latents[:, :, None, None])
        for layer in self.layers:
            x = layer(x, labels) if isinstance(layer, ClassBatchNorm) else layer(x)
        return x


class ProjectionDiscriminator(nn.Module):
    """Convolutions to 4x4, a Dense layer, and the projection: Miyato and Koyama 2018 (arXiv:1802.05637), equation 3."""

    def __init__(self, channels, shape):
        super().__init__()
        layers, width = [], shape[0]
        for outputs in (channels, 2 * channels, 4 * channels):
            layers += [nn.Conv2d(width, outputs, 4, 2, 1), nn.LeakyReLU(0.2)]
            width = outputs
        self.layers = nn.Sequential(*layers)
        self.dense = nn.Linear(16 * width, 1)
        self.projection = nn.Embedding(CLASSES, width)

    def forward(self, images, labels):
        features = self.layers(images)
        along = (features.sum((2, 3)) * self.projection(labels)).sum(1, keepdim=True)
        return self.dense(features.flatten(1)) + along


def one_hot(labels):
    """(N, CLASSES), float32."""
    return functional.one_hot(labels, CLASSES).float()


class ConditionalTwin:
    """One recipe: its networks, optimizers, and the step in which R1 is added.

    Args:
        recipe: cgan_mnist or cdcgan_mnist.
        condition: of cgan_mnist's discriminator: projection, as in the recipe, or concat.
    """

    def __init__(self, recipe, condition="projection"):
        self.latent = 100
        if recipe == "cgan_mnist":
            self.shape, self.r1, rates = (1, 28, 28), 1.0, (3e-4, 5e-4)
            self.generator = ConditionalMlpGenerator(100, [128, 256, 512, 1024], self.shape)
            self.discriminator = ConditionalMlpDiscriminator([1024, 1024, 512], self.shape, condition)
        else:
            self.shape, self.r1, rates = (1, 32, 32), 0.1, (1e-3, 1e-3)
            self.generator = ConditionalDcganGenerator(100, 32, self.shape)
            self.discriminator = ProjectionDiscriminator(32, self.shape)
        self.optim_g, self.optim_d = (
            torch.optim.Adam(network.parameters(), rate, betas=(0.5, 0.999))
            for network, rate in zip((self.generator, self.discriminator), rates)
        )

    def step(self, images, latents_d, latents_g, labels, labels_d, labels_g, every=4):
        """One training step of the non-saturating loss with lazy R1; returns both losses, R1 not among them."""
        softplus = functional.softplus
        fakes = self.generator(latents_d, labels_d).detach()
        real, fake = self.discriminator(images, labels), self.discriminator(fakes, labels_d)
        loss_d = softplus(-real).mean() + softplus(fake).mean()
        at = images.clone().requires_grad_(True)
        (slope,) = torch.autograd.grad(self.discriminator(at, labels).sum(), at, create_graph=True)
        penalty = every * self.r1 / 2 * slope.flatten(1).square().sum(1).mean()
        self.optim_d.zero_grad()
        (loss_d + penalty).backward()
        self.optim_d.step()
        loss_g = softplus(-self.discriminator(self.generator(latents_g, labels_g), labels_g)).mean()
        self.optim_g.zero_grad()
        loss_g.backward()
        self.optim_g.step()
        return loss_d, loss_g
