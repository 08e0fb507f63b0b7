"""The picture-to-picture recipes restated in PyTorch, layer by layer from the papers and the recipes' descriptions.

What ms_gan is compared with, in numbers (tests/golden) and in speed. Modules are named after ms_gan's parameters.
"""

import contextlib

import torch
from torch import nn
from torch.nn import functional

SHAPE = (3, 64, 64)


def norm_2d(kind, channels):
    """A BatchNorm, or an InstanceNorm without parameters."""
    return nn.BatchNorm2d(channels) if kind == "batch" else nn.InstanceNorm2d(channels)


class Skip(nn.Module):
    """x and inner(x), channels after channels."""

    def __init__(self, layers):
        super().__init__()
        self.inner = nn.Sequential(*layers)

    def forward(self, x):
        return torch.cat([x, self.inner(x)], 1)


class Residual(Skip):
    """x + inner(x)."""

    def forward(self, x):
        return x + self.inner(x)


class UNet(nn.Sequential):
    """pix2pix's generator: 4x4 kernels with a stride of 2, no norm after the first and the innermost layer."""

    def __init__(self, inputs, outputs, channels, halvings, norm):
        widths = [channels * min(2**level, 8) for level in range(halvings)]
        inner, given = [], widths[-1]
        for level in range(halvings - 1, 0, -1):
            outer, width, innermost = widths[level - 1], widths[level], level == halvings - 1
            layers = [nn.Conv2d(outer, width, 4, 2, 1, bias=innermost)]
            layers += [] if innermost else [norm_2d(norm, width), nn.LeakyReLU(0.2, True), *inner]
            layers += [nn.ReLU(True), nn.ConvTranspose2d(given, outer, 4, 2, 1, bias=False), norm_2d(norm, outer)]
            inner, given = [Skip(layers)], 2 * outer
        first, last = nn.Conv2d(inputs, channels, 4, 2, 1), nn.ConvTranspose2d(given, outputs, 4, 2, 1)
        super().__init__()
        self.layers = nn.Sequential(first, nn.LeakyReLU(0.2, True), *inner, nn.ReLU(True), last, nn.Tanh())


