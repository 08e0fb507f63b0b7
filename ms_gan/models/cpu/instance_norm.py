"""Instance normalisation, scaling and shifting, channels last, as batched products with rows and columns of ones.

For CPUs, where means over pixels and what is broadcast along them run in one thread otherwise, several times as long
for forward and backward pass. The cells here have the parameters of those in ms_gan.models.per_image.
"""

from mindspore import nn, ops

from ms_gan.models import per_image
from ms_gan.models.cpu.rows import (
    ADD,
    exact_sum_by_image,
    exactly_on_every_row_of_an_image,
    on_every_row_of_an_image,
    sum_by_image,
)


class Normalised(nn.Cell):
    """rows (N, M, C), each column of each image brought to mean 0 and deviation 1.

    The gradient is written out in half the passes over rows that MindSpore's takes.

    Args:
        eps: added to the variance.
        exact: for devices that round what products multiply: without products.

    Inputs:
        rows, float32.

    Outputs:
        the same shape, and what the rows less their mean were multiplied by, (N, 1, C).
    """

    def __init__(self, eps: float, exact: bool):
        super().__init__()
        self.eps = eps
        self.sum = exact_sum_by_image if exact else sum_by_image
        self.repeat = exactly_on_every_row_of_an_image if exact else on_every_row_of_an_image

    def construct(self, rows):
        centred = rows - self.repeat(self.sum(rows) / rows.shape[1], rows)
        scale = 1.0 / ops.sqrt(self.sum(centred * centred) / rows.shape[1] + self.eps)
        return centred * self.repeat(scale, rows), scale

    def bprop(self, rows, out, gradients):
        """The gradient for rows, of those for both results; that for the scale is there in second derivatives alone."""
        (gradient, of_scale), (normalised, scale) = gradients, out
        count = rows.shape[1]
        along = scale * (self.sum(gradient * normalised) + scale * of_scale) / count
        slope = gradient * self.repeat(scale, rows) - normalised * self.repeat(along, rows)
        return (slope - self.repeat(scale * self.sum(gradient) / count, rows),)


class InstanceNorm(per_image.InstanceNorm):
    """per_image.InstanceNorm, channels last: (N, H, W, C) -> the same, float32.

    Args:
        channels, affine, eps: those of per_image.InstanceNorm.
        exact: for devices that round what products multiply: without products.
    """

    def __init__(self, channels: int, affine: bool = True, eps: float = 1e-5, exact: bool = False):
        super().__init__(channels, affine, eps)
        self.normalise = Normalised(eps, exact)
        self.repeat = self.normalise.repeat

    def construct(self, x):
        images, height, width, channels = x.shape
        normalised, _ = self.normalise(x.reshape((images, height * width, channels)))
        if not self.affine:
            return normalised.reshape(x.shape)
        gamma = ops.ones((images, 1, 1), x.dtype) * self.gamma
        scaled = normalised * self.repeat(gamma, normalised)
        return ADD(scaled.reshape((-1, channels)), self.beta).reshape(x.shape)


class ScaleAndShift(per_image.ScaleAndShift):
    """per_image.ScaleAndShift, channels last.

    Args:
        exact: for devices that round what products multiply: without products.

    Inputs:
        x (N, H, W, C); scale, shift: both (N, C), or both of the shape of x; float32.

    Outputs:
        the shape of x.
    """

    def __init__(self, exact: bool = False):
        super().__init__()
        self.repeat = exactly_on_every_row_of_an_image if exact else on_every_row_of_an_image

    def construct(self, x, scale, shift):
        if scale.ndim == 2:
            rows = x.reshape((x.shape[0], -1, x.shape[3]))
            scale = self.repeat(scale.reshape((scale.shape[0], 1, -1)), rows).reshape(x.shape)
            shift = self.repeat(shift.reshape((shift.shape[0], 1, -1)), rows).reshape(x.shape)
        return x * scale + shift
