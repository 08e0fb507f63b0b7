"""What an attack increases: a number for each picture that is larger the more the classifier errs."""

import mindspore as ms
from mindspore import nn, ops

from ms_gan.models.layers import total

LARGE = 1e4  # more than logits differ
NAMES = ("cross_entropy", "margin")


class AtLargest(nn.Cell):
    """(N, K), float32, 1 at the largest of logits (N, K) and 0 elsewhere; a constant to the gradient."""

    def __init__(self):
        super().__init__(auto_prefix=False)
        self.first = ops.Argmax(axis=1)
        self.one_hot, self.on, self.off = ops.OneHot(), ms.Tensor(1.0, ms.float32), ms.Tensor(0.0, ms.float32)

    def construct(self, logits):
        place = self.first(ops.stop_gradient(logits))
        return ops.stop_gradient(self.one_hot(place, logits.shape[1], self.on, self.off))


class Objective(nn.Cell):
    """What an attack goes up.

    Args:
        name: cross_entropy (Goodfellow et al. 2015, arXiv:1412.6572), or margin, the logits' difference of Carlini and
            Wagner 2017 (arXiv:1608.04644, section V, f6).
        targeted: whether the given class is the one to be taken for, not the true one.
        confidence: margin: kappa, by how much the wrong logit should lead before nothing more is gained.

    Inputs:
        logits: (N, K), float32; hot: (N, K), float32, 1 at the given class and 0 elsewhere.

    Outputs:
        (N,), float32.
    """

    def __init__(self, name: str, targeted: bool = False, confidence: float = 0.0):
        super().__init__(auto_prefix=False)
        self.is_margin, self.sign, self.confidence = name == "margin", -1.0 if targeted else 1.0, confidence
        self.cross_entropy = nn.SoftmaxCrossEntropyWithLogits(sparse=False, reduction="none")
        self.at_largest = AtLargest()

    def construct(self, logits, hot):
        if not self.is_margin:
            return self.sign * self.cross_entropy(logits, hot)
        # The largest of the other logits, by its place: the gradient of a maximum has no kernel for GPUs.
        given, other = total(logits * hot, 1), total(logits * self.at_largest(logits - LARGE * hot), 1)
        return ops.minimum(self.sign * (other - given), self.confidence)


class FoolingLoss(nn.Cell):
    """Carlini and Wagner's loss, to be decreased: max(f_y - max_{i != y} f_i, -kappa) on average over pictures.

    y is what the classifier takes the clean picture for; with a target it is the margin of the others over the target.

    Args:
        logits: images (N, C, H, W) to logits (N, K), with fixed weights.
        target: the class to be taken for; None: any but y.
        confidence: kappa.

    Inputs:
        attacked, clean: (N, C, H, W), float32 in [-1, 1].

    Outputs:
        a scalar, float32.
    """

    def __init__(self, logits: nn.Cell, target=None, confidence: float = 0.0):
        super().__init__(auto_prefix=False)
        self.logits, self.target = logits, target
        self.objective = Objective("margin", target is not None, confidence)
        self.at_largest = AtLargest()
        self.one_hot, self.on, self.off = ops.OneHot(), ms.Tensor(1.0, ms.float32), ms.Tensor(0.0, ms.float32)

    def construct(self, attacked, clean):
        logits = self.logits(attacked)
        if self.target is None:
            hot = self.at_largest(self.logits(clean))
        else:
            given = ops.zeros((logits.shape[0],), ms.int32) + self.target
            hot = self.one_hot(given, logits.shape[1], self.on, self.off)
        return -self.objective(logits, ops.stop_gradient(hot)).mean()
