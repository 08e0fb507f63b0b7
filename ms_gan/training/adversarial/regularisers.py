"""Regularisers of the discriminator: gradient penalties, clipped weights, noise on the images.

Every random number is an argument: a step that drew its own could not be repeated when a run resumes.
"""

from typing import Callable, Sequence

import mindspore as ms
from mindspore import nn, ops

from ms_gan.models.layers import clamped, product, total


def judged(discriminator: Callable, images, mask, labels):
    """What a discriminator says of images (N, C, H, W), with a dropout mask (N, features) and labels (N,), or None."""
    if labels is not None:
        return discriminator(images, mask, labels)
    return discriminator(images) if mask is None else discriminator(images, mask)


class SlopePenalty(nn.Cell):
    """What gradient penalties share: the squared norm of the discriminator's gradient for each image.

    It is meant to be called inside a loss that `mindspore.value_and_grad` differentiates by the discriminator's
    weights; the second derivatives that this takes are exact for all layers of ms_gan.models.layers.

    The gradient is that of the sum of the logits. Where no layer mixes the images of a batch, its part for one image
    is the gradient of that image's logit. With BatchNorm in training mode a logit depends on every image; the part
    for one image is then how all logits together change with it. It is for that reason that Gulrajani et al. 2017
    (section 4) leave BatchNorm out of the discriminator. Each call is one more forward pass: running statistics and
    the vectors of spectral normalisation move on with it.

    In PyNative mode weights must have been set (`set_data`, a restored checkpoint) before the first call, which is
    compiled in that mode too: what is compiled there sees updates in place only.

    Args:
        discriminator: images (N, C, H, W), a dropout mask where it has one, and labels where it learns them, to logits
            (N, 1), or to those and the classes' logits.
    """

    def __init__(self, discriminator: Callable):
        super().__init__(auto_prefix=False)
        self.discriminator = discriminator
        self.tells_classes = getattr(discriminator, "tells_classes", False)
        self.slope = ms.grad(self.score, 0)

    def score(self, images, mask, labels):
        """The sum of the logits."""
        verdict = judged(self.discriminator, images, mask, labels)
        return total(verdict[0] if self.tells_classes else verdict)

    # Compiled in PyNative mode as well, which loses second derivatives: those behind a reshape of an activation, and
    # those of cells with a gradient of their own, such as ms_gan.models.cpu.patches.
    @ms.jit
    def squared_norms(self, images, mask, labels):
        """The squared Euclidean norm of the gradient for each image, (N, 1)."""
        slopes = self.slope(images, mask, labels).reshape((images.shape[0], -1))
        # A product: MindSpore's sums, and the broadcasts that are their gradients, run in one thread of a CPU.
        return product(slopes * slopes, ops.ones((slopes.shape[1], 1), slopes.dtype))


class GradientPenalty(SlopePenalty):
    """weight * mean of (||grad D(x)|| - 1)^2 over x between real and generated images.

    WGAN-GP: Gulrajani et al. 2017 (arXiv:1704.00028), equation 3, with x = e * real + (1 - e) * fake of algorithm 1.
    The norm is taken image by image, the mean after it.

    Args:
        discriminator: as in SlopePenalty.
        weight: lambda; 10 in the paper.

    Inputs:
        real, fake: (N, C, H, W), float32; no gradient is to reach the generator through `fake`.
        shares: e, (N, 1, 1, 1), float32 from U(0, 1), one for each pair of images.
        mask: (N, features), dropout of the discriminator, or None.
        labels: (N,), int32, of the real images, or None.

    Outputs:
        a scalar.
    """

    def __init__(self, discriminator: Callable, weight: float = 10.0):
        super().__init__(discriminator)
        self.weight = weight

    def construct(self, real, fake, shares, mask=None, labels=None):
        # The root of zero has no derivative; no float32 that is not tiny changes with 1e-12 added.
        norms = ops.sqrt(self.squared_norms(fake + shares * (real - fake), mask, labels) + 1e-12)
        return self.weight * ((norms - 1.0) * (norms - 1.0)).mean()


class ZeroCentredPenalty(SlopePenalty):
    """gamma / 2 * mean of ||grad D(x)||^2: R1 where x are real images, R2 where they are generated ones.

    Mescheder et al. 2018 (arXiv:1801.04406), equations 9 and 10.

    Args:
        discriminator: as in SlopePenalty.
        gamma: 10 in the paper's experiments on images; 0.1 to 10 are usual, less for small images.

    Inputs:
        images: (N, C, H, W), float32; generated ones without a gradient to the generator.
        mask: (N, features), dropout of the discriminator, or None.
        labels: (N,), int32, of the images, or None.

    Outputs:
        a scalar.
    """

    def __init__(self, discriminator: Callable, gamma: float = 10.0):
        super().__init__(discriminator)
        self.gamma = gamma

    def construct(self, images, mask=None, labels=None):
        return 0.5 * self.gamma * self.squared_norms(images, mask, labels).mean()


def lazy_weight(weight: float, every: int) -> float:
    """The weight of a penalty that is added in every `every`-th update only: `every` times as much.

    Karras et al. 2019 (arXiv:1912.04958), appendix B; they also adjust Adam, with c = every / (every + 1), to
    lr * c, beta1^c and beta2^c. Their `every` for R1 is 16. It is the caller who leaves the other updates out; a
    second compiled step is quicker than a branch within one.
    """
    return weight * every


class WeightClipping(nn.Cell):
    """Moves each weight into [-bound, bound], after each of the discriminator's updates.

    Arjovsky et al. 2017 (arXiv:1701.07875), algorithm 1.

    Args:
        parameters: the discriminator's.
        bound: c; 0.01 in the paper.

    Outputs:
        True, once all are clipped.
    """

    def __init__(self, parameters: Sequence[ms.Parameter], bound: float = 0.01):
        super().__init__(auto_prefix=False)
        self.parameters = ms.ParameterTuple(parameters)
        self.bound = bound

    def construct(self):
        for parameter in self.parameters:
            ops.assign(parameter, clamped(parameter, -self.bound, self.bound))
        return True


def instance_noise(images, noise, step, sigma: float, steps: float):
    """images + sigma * max(0, 1 - step / steps) * noise: real and generated images overlap, less and less.

    Arjovsky and Bottou 2017 (arXiv:1701.04862), section 3; instance noise of Sonderby et al. 2017 (arXiv:1610.04490).

    Args:
        images: (N, C, H, W), in [-1, 1].
        noise: as images, from N(0, 1).
        step: how many steps came before this one, a float32 scalar.
        sigma: standard deviation of the noise at the first step.
        steps: from which step on there is none.

    Returns:
        (N, C, H, W).
    """
    return images + sigma * clamped(1.0 - step / steps, 0.0, 1.0) * noise
