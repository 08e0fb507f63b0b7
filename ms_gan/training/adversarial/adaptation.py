"""Adaptive discriminator augmentation: the probability of a change of the images follows the overfitting."""

from typing import Optional

import mindspore as ms
from mindspore import nn, ops

from ms_gan.models.layers import clamped

EVERY_STEPS = 4  # between two changes of p


class Adaptation(nn.Cell):
    """p, the probability with which each change is made to an image: Karras et al. 2020 (arXiv:2006.06676), section 3.

    r = E sign(D(x)) over the real images of four steps is near 0 where D cannot tell real images from generated ones,
    and near 1 where it knows them by heart. After every fourth step p rises by a fixed step where r is above its
    target, falls where it is below, and stays within [0, 1]; the paper's code lets p exceed 1, where every change is
    made anyway. p, the sum of the signs and the count of its steps are parameters: they lie in checkpoints.

    Args:
        target: of r; 0.6 in the paper.
        step: how far p moves at once: EVERY_STEPS * images of a step / images in which it can go from 0 to 1, of which
            there are 500,000 in the paper.
        workers: how many train together; r is the mean over all of them, so that their p is the same.

    Inputs:
        sign: the mean sign of this worker's D(x) in this step, a scalar.

    Outputs:
        p for the next step, a scalar.
    """

    def __init__(self, target: float, step: float, workers: int = 1):
        super().__init__(auto_prefix=False)
        self.target, self.step, self.share = target, step, 1.0 / workers
        self.sum: Optional[nn.Cell] = ops.AllReduce() if workers > 1 else None
        self.p, self.signs, self.taken = (
            ms.Parameter(ms.Tensor(0.0, ms.float32), name=f"augment.{name}", requires_grad=False)
            for name in ("p", "signs", "taken")
        )

    def construct(self, sign):
        if self.sum is not None:
            sign = self.share * self.sum(sign)
        signs, taken = self.signs + sign, self.taken + 1.0
        due = ops.equal(taken, float(EVERY_STEPS)).astype(ms.float32)
        p = clamped(self.p + due * self.step * ops.sign(signs / EVERY_STEPS - self.target), 0.0, 1.0)
        ops.assign(self.p, p)
        ops.assign(self.signs, (1.0 - due) * signs)
        ops.assign(self.taken, (1.0 - due) * taken)
        return p
