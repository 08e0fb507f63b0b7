"""A step of pictures from maps: hinge, and features that generated and real pictures should have in common."""

from typing import Any, NamedTuple, Optional

import mindspore as ms
from mindspore import nn, ops

from ms_gan.models.layers import total
from ms_gan.training.adversarial.losses import hinge_discriminator
from ms_gan.training.loss_scale import scaled

LAST = -1


class MatchingParts(NamedTuple):
    """What a step ties together.

    Attributes:
        generator: maps and latents to pictures.
        discriminator: pictures and maps to what its layers see, at each scale, the logits last.
        encoder: pictures to means and logarithms of variances of their latents, or None.
        optim_g: moves generator and encoder; `optim_d`: the discriminator.
        weights: a MatchingConfig.
        count: an int32 parameter that counts steps.
    """

    generator: nn.Cell
    discriminator: nn.Cell
    encoder: Optional[nn.Cell]
    optim_g: nn.Cell
    optim_d: nn.Cell
    weights: Any
    count: ms.Parameter


class MatchingStep(nn.Cell):
    """The generator's update, then the discriminator's, with the same pictures: section 3 of arXiv:1903.07291.

    Where there is an encoder the pictures' own styles are used, z = mean + deviation * noise (Kingma and Welling 2013,
    arXiv:1312.6114, equation 10); otherwise the noise is the style.

    Args:
        parts: what it ties together.

    Inputs:
        maps: (N, H, W), int32.
        images: (N, C, H, W), float32 in [-1, 1].
        noise: (N, style), float32, N(0, 1), or None where the generator takes no latents.

    Outputs:
        float32 (6,): both objectives before their updates, the discriminator's as the mean over scales; the means of
        the logits' sigmoids, of real and of generated pictures; the terms of pixels and features, and of the
        divergence, each with its weight.
    """

    def __init__(self, parts: MatchingParts):
        super().__init__(auto_prefix=False)
        self.generator, self.discriminator, self.encoder = parts.generator, parts.discriminator, parts.encoder
        self.optim_g, self.optim_d, self.step = parts.optim_g, parts.optim_d, parts.count
        self.scale_g, self.scale_d = getattr(parts.optim_g, "scale", None), getattr(parts.optim_d, "scale", None)
        weights = parts.weights
        self.features, self.pixels, self.divergence = weights.features, weights.pixels, weights.divergence
        self.grad_g = ms.value_and_grad(self.generator_loss, None, parts.optim_g.parameters, has_aux=True)
        self.grad_d = ms.value_and_grad(self.discriminator_loss, None, parts.optim_d.parameters, has_aux=True)

    def generator_loss(self, maps, images, noise):
        """The generator's loss, scaled; then its parts, and the pictures."""
        latents, divergence = noise, 0.0
        if self.encoder is not None:
            mean, log_variance = self.encoder(images)
            deviation = ops.exp(0.5 * log_variance)
            latents = mean + deviation * noise
            # Summed over styles and pictures, as the paper's weight of 0.05 wants it.
            terms = mean * mean + deviation * deviation - log_variance - 1.0
            divergence = 0.5 * self.divergence * total(terms, (0, 1))
        fakes = self.generator(maps) if noise is None else self.generator(maps, latents)
        seen, wanted = self.discriminator(fakes, maps), self.discriminator(images, maps)
        objective, matched = 0.0, 0.0
        scales = len(seen)
        for i in range(scales):
            objective = objective - seen[i][LAST].mean() / scales
            for j in range(len(seen[i]) - 1):
                matched = matched + ops.abs(seen[i][j] - ops.stop_gradient(wanted[i][j])).mean() / scales
        matched = self.features * matched
        if self.pixels:
            matched = matched + self.pixels * ops.abs(fakes - images).mean()
        loss = objective + matched
        if self.encoder is not None:
            loss = loss + divergence
        return scaled(loss, self.scale_g), objective, matched, divergence, fakes

    def discriminator_loss(self, maps, images, fakes):
        """The discriminator's loss, scaled; then the loss, and the means of the logits' sigmoids."""
        fake, real = self.discriminator(fakes, maps), self.discriminator(images, maps)
        loss, d_real, d_fake = 0.0, 0.0, 0.0
        scales = len(real)
        for i in range(scales):
            own, other = real[i][LAST], fake[i][LAST]
            loss = loss + hinge_discriminator(own, other) / scales
            d_real = d_real + ops.sigmoid(own).mean() / scales
            d_fake = d_fake + ops.sigmoid(other).mean() / scales
        return scaled(loss, self.scale_d), loss, d_real, d_fake

    def construct(self, maps, images, noise=None):
        (_, loss_g, matched, divergence, fakes), gradients = self.grad_g(maps, images, noise)
        self.optim_g(gradients)
        (_, loss_d, d_real, d_fake), gradients = self.grad_d(maps, images, ops.stop_gradient(fakes))
        self.optim_d(gradients)
        ops.assign(self.step, self.step + 1)
        if self.encoder is None:
            divergence = 0.0 * loss_d
        return ops.stack((loss_d, loss_g, d_real, d_fake, matched, divergence))
