"""One step of adversarial training as one compiled graph."""

from typing import Any, NamedTuple, Optional

import mindspore as ms
from mindspore import nn, ops

from ms_gan.config.sections import UNDECIDED
from ms_gan.training.adversarial.judge import Judge, of_discriminator, of_generator, of_reals
from ms_gan.training.adversarial.losses import OBJECTIVES
from ms_gan.training.loss_scale import scaled, unscaled


class Parts(NamedTuple):
    """What a step ties together.

    Attributes:
        generator: latents to images.
        judge: the discriminator's logits of images. With an adaptation of its augmentation p and the mean sign of the
            logits of real images follow the four statistics.
        optim_g, optim_d: their optimizers; with `scale`, as LossScale has it, the losses are differentiated scaled.
        procedure: a ProcedureConfig.
        count: an int32 parameter that counts steps.
        penalties: Penalties to add to the discriminator's loss, or None.
        clipping: WeightClipping to follow each of the discriminator's updates, or None.
        terms: (fakes, images, pictures, labels) to a scalar that is added to the generator's loss, or None. Its value
            follows the four statistics.
        shows_pictures: whether the discriminator sees what the generator is given, beside the image: pictures then
            stand in the place of labels.
        verdict: weight of the generator's objective beside the terms.
    """

    generator: nn.Cell
    judge: Judge
    optim_g: nn.Cell
    optim_d: nn.Cell
    procedure: Any
    count: ms.Parameter
    penalties: Optional[nn.Cell] = None
    clipping: Optional[nn.Cell] = None
    terms: Optional[nn.Cell] = None
    shows_pictures: bool = False
    verdict: float = 1.0


