"""One step of adversarial training as one compiled graph."""

from typing import Optional

import mindspore as ms
from mindspore import nn, ops

from ms_gan.losses import non_saturating_discriminator, non_saturating_generator

STATISTICS = ("loss_d", "loss_g", "d_real", "d_fake")


class TrainOneStep(nn.Cell):
    """The discriminator's update, the generator's update, the generator's average.

    The generator learns against the discriminator that has just been updated, from latents of its own. Each network has
    its own optimizer; the gradient of each loss is taken over the parameters of that optimizer alone.

    Args:
        generator, discriminator: the two networks.
        optim_g, optim_d: their optimizers.
        average: a MovingAverage of the generator, or None.

    Inputs:
        images: (N, C, H, W), float32 in [-1, 1].
        latents_d, latents_g: (N, latent width), float32, for the two updates.

    Outputs:
        float32 (4,): STATISTICS: both losses before their updates, and the mean D(x) and D(G(z)) of the
        discriminator's update.
    """

    def __init__(
        self, generator: nn.Cell, discriminator: nn.Cell, optim_g: nn.Cell, optim_d: nn.Cell, average: Optional[nn.Cell]
    ):
        super().__init__(auto_prefix=False)
        self.generator = generator
        self.discriminator = discriminator
        self.optim_g = optim_g
        self.optim_d = optim_d
        self.average = average
        self.step = ms.Parameter(ms.Tensor(0.0, ms.float32), name="step", requires_grad=False)
        self.grad_d = ms.value_and_grad(self.discriminator_loss, None, optim_d.parameters, has_aux=True)
        self.grad_g = ms.value_and_grad(self.generator_loss, None, optim_g.parameters)

    def discriminator_loss(self, images, fakes):
        # One pass over both halves: no layer of the discriminator mixes the images of a batch.
        logits = self.discriminator(ops.concat((images, fakes)))
        real_logits, fake_logits = logits[: images.shape[0]], logits[images.shape[0] :]
        return non_saturating_discriminator(real_logits, fake_logits), real_logits, fake_logits

    def generator_loss(self, latents):
        return non_saturating_generator(self.discriminator(self.generator(latents)))

    def construct(self, images, latents_d, latents_g):
        fakes = ops.stop_gradient(self.generator(latents_d))
        (loss_d, real_logits, fake_logits), gradients = self.grad_d(images, fakes)
        self.optim_d(gradients)
        loss_g, gradients = self.grad_g(latents_g)
        self.optim_g(gradients)
        if self.average is not None:
            self.average(self.step)
        ops.assign(self.step, self.step + 1.0)
        return ops.stack((loss_d, loss_g, ops.sigmoid(real_logits).mean(), ops.sigmoid(fake_logits).mean()))
