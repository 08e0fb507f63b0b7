"""The recipes' networks and training step restated in PyTorch, layer by layer from the recipes' descriptions.

What ms_gan is compared with, in numbers (tests/golden) and in speed. Modules are named after ms_gan's parameters, with
PyTorch's own names for a BatchNorm's.
"""

import contextlib

import torch
from torch import nn
from torch.nn import functional

NORM_NAMES = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


class MlpGenerator(nn.Module):
    """Dense, BatchNorm1d after every hidden layer but the first, ReLU or LeakyReLU, Tanh."""

    def __init__(self, latent, hidden, shape, batch_norm, slope=0.0):
        super().__init__()
        self.shape = shape
        layers, width = [], latent
        for index, outputs in enumerate(hidden):
            layers += [nn.Linear(width, outputs)]
            layers += [nn.BatchNorm1d(outputs)] if batch_norm and index else []
            layers += [nn.LeakyReLU(slope) if slope else nn.ReLU()]
            width = outputs
        self.layers = nn.Sequential(*layers, nn.Linear(width, shape[0] * shape[1] * shape[2]), nn.Tanh())

    def forward(self, latents):
        return self.layers(latents).reshape(-1, *self.shape)


class MlpDiscriminator(nn.Module):
    """Dense and LeakyReLU on flattened images."""

    def __init__(self, hidden, shape, slope):
        super().__init__()
        layers, width = [], shape[0] * shape[1] * shape[2]
        for outputs in hidden:
            layers += [nn.Linear(width, outputs), nn.LeakyReLU(slope)]
            width = outputs
        self.layers = nn.Sequential(*layers, nn.Linear(width, 1))

    def forward(self, images, mask=None):
        return self.layers(images.flatten(1))


