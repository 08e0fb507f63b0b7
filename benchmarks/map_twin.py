"""Pictures of maps (SPADE) restated in PyTorch, layer by layer from the paper: arXiv:1903.07291.

What tests/golden compares ms_gan with, and its speed. Modules are named after ms_gan's parameters.
"""

import torch
from torch import nn
from torch.nn import functional


class SpectralConv(nn.Conv2d):
    """A convolution by weight / sigma: one power iteration a pass, as Miyato et al. 2018 (arXiv:1802.05957)."""

    def __init__(self, *sizes, **options):
        super().__init__(*sizes, **options)
        self.register_buffer("weight_u", functional.normalize(torch.randn(1, self.out_channels)))

    def forward(self, x):
        matrix = self.weight.flatten(1)
        with torch.no_grad():
            v = functional.normalize(self.weight_u @ matrix)
            u = functional.normalize(v @ matrix.T)
            if self.training:
                self.weight_u.copy_(u)
        sigma = (u @ matrix @ v.T).squeeze()
        return functional.conv2d(x, self.weight / sigma, self.bias, self.stride, self.padding)


class Spade(nn.Module):
    """BatchNorm without parameters, then scale and shift by convolutions of the one-hot map."""

    def __init__(self, classes, channels, hidden):
        super().__init__()
        self.normalise = nn.BatchNorm2d(channels, affine=False)
        self.shared = nn.Conv2d(classes, hidden, 3, padding=1)
        self.gamma = nn.Conv2d(hidden, channels, 3, padding=1)
        self.beta = nn.Conv2d(hidden, channels, 3, padding=1)

    def forward(self, x, hot):
        hidden = functional.relu(self.shared(functional.interpolate(hot, size=x.shape[2:], mode="nearest")))
        return self.normalise(x) * (1 + self.gamma(hidden)) + self.beta(hidden)


class Block(nn.Module):
    """Two SPADE layers, each before a LeakyReLU and a convolution; a third on the shortcut."""

    def __init__(self, classes, inputs, outputs, hidden):
        super().__init__()
        middle = min(inputs, outputs)
        self.inner = nn.ModuleDict(
            {
                "0": Spade(classes, inputs, hidden),
                "2": SpectralConv(inputs, middle, 3, padding=1),
                "3": Spade(classes, middle, hidden),
                "5": SpectralConv(middle, outputs, 3, padding=1),
            }
        )
        self.shortcut = None
        if inputs != outputs:
            own = Spade(classes, inputs, hidden), SpectralConv(inputs, outputs, 1, bias=False)
            self.shortcut = nn.ModuleDict({"0": own[0], "1": own[1]})

    def forward(self, x, hot):
        y = self.inner["2"](functional.leaky_relu(self.inner["0"](x, hot), 0.2))
        y = self.inner["5"](functional.leaky_relu(self.inner["3"](y, hot), 0.2))
        return y + (x if self.shortcut is None else self.shortcut["1"](self.shortcut["0"](x, hot)))


