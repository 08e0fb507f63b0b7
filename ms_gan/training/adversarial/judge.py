"""The discriminator's inputs (noise, augmentation, dropout) and its logits."""

from typing import Any, Optional, Tuple

from mindspore import nn, ops

from ms_gan.training.adversarial.augment import Augmentation
from ms_gan.training.adversarial.regularisers import (
    GradientPenalty,
    ZeroCentredPenalty,
    instance_noise,
    judged,
    lazy_weight,
)


def passes_of(aids, first: int, count: int):
    """The masks, noise and augmentation of some of a step's passes, each (count, N, ...) or None.

    The discriminator sees images in passes: real and generated ones in each of its updates, in this order, then
    generated ones in the generator's update, and real ones there too where the objective compares the two.

    Args:
        aids: (masks, noise, augmentation), each (passes, N, ...) or None.
        first, count: which passes.
    """
    masks, noise, augmentation = aids
    return (
        None if masks is None else masks[first : first + count],
        None if noise is None else noise[first : first + count],
        None if augmentation is None else augmentation[first : first + count],
    )


def of_discriminator(aids, update: int):
    """Those of real and of generated images in one of the discriminator's updates, each (2, N, ...) or None."""
    return passes_of(aids, 2 * update, 2)


def of_generator(aids, updates: int):
    """Those of generated images in the generator's update, after the discriminator's, each (1, N, ...) or None."""
    return passes_of(aids, 2 * updates, 1)


def of_reals(aids, updates: int):
    """Those of real images in the generator's update, each (1, N, ...) or None."""
    return passes_of(aids, 2 * updates + 1, 1)


def _flat(tensor):
    """(passes, N, ...) as (passes * N, ...)."""
    return tensor.reshape((-1, *tensor.shape[2:]))


class Judge(nn.Cell):
    """The discriminator's logits of images, with instance noise, augmented, and with its dropout.

    Args:
        discriminator: images (N, C, H, W), a dropout mask where it has one, and labels where it learns them, to logits
            (N, 1), or to those and the classes' logits (N, K).
        config: a RegulariseConfig.
        image_shape: (C, H, W).
        adaptation: an Adaptation, whose p is the augmentation's probability; None: the configuration has it.

    Inputs:
        images: (N, C, H, W), float32.
        aids: (masks, noise, augmentation) of these images, each (passes, N / passes, ...) or None.
        step: how many steps came before this one, a float32 scalar.
        labels: (N,), int32, or None.

    Outputs:
        what the discriminator gives.
    """

    def __init__(
        self,
        discriminator: nn.Cell,
        config: Any,
        image_shape: Tuple[int, int, int],
        adaptation: Optional[nn.Cell] = None,
    ):
        super().__init__(auto_prefix=False)
        self.discriminator = discriminator
        self.noise, self.noise_steps = config.instance_noise, config.instance_noise_steps
        self.adaptation = adaptation
        p = None if config.augment_p == 1 else config.augment_p
        p = p if adaptation is None else adaptation.p
        self.augment = Augmentation(config.augment, image_shape, p) if config.augment else None
        # Where no layer mixes the images of a batch, real and generated ones can share one pass.
        self.one_pass = not discriminator.mixes_batch

    def seen(self, images, aids, step):
        """Images as the discriminator is shown them: with instance noise, augmented."""
        _, noise, augmentation = aids
        if noise is not None:
            images = instance_noise(images, _flat(noise), step, self.noise, self.noise_steps)
        if self.augment is not None:
            images = self.augment(images, _flat(augmentation))
        return images

    def construct(self, images, aids, step, labels=None):
        masks = aids[0]
        images = self.seen(images, aids, step)
        return judged(self.discriminator, images, None if masks is None else _flat(masks), labels)

    def reconstructing(self, real, fake, aids, step):
        """Its logits of real and of generated images, and the error with which it makes the real ones again."""
        logits, error = self.discriminator.reconstructed(self.seen(real, passes_of(aids, 0, 1), step))
        return logits, self.construct(fake, passes_of(aids, 1, 1), step), error

    def both(self, real, fake, aids, step, labels=None, fake_labels=None):
        """What it gives of real and of generated images; `aids` are those of the two, in this order."""
        if self.one_pass:
            count = real.shape[0]
            together = None if labels is None else ops.concat((labels, fake_labels))
            given = self.construct(ops.concat((real, fake)), aids, step, together)
            if self.discriminator.tells_classes:
                logits, classes = given
                return (logits[:count], classes[:count]), (logits[count:], classes[count:])
            return given[:count], given[count:]
        return (
            self.construct(real, passes_of(aids, 0, 1), step, labels),
            self.construct(fake, passes_of(aids, 1, 1), step, fake_labels),
        )


class Penalties(nn.Cell):
    """The sum of the gradient penalties that a RegulariseConfig asks for, each weighted for its rarity.

    They are taken of the discriminator itself: of images without noise and augmentation.

    Inputs:
        real, fake: (N, C, H, W), float32; `fake` without a gradient to the generator.
        interpolation: (N, 1, 1, 1) for the gradient penalty between the two, or None.
        masks: dropout of real and of generated images, (2, N, features), or None.
        labels, fake_labels: of real and of generated images, (N,), int32, or None. Between the two the real ones count.

    Outputs:
        a scalar.
    """

    def __init__(self, discriminator: nn.Cell, config: Any):
        super().__init__(auto_prefix=False)
        weights = [lazy_weight(w, config.every) for w in (config.gradient_penalty, config.r1, config.r2)]
        self.between = GradientPenalty(discriminator, weights[0]) if weights[0] else None
        self.at_real = ZeroCentredPenalty(discriminator, weights[1]) if weights[1] else None
        self.at_fake = ZeroCentredPenalty(discriminator, weights[2]) if weights[2] else None

    def construct(self, real, fake, interpolation, masks, labels=None, fake_labels=None):
        real_mask = None if masks is None else masks[0]
        total = 0.0
        if self.between is not None:
            total = total + self.between(real, fake, interpolation, real_mask, labels)
        if self.at_real is not None:
            total = total + self.at_real(real, real_mask, labels)
        if self.at_fake is not None:
            total = total + self.at_fake(fake, None if masks is None else masks[1], fake_labels)
        return total
