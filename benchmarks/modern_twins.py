"""FastGAN's and R3GAN's networks and steps restated in PyTorch, layer by layer from the recipes' descriptions.

What tests/golden compares ms_gan with. Modules are named after ms_gan's parameters.
"""

import torch
from torch import nn
from torch.nn import functional


def conv(inputs, outputs, kernel, stride=1, pad=0):
    """A convolution without biases."""
    return nn.Conv2d(inputs, outputs, kernel, stride, pad, bias=False)


class UpBlock(nn.Module):
    """Doubled; one convolution, BatchNorm and GLU, or two of them with noise after each convolution."""

    def __init__(self, inputs, outputs, noisy):
        super().__init__()
        widths = [inputs, outputs] if noisy else [inputs]
        self.convolutions = nn.ModuleList([conv(width, 2 * outputs, 3, 1, 1) for width in widths])
        self.norms = nn.ModuleList([nn.BatchNorm2d(2 * outputs) for _ in widths])
        self.noises = nn.ModuleList([Strength() for _ in widths]) if noisy else None

    def forward(self, x, noise):
        x = functional.interpolate(x, scale_factor=2)
        for index, (convolution, norm) in enumerate(zip(self.convolutions, self.norms)):
            x = convolution(x)
            if noise is not None:
                x = x + self.noises[index].strength * noise[:, index : index + 1]
            x = functional.glu(norm(x), 1)
        return x


class Strength(nn.Module):
    """One number, learnt."""

    def __init__(self):
        super().__init__()
        self.strength = nn.Parameter(torch.zeros(1))


class SkipExcitation(nn.Module):
    """A large map, each channel times a gate that a small one computes: equation 1 of arXiv:2101.04775."""

    def __init__(self, inputs, outputs, side):
        super().__init__()
        self.side = side
        self.squeeze = nn.Linear(inputs * side**2, outputs, bias=False)
        self.excite = nn.Linear(outputs, outputs, bias=False)

    def forward(self, x, small):
        hidden = functional.silu(self.squeeze(functional.adaptive_avg_pool2d(small, self.side).flatten(1)))
        return x * torch.sigmoid(self.excite(hidden))[:, :, None, None]


class FastGenerator(nn.Module):
    """4x4, doubled until it is an image of `side` pixels; the maps from the fourth doubling on are gated."""

    def __init__(self, latent, channels, side):
        super().__init__()
        widths, pixels = [16 * channels], 4
        for factor in (8, 4, 2, 2, 1, 0.5):
            if pixels < side:
                widths, pixels = [*widths, int(factor * channels)], 2 * pixels
        doublings = len(widths) - 1
        self.latent, self.doublings, self.leap = latent, doublings, min(4, doublings)
        self.dense = nn.Linear(latent, 32 * widths[0], bias=False)
        self.start = nn.ModuleDict({"cell_list": nn.ModuleList([nn.BatchNorm2d(2 * widths[0])])})
        self.blocks = nn.ModuleList([UpBlock(widths[i], widths[i + 1], i % 2 == 0) for i in range(doublings)])
        gated = range(self.leap - 1, doublings)
        self.gates = nn.ModuleList([SkipExcitation(widths[i + 1 - self.leap], widths[i + 1], 4) for i in gated])
        self.end = nn.ModuleDict({"cell_list": nn.ModuleList([conv(widths[-1], 3, 3, 1, 1)])})

    def forward(self, given):
        latents, noise = given[:, : self.latent], given[:, self.latent :]
        x = self.dense(latents).reshape(len(latents), -1, 4, 4)
        maps = [functional.glu(self.start["cell_list"][0](x), 1)]
        for index, block in enumerate(self.blocks):
            own, side = None, 8 * 2**index
            if block.noises is not None:
                own, noise = noise[:, : 2 * side**2].reshape(-1, 2, side, side), noise[:, 2 * side**2 :]
            x = block(maps[-1], own)
            if index >= self.leap - 1:
                x = self.gates[index - self.leap + 1](x, maps[index - self.leap + 1])
            maps.append(x)
        return torch.tanh(self.end["cell_list"][0](maps[-1]))


def named_row(**modules):
    """Modules by their places in a row of ms_gan's: place -> module."""
    return nn.ModuleDict({"cell_list": nn.ModuleDict({place[1:]: module for place, module in modules.items()})})