class TrainOneStep(nn.Cell):
    """The discriminator's updates, then the generator's update.

    The generator learns against the discriminator that has just been updated. Each network has its own optimizer; the
    gradient of each loss is taken over the parameters of that optimizer alone.

    Args:
        parts: what it ties together.

    Inputs:
        images: (d_steps * N, C, H, W), float32 in [-1, 1].
        latents_d: (d_steps * N, latent width), float32, for the discriminator's updates.
        latents_g: (N, latent width), float32, for the generator's; None or unused where the fakes are shared.
        label_noise: (d_steps, 2, N, 1), float32, added to the labels of real and of generated images, or None.
        masks, noise, augmentation: (passes, N, ...), float32, dropout, instance noise and augmentation of the images in
            each of the discriminator's passes, in the order of judge.passes_of; each None where it has no use.
        interpolation: (d_steps, N, 1, 1, 1), float32, of the gradient penalty, or None.
        labels: (d_steps * N,), int32, the classes of the images, or None.
        labels_d: (d_steps * N,), int32, given to the generator beside latents_d, and to the discriminator with what it
            made of them, or None.
        labels_g: (N,), int32, beside latents_g, or None.
        pictures: (d_steps * N, C, H, W), float32, given to the generator in place of latents, or None. The generator's
            update is given the pictures of the discriminator's last one. Where the parts say so the discriminator sees
            them too, beside real images and beside what was made of them.

    Outputs:
        float32 (4,), or (5,) with terms, or (6,) with an adaptation: both objectives before their updates, without
        penalties, and the means of the logits' sigmoids, of real and of generated images, before the discriminator's
        last update; then the terms, or p and the mean sign of the logits of real images before that update.
    """

    def __init__(self, parts: Parts):
        super().__init__(auto_prefix=False)
        procedure, optim_g, optim_d = parts.procedure, parts.optim_g, parts.optim_d
        self.generator, self.judge = parts.generator, parts.judge
        self.optim_g, self.optim_d = optim_g, optim_d
        self.scale_g, self.scale_d = getattr(optim_g, "scale", None), getattr(optim_d, "scale", None)
        self.penalties, self.clipping, self.terms = parts.penalties, parts.clipping, parts.terms
        self.step = parts.count
        self.d_steps = procedure.d_steps
        self.adaptation, self.adapts = parts.judge.adaptation, parts.judge.adaptation is not None
        self.undecided = UNDECIDED.get(procedure.objective, 0.0)
        self.shows_pictures, self.verdict = parts.shows_pictures, parts.verdict
        objective = OBJECTIVES[procedure.objective]
        self.objective_d, self.objective_g = objective.discriminator, objective.generator
        self.has_labels, self.paired = objective.has_labels, objective.paired
        self.weight = 1.0 if procedure.loss == "sum" else 0.5
        self.reconstructs = parts.judge.discriminator.reconstructs
        self.tells_classes, self.class_weight = parts.judge.discriminator.tells_classes, procedure.class_weight
        self.cross_entropy = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
        self.sign = 1.0 if procedure.positive == "real" else -1.0
        self.real_label = 1.0 - procedure.label_smoothing
        self.grad_d = ms.value_and_grad(self.discriminator_loss, None, optim_d.parameters, has_aux=True)
        self.grad_g = ms.value_and_grad(self.generator_loss, None, optim_g.parameters)
        self.grad_g_terms = ms.value_and_grad(self.loss_with_terms, None, optim_g.parameters, has_aux=True)

    def turned(self, logits):
        """Logits whose larger values mean "real", whichever class is the positive one."""
        return logits if self.sign == 1.0 else -logits

    def condition(self, labels, pictures):
        """What the discriminator is given beside images: labels (N,), or pictures (N, C, H, W), or None."""
        return pictures if self.shows_pictures else labels

    def discriminator_loss(self, images, fakes, label_noise, aids, interpolation, labels=None, fake_labels=None):
        """The discriminator's loss, scaled; then the objective alone, and the logits of real and generated images."""
        more = 0.0
        if self.reconstructs:
            real, fake, more = self.judge.reconstructing(images, fakes, aids, self.steps())
        else:
            real, fake = self.judge.both(images, fakes, aids, self.steps(), labels, fake_labels)
        if self.tells_classes:
            (real, real_classes), (fake, fake_classes) = real, fake
            more = self.cross_entropy(real_classes, labels) + self.cross_entropy(fake_classes, fake_labels)
        real, fake = self.turned(real), self.turned(fake)
        if self.has_labels:
            real_label, fake_label = self.real_label, 0.0
            if label_noise is not None:
                real_label = real_label + self.sign * label_noise[0]
                fake_label = fake_label + self.sign * label_noise[1]
            objective = self.weight * self.objective_d(real, fake, real_label, fake_label)
        else:
            objective = self.weight * self.objective_d(real, fake)
        loss = objective + self.class_weight * more if self.tells_classes else objective
        if self.reconstructs:
            loss = loss + more
        if self.penalties is not None:
            loss = loss + self.penalties(images, fakes, interpolation, aids[0], labels, fake_labels)
        return scaled(loss, self.scale_d), objective, real, fake

    def fooling_loss(self, fakes, own, real, labels=None):
        """The generator's loss, scaled, as a function of its images; `real`: logits of real ones, or None."""
        logits = self.judge(fakes, own, self.steps(), labels)
        more = 0.0
        if self.tells_classes:
            logits, classes = logits
            more = self.class_weight * self.cross_entropy(classes, labels)
        loss = self.objective_g(self.turned(logits), real)
        return scaled(loss + more if self.tells_classes else loss, self.scale_g)

    def made(self, given, labels=None):
        """What the generator makes of latents, of latents and labels, or of pictures."""
        return self.generator(given) if labels is None else self.generator(given, labels)

    def generator_loss(self, given, own, real, labels=None, pictures=None):
        """The generator's loss, scaled, as a function of what it is given: latents, or the pictures."""
        return self.fooling_loss(self.made(given, labels), own, real, self.condition(labels, pictures))

    def loss_with_terms(self, given, own, real, labels, pictures, images):
        """The generator's loss with the terms, scaled; then the objective, scaled, and the terms."""
        return self.fooling_with_terms(self.made(given, labels), own, real, labels, pictures, images)

    def fooling_with_terms(self, fakes, own, real, labels, pictures, images):
        """The same as a function of the generator's images."""
        objective = self.fooling_loss(fakes, own, real, self.condition(labels, pictures))
        terms = self.terms(fakes, images, pictures, labels)
        return self.verdict * objective + scaled(terms, self.scale_g), objective, terms

    def update_discriminator(self, images, fakes, label_noise, aids, interpolation, labels=None, fake_labels=None):
        """One update; returns the objective, the means of the logits' sigmoids, of real and generated images, and r."""
        (_, objective, real, fake), gradients = self.grad_d(
            images, fakes, label_noise, aids, interpolation, labels, fake_labels
        )
        self.apply_discriminator(gradients)
        return (
            objective,
            ops.sigmoid(real).mean(),
            ops.sigmoid(fake).mean(),
            self.mean_sign(real) if self.adapts else 0.0,
        )

    def mean_sign(self, real):
        """r, the mean sign of logits of real images: 1 where the discriminator is right about all of them."""
        return ops.sign(real - self.undecided).mean()

    def apply_discriminator(self, gradients):
        """What follows once the discriminator's gradients are known."""
        self.optim_d(gradients)
        if self.clipping is not None:
            self.clipping()

    def reals_beside(self, images, aids, labels):
        """Logits of real images to compare generated ones with, or None where the objective does not.

        `labels`: what the discriminator is given beside the images of all updates.
        """
        if not self.paired:
            return None
        last = self.d_steps - 1
        return self.logits_beside(self.part(images, last), of_reals(aids, self.d_steps), self.part(labels, last))

    def logits_beside(self, images, own, labels=None):
        """Logits of real images to compare generated ones with."""
        logits = self.judge(images, own, self.steps(), labels)
        return ops.stop_gradient(self.turned(logits[0] if self.tells_classes else logits))

    def part(self, tensor, index):
        """The `index`-th of d_steps equal parts of a batch."""
        if tensor is None or self.d_steps == 1:
            return tensor  # MindSpore copies a slice number by number, in one thread, a whole one too
        size = tensor.shape[0] // self.d_steps
        return tensor[index * size : (index + 1) * size]

    def steps(self):
        """How many steps came before this one, a float32 scalar."""
        return self.step.astype(ms.float32)

    def finish(self, loss_d, loss_g, d_real, d_fake, sign, terms=None):
        """The count of steps, and p for the next one; returns the statistics."""
        ops.assign(self.step, self.step + 1)
        loss_g = unscaled(loss_g, self.scale_g)
        if self.adapts:
            return ops.stack((loss_d, loss_g, d_real, d_fake, self.adaptation(sign), sign))
        return ops.stack((loss_d, loss_g, d_real, d_fake) if terms is None else (loss_d, loss_g, d_real, d_fake, terms))

    def construct(
        self, images, latents_d, latents_g, label_noise=None, masks=None, noise=None, augmentation=None,
        interpolation=None, labels=None, labels_d=None, labels_g=None, pictures=None,
    ):  # fmt: skip
        aids = (masks, noise, augmentation)
        loss_d, d_real, d_fake, sign = 0.0, 0.0, 0.0, 0.0
        beside, beside_fakes = self.condition(labels, pictures), self.condition(labels_d, pictures)
        given = latents_d if pictures is None else pictures
        for i in range(self.d_steps):
            fakes = self.made(self.part(given, i), self.part(labels_d, i))
            loss_d, d_real, d_fake, sign = self.update_discriminator(
                self.part(images, i),
                ops.stop_gradient(fakes),
                None if label_noise is None else label_noise[i],
                of_discriminator(aids, i),
                None if interpolation is None else interpolation[i],
                self.part(beside, i),
                self.part(beside_fakes, i),
            )
        own, real = of_generator(aids, self.d_steps), self.reals_beside(images, aids, beside)
        last = self.d_steps - 1
        pictures = self.part(pictures, last)
        given = latents_g if pictures is None else pictures
        if self.terms is None:
            loss_g, gradients = self.grad_g(given, own, real, labels_g, pictures)
            self.optim_g(gradients)
            return self.finish(loss_d, loss_g, d_real, d_fake, sign)
        (_, loss_g, terms), gradients = self.grad_g_terms(given, own, real, labels_g, pictures, self.part(images, last))
        self.optim_g(gradients)
        return self.finish(loss_d, loss_g, d_real, d_fake, sign, terms)