class ResNet(nn.Sequential):
    """CycleGAN's generator with repeated pixels and convolutions on the way up."""

    def __init__(self, inputs, outputs, channels, blocks, norm):
        def reflected(before, after, kernel=3):
            return [nn.ReflectionPad2d(kernel // 2), nn.Conv2d(before, after, kernel, bias=False), norm_2d(norm, after)]

        super().__init__()
        layers = [*reflected(inputs, channels, 7), nn.ReLU(True)]
        for before, after in ((channels, 2 * channels), (2 * channels, 4 * channels)):
            layers += [nn.Conv2d(before, after, 3, 2, 1, bias=False), norm_2d(norm, after), nn.ReLU(True)]
        wide = 4 * channels
        for _ in range(blocks):
            layers += [Residual([*reflected(wide, wide), nn.ReLU(True), *reflected(wide, wide)])]
        for before, after in ((wide, 2 * channels), (2 * channels, channels)):
            layers += [nn.Upsample(scale_factor=2), *reflected(before, after), nn.ReLU(True)]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(channels, outputs, 7), nn.Tanh()]
        self.layers = nn.Sequential(*layers)


class PatchGAN(nn.Sequential):
    """4x4 kernels, `depth` of them with a stride of 2, then two with a stride of 1."""

    def __init__(self, inputs, channels, depth, norm):
        super().__init__()
        layers, width = [nn.Conv2d(inputs, channels, 4, 2, 1), nn.LeakyReLU(0.2, True)], channels
        for level in range(1, depth + 1):
            wider, stride = channels * min(2**level, 8), 2 if level < depth else 1
            layers += [nn.Conv2d(width, wider, 4, stride, 1, bias=False), norm_2d(norm, wider)]
            layers += [nn.LeakyReLU(0.2, True)]
            width = wider
        self.layers = nn.Sequential(*layers, nn.Conv2d(width, 1, 4, 1, 1))


class Pool:
    """The last images and those before, as CycleGAN's code keeps them; drawn by given numbers in [0, 1)."""

    def __init__(self, size):
        self.size, self.images = size, []

    def __call__(self, images, draws):
        shown = []
        for image, (swap, draw) in zip(images.split(1), draws.tolist()):
            place = min(int(draw * self.size), self.size - 1)
            if len(self.images) < self.size:
                self.images.append(image)
            elif swap >= 0.5:
                image, self.images[place] = self.images[place], image
            shown.append(image)
        return torch.cat(shown)


class TranslationTwin:
    """What both twins share.

    Attributes:
        forward_context: entered around every forward pass; torch.autocast, for one.
    """

    def __init__(self, networks, fused, eps):
        self.networks = networks
        self.forward_context = contextlib.nullcontext()
        self.optim_g, self.optim_d = (self.optimizer(role, fused, eps) for role in ("generator", "discriminator"))

    def optimizer(self, role, fused, eps):
        """One for all networks of a role."""
        networks = [network for name, network in self.networks.items() if name.startswith(role)]
        weights = [weight for network in networks for weight in network.parameters()]
        return torch.optim.Adam(weights, 2e-4, betas=(0.5, 0.999), eps=eps, fused=fused)

    def frozen(self, chosen):
        """Whether the gradients of the discriminators' weights are left out, in the generators' update."""
        for name, network in self.networks.items():
            if name.startswith("discriminator"):
                network.requires_grad_(not chosen)


def update(optimizer, loss):
    """One update."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


class PairedTwin(TranslationTwin):
    """pix2pix: cross-entropy, halved for the discriminator, and 100 L1, with the same fakes for both updates."""

    def __init__(self, inputs=3, outputs=3, channels=32, halvings=4, depth=2, norm="batch", fused=False, eps=1e-8):
        self.batch, self.shapes = 16, ((inputs, *SHAPE[1:]), (outputs, *SHAPE[1:]))
        generator = UNet(inputs, outputs, channels, halvings, norm)
        discriminator = PatchGAN(inputs + outputs, channels, depth, norm)
        super().__init__({"generator": generator, "discriminator": discriminator}, fused, eps)

    def step(self, pictures, images):
        """One training step; returns the losses: the discriminator's, the generator's of its verdict, 100 L1."""
        softplus, generator, discriminator = functional.softplus, *self.networks.values()
        with self.forward_context:
            fakes = generator(pictures)
            real = discriminator(torch.cat([pictures, images], 1))
            fake = discriminator(torch.cat([pictures, fakes.detach()], 1))
            loss_d = 0.5 * (softplus(-real).mean() + softplus(fake).mean())
        update(self.optim_d, loss_d)
        self.frozen(True)
        with self.forward_context:
            loss_g = softplus(-discriminator(torch.cat([pictures, fakes], 1))).mean()
            l1 = 100.0 * (fakes - images).abs().mean()
        update(self.optim_g, loss_g + l1)
        self.frozen(False)
        return loss_d, loss_g, l1


class CycleTwin(TranslationTwin):
    """CycleGAN: least squares, cycles, pictures that should stay as they are, pools."""

    def __init__(
        self, shapes=((3, 64, 64), (3, 64, 64)), channels=32, blocks=6, depth=2, pool=50, fused=False, eps=1e-8,
        judges=None,
    ):  # fmt: skip
        """`judges` is the discriminators' width where it is not `channels`."""
        self.batch, self.shapes = 1, shapes
        self.weight, self.identity = 10.0, 0.5
        (a, *_), (b, *_) = shapes
        networks = {
            "generator_ab": ResNet(a, b, channels, blocks, "instance"),
            "generator_ba": ResNet(b, a, channels, blocks, "instance"),
            "discriminator_a": PatchGAN(a, judges or channels, depth, "instance"),
            "discriminator_b": PatchGAN(b, judges or channels, depth, "instance"),
        }
        self.pools = Pool(pool), Pool(pool)
        super().__init__(networks, fused, eps)

    def step(self, a, b, draws_a, draws_b):
        """One training step; returns the losses of both discriminators, adversarial, of the cycles, of identity."""
        ab, ba, judge_a, judge_b = self.networks.values()
        mse, l1 = functional.mse_loss, functional.l1_loss
        self.frozen(True)
        with self.forward_context:
            made_b, made_a = ab(a), ba(b)
            judged_a, judged_b = judge_a(made_a), judge_b(made_b)
            adversarial = mse(judged_a, torch.ones_like(judged_a)) + mse(judged_b, torch.ones_like(judged_b))
            cycle = l1(ba(made_b), a) + l1(ab(made_a), b)
            identity = l1(ba(a), a) + l1(ab(b), b)
        update(self.optim_g, adversarial + self.weight * (cycle + self.identity * identity))
        self.frozen(False)
        shown = [pool(made.detach(), d) for pool, made, d in zip(self.pools, (made_a, made_b), (draws_a, draws_b))]
        losses = []
        with self.forward_context:
            for judge, real, fake in zip((judge_a, judge_b), (a, b), shown):
                real, fake = judge(real), judge(fake)
                losses.append(0.5 * (mse(real, torch.ones_like(real)) + mse(fake, torch.zeros_like(fake))))
        update(self.optim_d, sum(losses))
        return (*losses, adversarial / 2, cycle / 2, identity / 2)