class DcganGenerator(nn.Module):
    """1x1 -> 4x4 -> 8 -> 16 -> 32 -> 64, transposed convolutions without bias, BatchNorm2d, ReLU, Tanh."""

    def __init__(self, latent, channels, shape):
        super().__init__()
        widths = [8 * channels, 4 * channels, 2 * channels, channels]
        self.dense = nn.ConvTranspose2d(latent, widths[0], 4, 1, 0, bias=False)
        layers = [nn.BatchNorm2d(widths[0]), nn.ReLU()]
        for before, after in zip(widths, widths[1:]):
            layers += [nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        layers += [nn.ConvTranspose2d(channels, shape[0], 4, 2, 1, bias=False), nn.Tanh()]
        self.layers = nn.Sequential(*layers)

    def forward(self, latents):
        return self.layers(self.dense(latents[:, :, None, None]))


class DcganDiscriminator(nn.Module):
    """64 -> 32 -> 16 -> 8 -> 4 -> 1x1, convolutions without bias, BatchNorm2d on all but the first, LeakyReLU 0.2."""

    def __init__(self, channels, shape):
        super().__init__()
        widths = [channels, 2 * channels, 4 * channels, 8 * channels]
        layers = [nn.Conv2d(shape[0], channels, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
        for before, after in zip(widths, widths[1:]):
            layers += [nn.Conv2d(before, after, 4, 2, 1, bias=False), nn.BatchNorm2d(after), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers)
        self.dense = nn.Conv2d(widths[-1], 1, 4, 1, 0, bias=False)

    def forward(self, images, mask=None):
        return self.dense(self.layers(images)).reshape(-1, 1)


class CnnGenerator(nn.Module):
    """Keras's layers: Dense, Conv 5 same, ConvTranspose 4/2 same, Conv 5 same twice, Conv 7 same, Tanh."""

    def __init__(self, latent, channels, shape):
        super().__init__()
        self.start = (channels // 2, shape[1] // 2, shape[2] // 2)
        self.dense = nn.Linear(latent, self.start[0] * self.start[1] * self.start[2])
        self.layers = nn.Sequential(
            nn.Conv2d(channels // 2, channels, 5, padding=2), nn.LeakyReLU(0.3),
            nn.ConvTranspose2d(channels, channels, 4, 2, padding=1), nn.LeakyReLU(0.3),
            nn.Conv2d(channels, channels, 5, padding=2), nn.LeakyReLU(0.3),
            nn.Conv2d(channels, channels, 5, padding=2), nn.LeakyReLU(0.3),
            nn.Conv2d(channels, shape[0], 7, padding=3), nn.Tanh(),
        )  # fmt: skip

    def forward(self, latents):
        return self.layers(functional.leaky_relu(self.dense(latents), 0.3).reshape(-1, *self.start))


class CnnDiscriminator(nn.Module):
    """Keras's layers: Conv 3 valid, Conv 4/2 valid three times, dropout by a given mask, Dense."""

    def __init__(self, channels, shape):
        super().__init__()
        layers = [nn.Conv2d(shape[0], channels, 3), nn.LeakyReLU(0.3)]
        sides = [shape[1] - 2, shape[2] - 2]
        for _ in range(3):
            layers += [nn.Conv2d(channels, channels, 4, 2), nn.LeakyReLU(0.3)]
            sides = [(side - 4) // 2 + 1 for side in sides]
        self.layers = nn.Sequential(*layers)
        self.dense = nn.Linear(channels * sides[0] * sides[1], 1)

    def forward(self, images, mask=None):
        features = self.layers(images).flatten(1)
        return self.dense(features if mask is None else features * mask)


class KerasRMSprop(torch.optim.Optimizer):
    """Keras's RMSprop, which torch.optim lacks: eps 1e-7 outside the root, clipvalue 1, decay 1e-8."""

    def __init__(self, parameters, lr):
        super().__init__(parameters, {"lr": lr})
        self.updates = 0

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr = group["lr"] / (1 + 1e-8 * self.updates)
            for parameter in group["params"]:
                gradient = parameter.grad.clamp(-1.0, 1.0)
                squares = self.state[parameter].setdefault("squares", torch.zeros_like(parameter))
                squares.mul_(0.9).addcmul_(gradient, gradient, value=0.1)
                parameter.addcdiv_(gradient, squares.sqrt() + 1e-7, value=-lr)
        self.updates += 1


class Twin:
    """One recipe: its networks, optimizers, procedure and the sizes of its inputs.

    Attributes:
        forward_context: entered around every forward pass; torch.autocast, for one.
    """

    def __init__(self, recipe, fused=False):
        self.recipe = recipe
        self.forward_context = contextlib.nullcontext()
        self.loss_weight, self.real_label, self.shared = 1.0, 1.0, False
        getattr(self, recipe)()
        if recipe != "dcgan_cifar10_frog":
            adam = {"lr": 2e-4, "betas": (0.5, 0.999), "fused": fused}
            self.optim_g = torch.optim.Adam(self.generator.parameters(), **adam)
            self.optim_d = torch.optim.Adam(self.discriminator.parameters(), **adam)

    def gan_mnist(self):
        self.batch, self.latent, self.shape, self.features = 128, 100, (1, 28, 28), 0
        self.generator = MlpGenerator(100, [128, 256, 512, 1024], self.shape, True)
        self.discriminator = MlpDiscriminator([512, 256], self.shape, 0.2)

    def gan_mnist_wide(self):
        self.batch, self.latent, self.shape, self.features = 64, 128, (1, 28, 28), 0
        self.generator = MlpGenerator(128, [1024, 2048], self.shape, False)
        self.discriminator = MlpDiscriminator([512], self.shape, 0.1)
        self.loss_weight = 0.5

    def gan_mnist_plain(self):
        self.batch, self.latent, self.shape, self.features = 64, 100, (1, 28, 28), 0
        self.generator = MlpGenerator(100, [256, 512, 1024], self.shape, False, 0.2)
        self.discriminator = MlpDiscriminator([512, 256], self.shape, 0.2)
        self.shared = True

    def dcgan_64(self):
        self.batch, self.latent, self.shape, self.features = 128, 100, (3, 64, 64), 0
        self.generator = DcganGenerator(100, 64, self.shape)
        self.discriminator = DcganDiscriminator(64, self.shape)

    def dcgan_cifar10_frog(self):
        self.batch, self.latent, self.shape, self.features = 20, 2, (3, 32, 32), 512
        self.generator = CnnGenerator(2, 256, self.shape)
        self.discriminator = CnnDiscriminator(128, self.shape)
        self.loss_weight, self.real_label = 0.5, 0.0
        self.optim_g = KerasRMSprop(self.generator.parameters(), 4e-4)
        self.optim_d = KerasRMSprop(self.discriminator.parameters(), 8e-4)

    def step(self, images, latents_d, latents_g, noise=None, masks=(None, None, None)):
        """One training step; returns both losses and the logits of real and of generated images."""
        bce = functional.binary_cross_entropy_with_logits
        with self.forward_context:
            with torch.set_grad_enabled(self.shared):
                images_g = self.generator(latents_d)
            real, fake = self.discriminator(images, masks[0]), self.discriminator(images_g.detach(), masks[1])
            labels = [torch.full_like(real, self.real_label), torch.full_like(fake, 1 - self.real_label)]
            if noise is not None:
                labels = [label + n for label, n in zip(labels, noise)]
            loss_d = self.loss_weight * (bce(real, labels[0]) + bce(fake, labels[1]))
        self.optim_d.zero_grad()
        loss_d.backward()
        self.optim_d.step()
        # Nobody needs the gradients of the discriminator's weights here; ms_gan does not compute them either.
        self.discriminator.requires_grad_(False)
        with self.forward_context:
            judged = self.discriminator(images_g if self.shared else self.generator(latents_g), masks[2])
            loss_g = bce(judged, torch.full_like(judged, self.real_label))
        self.optim_g.zero_grad()
        loss_g.backward()
        self.optim_g.step()
        self.discriminator.requires_grad_(True)
        return loss_d, loss_g, real, fake


def named(network, prefix):
    """(ms_gan's name, tensor, to ms_gan's layout, from ms_gan's layout) of parameters and statistics."""
    for path, module in network.named_modules():
        norm = isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d))
        for theirs, tensor in [*module._parameters.items(), *module._buffers.items()]:
            if tensor is None or theirs == "num_batches_tracked":
                continue
            name = f"{prefix}.{path}.{NORM_NAMES[theirs] if norm else theirs}"
            shape = tuple(tensor.shape)
            if path == "dense" and isinstance(module, nn.ConvTranspose2d):  # (in, out, 4, 4) for Dense (out * 16, in)
                yield name, tensor, lambda t, s=shape: t.reshape(s[0], -1).T, lambda a, s=shape: a.T.reshape(s)
            elif path == "dense" and isinstance(module, nn.Conv2d):  # (1, in, 4, 4) for Dense (1, in * 16)
                yield name, tensor, lambda t: t.reshape(1, -1), lambda a, s=shape: a.reshape(s)
            else:
                yield name, tensor, lambda t: t, lambda a: a