class DownBlock(nn.Module):
    """Half the mean of two ways: two convolutions, and pooling with one of 1x1."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.inner = named_row(
            _0=conv(inputs, outputs, 4, 2, 1), _1=nn.BatchNorm2d(outputs),
            _3=conv(outputs, outputs, 3, 1, 1), _4=nn.BatchNorm2d(outputs),
        )  # fmt: skip
        self.shortcut = named_row(_1=conv(inputs, outputs, 1), _2=nn.BatchNorm2d(outputs))

    def forward(self, x):
        inner, shortcut = self.inner["cell_list"], self.shortcut["cell_list"]
        y = functional.leaky_relu(inner["1"](inner["0"](x)), 0.2)
        y = functional.leaky_relu(inner["4"](inner["3"](y)), 0.2)
        return 0.5 * (y + functional.leaky_relu(shortcut["2"](shortcut["1"](functional.avg_pool2d(x, 2))), 0.2))


class Decoder(nn.Module):
    """A picture of a map: doubled, convolved, BatchNorm and GLU each time; Tanh."""

    def __init__(self, channels, doublings):
        super().__init__()
        cells, place = {}, 0
        for _ in range(doublings):
            width = max(4, channels // 2)
            cells[f"_{place + 1}"], cells[f"_{place + 2}"] = (
                conv(channels, 2 * width, 3, 1, 1),
                nn.BatchNorm2d(2 * width),
            )
            channels, place = width, place + 4
        cells[f"_{place}"] = conv(channels, 3, 3, 1, 1)
        self.cells = named_row(**cells)
        self.doublings = doublings

    def forward(self, x):
        cells = self.cells["cell_list"]
        for index in range(self.doublings):
            x = cells[f"{4 * index + 1}"](functional.interpolate(x, scale_factor=2))
            x = functional.glu(cells[f"{4 * index + 2}"](x), 1)
        return torch.tanh(cells[f"{4 * self.doublings}"](x))


class FastDiscriminator(nn.Module):
    """A stem, halvings to 8x8, a head of 5x5 logits, and decoders of the last two maps to half the image's size."""

    def __init__(self, channels, side):
        super().__init__()
        halvings = {16: 1, 32: 2, 64: 3}[side]
        widths = [max(4, 8 * channels // 2**i) for i in range(halvings, -1, -1)]
        self.stem = named_row(_0=conv(3, widths[0], 3, 1, 1))
        self.blocks = nn.ModuleList([DownBlock(*pair) for pair in zip(widths, widths[1:])])
        self.head = named_row(
            _0=conv(widths[-1], 2 * widths[-1], 1), _1=nn.BatchNorm2d(2 * widths[-1]), _3=conv(2 * widths[-1], 1, 4)
        )
        self.depths = range(max(1, halvings - 1), halvings + 1)
        self.decoders = nn.ModuleList([Decoder(widths[depth], depth - 1) for depth in self.depths])

    def forward(self, images):
        maps = [functional.leaky_relu(self.stem["cell_list"]["0"](images), 0.2)]
        for block in self.blocks:
            maps.append(block(maps[-1]))
        head = self.head["cell_list"]
        logits = head["3"](functional.leaky_relu(head["1"](head["0"](maps[-1])), 0.2))
        return logits.flatten(1), maps

    def error(self, images, maps):
        """The decoders' mean squared errors, added."""
        target = functional.avg_pool2d(images, 2)
        return sum((one(maps[depth]) - target).square().mean() for depth, one in zip(self.depths, self.decoders))


class FastTwin:
    """A small own_64: its networks, optimizers and step; hinge, without augmentation."""

    def __init__(self, channels=4, side=32, latent=16):
        self.latent, self.shape = latent, (3, side, side)
        self.generator = FastGenerator(latent, channels, side)
        self.discriminator = FastDiscriminator(channels, side)
        self.noise = sum(2 * block_side**2 for block_side in (8, 32) if block_side <= side)
        self.optim_g, self.optim_d = (
            torch.optim.Adam(network.parameters(), 2e-4, betas=(0.5, 0.999))
            for network in (self.generator, self.discriminator)
        )

    def step(self, images, latents_d, latents_g):
        """One training step of the hinge loss; returns both losses, the reconstruction's not among them."""
        real, maps = self.discriminator(images)
        fake, _ = self.discriminator(self.generator(latents_d).detach())
        loss_d = functional.relu(1 - real).mean() + functional.relu(1 + fake).mean()
        self.optim_d.zero_grad()
        (loss_d + self.discriminator.error(images, maps)).backward()
        self.optim_d.step()
        loss_g = -self.discriminator(self.generator(latents_g))[0].mean()
        self.optim_g.zero_grad()
        loss_g.backward()
        self.optim_g.step()
        return loss_d, loss_g


KERNEL = torch.outer(torch.tensor([1.0, 3, 3, 1]), torch.tensor([1.0, 3, 3, 1])) / 64


def doubled(x):
    """Twice as large by the filter [1, 3, 3, 1], zeros beyond the border."""
    channels = x.shape[1]
    return functional.conv_transpose2d(x, 4 * KERNEL.expand(channels, 1, 4, 4), stride=2, padding=1, groups=channels)


def halved(x):
    """Half as large by the same filter."""
    channels = x.shape[1]
    return functional.conv2d(x, KERNEL.expand(channels, 1, 4, 4), stride=2, padding=1, groups=channels)


class Bottleneck(nn.Module):
    """x + 1x1 to twice the channels, grouped 3x3, 1x1 back; LeakyReLU between them."""

    def __init__(self, width):
        super().__init__()
        self.widen, self.narrow = nn.Conv2d(width, 2 * width, 1), conv(2 * width, width, 1)
        self.grouped = nn.Conv2d(2 * width, 2 * width, 3, 1, 1, groups=max(1, 2 * width // 16))

    def forward(self, x):
        y = functional.leaky_relu(self.widen(x), 0.2)
        return x + self.narrow(functional.leaky_relu(self.grouped(y), 0.2))


class R3Generator(nn.Module):
    """A learnt 4x4 start times a number for each channel, a bottleneck for each size, doubled between them."""

    def __init__(self, latent, channels, side):
        super().__init__()
        widths = [2 * channels] * (side.bit_length() - 3) + [channels]
        self.basis = nn.Parameter(torch.zeros(widths[0], 4, 4))
        self.dense = nn.Linear(latent, widths[0], bias=False)
        self.blocks = nn.ModuleList([Bottleneck(width) for width in widths])
        self.narrow, self.end = conv(2 * channels, channels, 1), conv(channels, 3, 1)

    def forward(self, latents):
        x = self.dense(latents)[:, :, None, None] * self.basis
        for block in self.blocks[:-2]:
            x = doubled(block(x))
        return self.end(self.blocks[-1](doubled(self.narrow(self.blocks[-2](x)))))


class R3Discriminator(nn.Module):
    """A bottleneck for each size, halved between them; a depthwise convolution and a dense layer at the end."""

    def __init__(self, channels, side):
        super().__init__()
        widths = [channels] + [2 * channels] * (side.bit_length() - 3)
        self.start, self.widen = conv(3, channels, 1), conv(channels, 2 * channels, 1)
        self.blocks = nn.ModuleList([Bottleneck(width) for width in widths])
        self.aggregate = nn.Parameter(torch.zeros(widths[-1], 1, 4, 4))
        self.dense = nn.Linear(widths[-1], 1, bias=False)

    def forward(self, images):
        x = self.widen(halved(self.blocks[0](self.start(images))))
        for block in self.blocks[1:-1]:
            x = halved(block(x))
        x = self.blocks[-1](x)
        return self.dense(functional.conv2d(x, self.aggregate, groups=x.shape[1]).flatten(1))


class R3Twin:
    """A small r3gan_stacked: its networks, optimizers and step."""

    def __init__(self, channels=8, side=16, latent=16, gamma=0.5):
        self.latent, self.shape, self.noise, self.gamma = latent, (3, side, side), 0, gamma
        self.generator, self.discriminator = R3Generator(latent, channels, side), R3Discriminator(channels, side)
        self.optim_g, self.optim_d = (
            torch.optim.Adam(network.parameters(), 2e-4, betas=(0.0, 0.99))
            for network in (self.generator, self.discriminator)
        )

    def step(self, images, latents_d, latents_g):
        """One training step of pairs, with R1 and R2; returns both losses, the penalties not among them."""
        fakes = self.generator(latents_d).detach()
        loss_d = functional.softplus(self.discriminator(fakes) - self.discriminator(images)).mean()
        penalty = 0
        for at in (images.clone().requires_grad_(True), fakes.clone().requires_grad_(True)):
            (slope,) = torch.autograd.grad(self.discriminator(at).sum(), at, create_graph=True)
            penalty = penalty + self.gamma / 2 * slope.flatten(1).square().sum(1).mean()
        self.optim_d.zero_grad()
        (loss_d + penalty).backward()
        self.optim_d.step()
        real = self.discriminator(images).detach()
        loss_g = functional.softplus(real - self.discriminator(self.generator(latents_g))).mean()
        self.optim_g.zero_grad()
        loss_g.backward()
        self.optim_g.step()
        return loss_d, loss_g