class Generator(nn.Module):
    """Latents by a Dense layer to 4x4, doublings with SPADE blocks, Tanh."""

    def __init__(self, classes, shape, channels, hidden, style):
        super().__init__()
        count = (shape[1] // 4).bit_length() - 1
        widths = [channels * min(8, 2 ** (count - i)) for i in range(count + 1)]
        self.begins = (widths[0], 4, 4)
        self.start = nn.Linear(style, widths[0] * 16)
        blocks = {str(2 * i + 1): Block(classes, widths[i], widths[i + 1], hidden) for i in range(count)}
        self.layers = nn.ModuleDict({**blocks, str(2 * count + 1): nn.Conv2d(channels, shape[0], 3, padding=1)})

    def forward(self, hot, latents):
        x = self.start(latents).reshape(-1, *self.begins)
        *blocks, last = self.layers.values()
        for block in blocks:
            x = block(functional.interpolate(x, scale_factor=2, mode="nearest"), hot)
        return torch.tanh(last(functional.leaky_relu(x, 0.2)))


class Encoder(nn.Module):
    """Convolutions with stride 2 to 4x4, instance normalisation, two Dense layers."""

    def __init__(self, shape, channels, style):
        super().__init__()
        count = (shape[1] // 4).bit_length() - 1
        widths = [shape[0], *(channels * min(8, 2**i) for i in range(count))]
        self.layers = nn.ModuleDict(
            {
                str(3 * i): SpectralConv(widths[i], widths[i + 1], 3, stride=2, padding=1, bias=False)
                for i in range(count)
            }
        )
        self.mean, self.log_variance = nn.Linear(16 * widths[-1], style), nn.Linear(16 * widths[-1], style)

    def forward(self, images):
        x = images
        for layer in self.layers.values():
            x = functional.leaky_relu(functional.instance_norm(layer(x)), 0.2)
        return self.mean(x.flatten(1)), self.log_variance(x.flatten(1))


class Patches(nn.Module):
    """A PatchGAN that gives what each of its layers sees."""

    def __init__(self, inputs, channels, layers):
        super().__init__()
        found, width = {"0": nn.ModuleList([nn.Conv2d(inputs, channels, 4, 2, 2)])}, channels
        for i in range(1, layers):
            outputs, stride = channels * min(8, 2**i), 1 if i == layers - 1 else 2
            found[str(i)] = nn.ModuleList([SpectralConv(width, outputs, 4, stride=stride, padding=2, bias=False)])
            width = outputs
        self.layers = nn.ModuleDict({**found, str(layers): nn.ModuleList([nn.Conv2d(width, 1, 4, 1, 2)])})

    def forward(self, x):
        seen, (first, *middle, last) = [], [layer[0] for layer in self.layers.values()]
        seen.append(functional.leaky_relu(first(x), 0.2))
        for layer in middle:
            seen.append(functional.leaky_relu(functional.instance_norm(layer(seen[-1])), 0.2))
        return [*seen, last(seen[-1])]


class Discriminator(nn.Module):
    """PatchGANs of pictures beside one-hot maps, each at half the size of the one before."""

    def __init__(self, classes, shape, channels, layers, scales):
        super().__init__()
        self.scales = nn.ModuleList(Patches(classes + shape[0], channels, layers) for _ in range(scales))

    def forward(self, images, hot):
        x, seen = torch.cat([hot, images], 1), []
        for i, scale in enumerate(self.scales):
            x = functional.avg_pool2d(x, 2) if i else x
            seen.append(scale(x))
        return seen


class MapTwin:
    """Networks, optimizers and the step: the generator's update, then the discriminator's with the same pictures."""

    def __init__(self, classes, shape, channels, hidden, style, judge=(32, 3, 2), eps=1e-8):
        self.classes = classes
        self.generator = Generator(classes, shape, channels, hidden, style)
        self.encoder = Encoder(shape, channels, style)
        self.discriminator = Discriminator(classes, shape, *judge)
        makers = [*self.generator.parameters(), *self.encoder.parameters()]
        self.optim_g, self.optim_d = (
            torch.optim.Adam(parameters, rate, betas=(0.0, 0.9), eps=eps)
            for parameters, rate in zip((makers, list(self.discriminator.parameters())), (1e-4, 4e-4))
        )

    def one_hot(self, maps):
        """(N, classes, H, W), float32, zeros where a map is 255."""
        table = torch.cat([torch.eye(self.classes), torch.zeros(256 - self.classes, self.classes)])
        return table[maps.long()].permute(0, 3, 1, 2).contiguous()

    def step(self, maps, images, noise, features=10.0, divergence=0.05):
        """One training step; returns both losses, the features' term and the divergence's."""
        hot = self.one_hot(maps)
        mean, log_variance = self.encoder(images)
        spread = 0.5 * divergence * (mean**2 + log_variance.exp() - log_variance - 1).sum()
        fakes = self.generator(hot, mean + (0.5 * log_variance).exp() * noise)
        fake, real = self.discriminator(fakes, hot), self.discriminator(images, hot)
        loss_g = -sum(seen[-1].mean() for seen in fake) / len(fake)
        matched = (
            features
            / len(fake)
            * sum((a - b.detach()).abs().mean() for own, other in zip(fake, real) for a, b in zip(own[:-1], other[:-1]))
        )
        self.optim_g.zero_grad()
        (loss_g + matched + spread).backward()
        self.optim_g.step()
        fake, real = self.discriminator(fakes.detach(), hot), self.discriminator(images, hot)
        loss_d = sum(
            functional.relu(1 - own[-1]).mean() + functional.relu(1 + other[-1]).mean()
            for own, other in zip(real, fake)
        ) / len(real)
        self.optim_d.zero_grad()
        loss_d.backward()
        self.optim_d.step()
        return loss_d, loss_g, matched, spread
