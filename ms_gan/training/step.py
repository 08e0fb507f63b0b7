"""One step of adversarial training as one compiled graph."""

from typing import Any, Optional

import mindspore as ms
from mindspore import nn, ops

from ms_gan.losses import binary_cross_entropy

STATISTICS = ("loss_d", "loss_g", "d_real", "d_fake")


class TrainOneStep(nn.Cell):
    """The discriminator's updates, the generator's update, the generator's average.

    The generator learns against the discriminator that has just been updated. Each network has its own optimizer; the
    gradient of each loss is taken over the parameters of that optimizer alone.

    Args:
        generator, discriminator: the two networks.
        optim_g, optim_d: their optimizers.
        average: a MovingAverage of the generator, or None.
        procedure: a ProcedureConfig.

    Inputs:
        images: (d_steps * N, C, H, W), float32 in [-1, 1].
        latents_d: (d_steps * N, latent width), float32, for the discriminator's updates.
        latents_g: (N, latent width), float32, for the generator's; unused where the fakes are shared.
        label_noise: (d_steps, 2, N, 1), float32, added to the labels of real and of generated images, or None.
        masks: (2 * d_steps + 1, N, features), float32, dropout of the discriminator: for real and generated images of
            each of its updates, and for the generator's; or None.

    Outputs:
        float32 (4,): STATISTICS: both losses before their updates, and the mean probabilities of being real that the
        discriminator gave real and generated images before its last update.
    """

    def __init__(
        self,
        generator: nn.Cell,
        discriminator: nn.Cell,
        optim_g: nn.Cell,
        optim_d: nn.Cell,
        average: Optional[nn.Cell],
        procedure: Any,
    ):
        super().__init__(auto_prefix=False)
        self.generator = generator
        self.discriminator = discriminator
        self.optim_g = optim_g
        self.optim_d = optim_d
        self.average = average
        self.step = ms.Parameter(ms.Tensor(0.0, ms.float32), name="step", requires_grad=False)
        self.d_steps = procedure.d_steps
        self.weight = 1.0 if procedure.loss == "sum" else 0.5
        self.sign = 1.0 if procedure.positive == "real" else -1.0
        self.real_label = 1.0 if procedure.positive == "real" else 0.0
        self.fake_label = 1.0 - self.real_label
        self.smoothed_label = self.real_label - self.sign * procedure.label_smoothing
        self.one_pass = not getattr(discriminator, "mixes_batch", False)
        self.grad_d = ms.value_and_grad(self.discriminator_loss, None, optim_d.parameters, has_aux=True)
        self.grad_g = ms.value_and_grad(self.generator_loss, None, optim_g.parameters)

    def judge(self, images, mask):
        """Logits of images; the mask where the discriminator has dropout."""
        return self.discriminator(images) if mask is None else self.discriminator(images, mask)

    def discriminator_loss(self, images, fakes, label_noise, masks):
        """Cross-entropy over real and generated images, and the logits of both."""
        if self.one_pass:
            # No layer mixes the images of a batch, so that both halves can share one pass.
            mask = None if masks is None else masks.reshape((-1, masks.shape[-1]))
            logits = self.judge(ops.concat((images, fakes)), mask)
            real_logits, fake_logits = logits[: images.shape[0]], logits[images.shape[0] :]
        else:
            real_logits = self.judge(images, None if masks is None else masks[0])
            fake_logits = self.judge(fakes, None if masks is None else masks[1])
        real_labels, fake_labels = self.smoothed_label, self.fake_label
        if label_noise is not None:
            real_labels, fake_labels = real_labels + label_noise[0], fake_labels + label_noise[1]
        loss = binary_cross_entropy(real_logits, real_labels) + binary_cross_entropy(fake_logits, fake_labels)
        return self.weight * loss, real_logits, fake_logits

    def fooling_loss(self, fakes, mask):
        """The generator's loss as a function of its images."""
        return binary_cross_entropy(self.judge(fakes, mask), self.real_label)

    def generator_loss(self, latents, mask):
        """The generator's loss as a function of its latents."""
        return self.fooling_loss(self.generator(latents), mask)

    def update_discriminator(self, images, fakes, label_noise, masks):
        """One update; returns the loss and the mean probabilities of being real, of real and of generated images."""
        (loss, real_logits, fake_logits), gradients = self.grad_d(images, fakes, label_noise, masks)
        self.optim_d(gradients)
        return loss, ops.sigmoid(self.sign * real_logits).mean(), ops.sigmoid(self.sign * fake_logits).mean()

    def part(self, tensor, index):
        """The `index`-th of d_steps equal parts of a batch."""
        if self.d_steps == 1:
            return tensor  # MindSpore copies a slice number by number, in one thread, a whole one too
        size = tensor.shape[0] // self.d_steps
        return tensor[index * size : (index + 1) * size]

    def finish(self, loss_d, loss_g, d_real, d_fake):
        """The average and the count of steps; returns the statistics."""
        if self.average is not None:
            self.average(self.step)
        ops.assign(self.step, self.step + 1.0)
        return ops.stack((loss_d, loss_g, d_real, d_fake))

    def construct(self, images, latents_d, latents_g, label_noise=None, masks=None):
        loss_d, d_real, d_fake = 0.0, 0.0, 0.0
        for i in range(self.d_steps):
            fakes = ops.stop_gradient(self.generator(self.part(latents_d, i)))
            loss_d, d_real, d_fake = self.update_discriminator(
                self.part(images, i),
                fakes,
                None if label_noise is None else label_noise[i],
                None if masks is None else masks[2 * i : 2 * i + 2],
            )
        loss_g, gradients = self.grad_g(latents_g, None if masks is None else masks[2 * self.d_steps])
        self.optim_g(gradients)
        return self.finish(loss_d, loss_g, d_real, d_fake)


class SharedFakesStep(TrainOneStep):
    """The same with one batch of generated images for both updates: the generator runs forward once."""

    def __init__(self, *parts: Any):
        super().__init__(*parts)
        if self.d_steps != 1:
            raise ValueError(f"shared fakes serve one update of the discriminator, not {self.d_steps}")
        self.grad_fakes = ms.value_and_grad(self.fooling_loss, 0)

    def construct(self, images, latents_d, latents_g, label_noise=None, masks=None):
        fakes, pull_back = ms.vjp(self.generator, latents_d, weights=self.optim_g.parameters)
        loss_d, d_real, d_fake = self.update_discriminator(
            images,
            ops.stop_gradient(fakes),
            None if label_noise is None else label_noise[0],
            None if masks is None else masks[:2],
        )
        loss_g, slope = self.grad_fakes(fakes, None if masks is None else masks[2])
        _, gradients = pull_back(slope)
        self.optim_g(gradients)
        return self.finish(loss_d, loss_g, d_real, d_fake)
