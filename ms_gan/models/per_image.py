"""What is done to each image by its own numbers: instance normalisation, scaling and shifting. For any device.

ms_gan.models.cpu.instance_norm has the same channels last.
"""

import mindspore as ms
import numpy as np
from mindspore import nn, ops

# Sums and repetitions are products with ones: where Mul, Add, Sub or Tile repeat, their gradients are made of an op
# (SumExt) for which GPUs have no kernel.
PRODUCT = ops.MatMul()


def _sum(rows):
    """(M, 1): the sum of each of rows (M, K)."""
    return PRODUCT(rows, ops.ones((rows.shape[1], 1), rows.dtype))


def _repeated(numbers, count):
    """(M, count): numbers (M, 1) side by side."""
    return PRODUCT(numbers, ops.ones((1, count), numbers.dtype))


class InstanceNorm(nn.Cell):
    """Each channel of each image brought to mean `beta` and deviation `gamma`: Ulyanov et al. 2016 (arXiv:1607.08022).

    Statistics are those of the image itself, in training and afterwards. Where an image is one pixel, nothing but beta
    is left of it.

    Args:
        channels: C.
        affine: whether there are gamma and beta, parameters (C,) that begin with 1 and 0; otherwise these stay.
        eps: added to the variance, the one that divides by H * W.

    Inputs:
        (N, C, H, W), float32.

    Outputs:
        the same shape.
    """

    def __init__(self, channels: int, affine: bool = True, eps: float = 1e-5):
        super().__init__()
        self.channels = channels
        self.eps = eps
        self.affine = affine
        if affine:
            self.gamma = ms.Parameter(ms.Tensor(np.ones(channels, np.float32)), name="gamma")
            self.beta = ms.Parameter(ms.Tensor(np.zeros(channels, np.float32)), name="beta")

    def construct(self, x):
        images, channels, height, width = x.shape
        rows, pixels = x.reshape((images * channels, -1)), height * width
        centred = rows - _repeated(_sum(rows) / pixels, pixels)
        scale = 1.0 / ops.sqrt(_sum(centred * centred) / pixels + self.eps)
        if not self.affine:
            return (centred * _repeated(scale, pixels)).reshape(x.shape)
        ones = ops.ones((images, 1), x.dtype)
        scale = scale * PRODUCT(ones, self.gamma.reshape((1, -1))).reshape((-1, 1))
        shift = PRODUCT(ones, self.beta.reshape((1, -1))).reshape((-1, 1))
        return (centred * _repeated(scale, pixels) + _repeated(shift, pixels)).reshape(x.shape)


class ScaleAndShift(nn.Cell):
    """x * scale + shift, with numbers for each image and channel, or for each pixel too.

    What follows a norm without gamma and beta in a conditional one: De Vries et al. 2017 (arXiv:1707.00683) with a row
    for each class, Park et al. 2019 (SPADE, arXiv:1903.07291) with maps.

    Inputs:
        x (N, C, H, W); scale, shift: both (N, C), or both of the shape of x; float32.

    Outputs:
        the shape of x.
    """

    def construct(self, x, scale, shift):
        if scale.ndim == 2:
            pixels = x.shape[2] * x.shape[3]
            scale = _repeated(scale.reshape((-1, 1)), pixels).reshape(x.shape)
            shift = _repeated(shift.reshape((-1, 1)), pixels).reshape(x.shape)
        return x * scale + shift
