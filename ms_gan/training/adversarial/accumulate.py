"""A step whose gradients are gathered from parts of its batch, one after another, so that one part fits in memory."""

from typing import List

import mindspore as ms
from mindspore import ops

from ms_gan.training.adversarial.judge import passes_of
from ms_gan.training.adversarial.step import Parts, TrainOneStep
from ms_gan.training.loss_scale import unscaled


def _added(totals, gradients, weight):
    """totals + weight * gradients, one by one."""
    added = ()
    for i in range(len(totals)):
        added += (totals[i] + weight * gradients[i],)
    return added


class DiscriminatorGradients(TrainOneStep):
    """Adds one part's gradients of the discriminator's loss.

    Inputs:
        weight: of this part, a float32 scalar.
        images, latents, label_noise, masks, noise, augmentation, interpolation, labels, fake_labels, pictures: of this
            part, as TrainOneStep has them for an update.
        sums: float32 (3,), of the parts before: the objective and the means of the logits' sigmoids; (4,) with the mean
            sign of those of real images where the augmentation adapts.
        totals: of the parts before. Not a tuple, for which MindSpore would compile anew in each call.

    Outputs:
        sums and totals with this part in them.
    """

    def construct(
        self, weight, images, latents, label_noise, masks, noise, augmentation, interpolation, labels, fake_labels,
        pictures, sums, *totals,
    ):  # fmt: skip
        fakes = ops.stop_gradient(self.made(latents if pictures is None else pictures, fake_labels))
        (_, objective, real, fake), gradients = self.grad_d(
            images, fakes, label_noise, (masks, noise, augmentation), interpolation,
            self.condition(labels, pictures), self.condition(fake_labels, pictures),
        )  # fmt: skip
        statistics = (objective, ops.sigmoid(real).mean(), ops.sigmoid(fake).mean())
        statistics = ops.stack((*statistics, self.mean_sign(real)) if self.adapts else statistics)
        return sums + weight * statistics, *_added(totals, gradients, weight)


class DiscriminatorUpdate(TrainOneStep):
    """One update of the discriminator by gathered gradients, of its parameters' shapes; returns True when done."""

    def construct(self, *gradients):
        self.apply_discriminator(gradients)
        return True


class GeneratorGradients(TrainOneStep):
    """Adds one part's gradients of the generator's loss.

    Inputs:
        weight: of this part, a float32 scalar.
        latents, masks, noise, augmentation: of this part, as TrainOneStep has them for the generator's update.
        labels: beside the latents, or None.
        images, real_labels: real ones where the objective is paired, images where there are terms too, or None.
        pictures: in place of the latents, or None.
        sums: float32 (2,), of the parts before: the loss, and the terms.
        totals: of the parts before.

    Outputs:
        sums and totals with this part in them.
    """

    def construct(
        self, weight, latents, masks, noise, augmentation, labels, images, real_labels, pictures, sums, *totals
    ):
        aids = (masks, noise, augmentation)
        real, own = None, passes_of(aids, 0, 1)
        if self.paired:
            real = self.logits_beside(images, passes_of(aids, 1, 1), self.condition(real_labels, pictures))
        given = latents if pictures is None else pictures
        if self.terms is None:
            loss, gradients = self.grad_g(given, own, real, labels, pictures)
            terms = ops.zeros_like(loss)
        else:
            (_, loss, terms), gradients = self.grad_g_terms(given, own, real, labels, pictures, images)
        more = ops.stack((unscaled(loss, self.scale_g), terms))
        return sums + weight * more, *_added(totals, gradients, weight)


class GeneratorUpdate(TrainOneStep):
    """The generator's update by gathered gradients, the count of steps, and p; returns the statistics, (4,) to (6,)."""

    def construct(self, sums, own, *gradients):
        self.optim_g(gradients)
        ops.assign(self.step, self.step + 1)
        statistics = (sums[0], own[0], sums[1], sums[2])
        if self.adapts:
            return ops.stack((*statistics, self.adaptation(sums[3]), sums[3]))
        return ops.stack(statistics if self.terms is None else (*statistics, own[1]))


class AccumulatedStep:
    """The updates of TrainOneStep by the means of parts' gradients, one compiled part after another.

    The generator makes its images anew for its own gradients, where the fakes are shared too: those of all parts would
    have to be kept otherwise. What looks at a batch as a whole sees a part of it: BatchNorm normalises by a part's
    statistics and moves its running ones once a part, spectral normalisation iterates once a part. Without those two
    the updates are the whole batch's, within rounding.

    Args:
        parts: those of TrainOneStep.

    Inputs:
        updates: for each of the discriminator's updates a list of its parts, the inputs of DiscriminatorGradients.
        own: the generator's parts, the inputs of GeneratorGradients.

    Outputs:
        float32 (4,) to (6,), as of TrainOneStep.
    """

    def __init__(self, parts: Parts):
        kinds = DiscriminatorGradients, DiscriminatorUpdate, GeneratorGradients, GeneratorUpdate
        self._gather_d, self._update_d, self._gather_g, self._update_g = (kind(parts).set_train() for kind in kinds)
        self._sums = 4 if parts.judge.adaptation is not None else 3
        self._zeros_d, self._zeros_g = (
            tuple(ops.zeros_like(parameter) for parameter in optimizer.parameters)
            for optimizer in (self._update_d.optim_d, self._update_g.optim_g)
        )

    def get_parameters(self) -> List[ms.Parameter]:
        """Everything that training changes."""
        return list(self._update_g.get_parameters())

    def __call__(self, updates: List, own: List) -> ms.Tensor:
        weight = ms.Tensor(1 / len(own), ms.float32)
        for parts in updates:
            sums, totals = ops.zeros(self._sums, ms.float32), self._zeros_d
            for inputs in parts:
                sums, *totals = self._gather_d(weight, *inputs, sums, *totals)
            self._update_d(*totals)
        own_sums, totals = ops.zeros(2, ms.float32), self._zeros_g
        for inputs in own:
            own_sums, *totals = self._gather_g(weight, *inputs, own_sums, *totals)
        return self._update_g(sums, own_sums, *totals)