class SharedFakesStep(TrainOneStep):
    """The same with one batch of generated images (N, C, H, W) for both updates: the generator runs forward once.

    In PyNative mode MindSpore 2.8 runs it a second time for `vjp`, which moves the statistics of its BatchNorms twice.
    """

    def __init__(self, parts: Parts):
        super().__init__(parts)
        if self.d_steps != 1:
            raise ValueError(f"shared fakes serve one update of the discriminator, not {self.d_steps}")
        self.grad_fakes = ms.value_and_grad(self.fooling_loss, 0)
        self.grad_fakes_terms = ms.value_and_grad(self.fooling_with_terms, 0, has_aux=True)

    def construct(
        self, images, latents_d, latents_g, label_noise=None, masks=None, noise=None, augmentation=None,
        interpolation=None, labels=None, labels_d=None, labels_g=None, pictures=None,
    ):  # fmt: skip
        aids = (masks, noise, augmentation)
        beside, beside_fakes = self.condition(labels, pictures), self.condition(labels_d, pictures)
        fakes, pull_back = self.made_and_gradient(latents_d if pictures is None else pictures, labels_d)
        loss_d, d_real, d_fake, sign = self.update_discriminator(
            images,
            ops.stop_gradient(fakes),
            None if label_noise is None else label_noise[0],
            of_discriminator(aids, 0),
            None if interpolation is None else interpolation[0],
            beside,
            beside_fakes,
        )
        own, real = of_generator(aids, 1), self.reals_beside(images, aids, beside)
        if self.terms is None:
            loss_g, slope = self.grad_fakes(fakes, own, real, beside_fakes)
            _, gradients = pull_back(slope)
            self.optim_g(gradients)
            return self.finish(loss_d, loss_g, d_real, d_fake, sign)
        (_, loss_g, terms), slope = self.grad_fakes_terms(fakes, own, real, labels_d, pictures, images)
        _, gradients = pull_back(slope)
        self.optim_g(gradients)
        return self.finish(loss_d, loss_g, d_real, d_fake, sign, terms)

    def made_and_gradient(self, given, labels):
        """The generator's images, and the function from their gradient to that of its parameters."""
        if labels is None:
            return ms.vjp(self.generator, given, weights=self.optim_g.parameters)
        return ms.vjp(self.generator, given, labels, weights=self.optim_g.parameters)
