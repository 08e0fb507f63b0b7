"""Dynamic loss scaling, for gradients in float16: Micikevicius et al. 2017 (arXiv:1710.03740), section 3.2."""

import mindspore as ms
from mindspore import nn, ops

from ms_gan.models.layers import clamped

START_SCALE = 2.0**15
SCALE_LIMIT = 2.0**24  # gradients that vanish must not let the scale grow until the loss overflows
PATIENCE_UPDATES = 2000  # updates in a row without an overflow, after which the scale is doubled


def scaled(loss, scale):
    """A loss times its scale, or as it is where there is no scale."""
    return loss if scale is None else loss * scale


def unscaled(loss, scale):
    """The inverse of `scaled`; exact, for a scale is a power of two."""
    return loss if scale is None else loss / scale


class LossScale(nn.Cell):
    """An optimizer of a scaled loss.

    float16 holds nothing above 65,504 and nothing below 6e-8, as many gradients are. Those of the loss times `scale`
    are large enough, and are divided by it again in float32. Where one overflows nothing is updated, neither parameters
    nor what the optimizer keeps, and the scale is halved; after PATIENCE_UPDATES updates in a row it is doubled.

    Checkpoints are to be restored before the first step: what `set_data` later puts into a Parameter that a branch of a
    compiled graph updates does not reach that graph (MindSpore 2.8 to 2.10).

    Args:
        optimizer: an Optimizer.
        prefix: first part of the names of the scale's own parameters, such as `loss_scale_g.`.

    Inputs:
        gradients: of the scaled loss, float32, a tuple, one for each of the optimizer's parameters.

    Outputs:
        whether the parameters were updated.
    """

    def __init__(self, optimizer: nn.Cell, prefix: str):
        super().__init__(auto_prefix=False)
        self.optimizer = optimizer
        self.parameters = optimizer.parameters
        self.scale = ms.Parameter(ms.Tensor(START_SCALE, ms.float32), name=f"{prefix}scale", requires_grad=False)
        self.good_updates = ms.Parameter(ms.Tensor(0.0, ms.float32), name=f"{prefix}good_updates", requires_grad=False)

        self.patience = ms.Tensor(PATIENCE_UPDATES, ms.float32)
        self.all = ops.ReduceAll()

    def construct(self, gradients):
        finite = self.all_finite(gradients)
        if finite:
            self.optimizer([gradient / self.scale for gradient in gradients])
        self.adjust(finite)
        return finite

    def all_finite(self, gradients):
        """Whether no number of the gradients has overflown; `ms.amp.all_finite` has an op without a kernel for GPUs."""
        finite = self.all(ops.isfinite(gradients[0]))
        for i in range(1, len(gradients)):
            finite = ops.logical_and(finite, self.all(ops.isfinite(gradients[i])))
        return finite

    def adjust(self, finite):
        """Halve the scale after an overflow, double it after PATIENCE_UPDATES good updates."""
        good = (self.good_updates + 1.0) * finite.astype(ms.float32)
        patient = ops.equal(good, self.patience)
        factor = ops.select(finite, 1.0 + patient.astype(ms.float32), 0.5)
        ops.assign(self.scale, clamped(self.scale * factor, 1.0, SCALE_LIMIT))
        ops.assign(self.good_updates, ops.select(patient, 0.0, good))
