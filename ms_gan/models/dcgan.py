"""Convolutional networks for square images: Radford et al. 2015 (arXiv:1511.06434), with PyTorch's example's sizes."""

import math
from typing import Tuple

from mindspore import nn

from ms_gan.models.layers import activation, batch_norm_2d, chain, conv, conv_transpose, dense


def _stages(image_shape: Tuple[int, int, int]) -> int:
    """How many times 4x4 is doubled on the way to an image."""
    _, height, width = image_shape
    stages = int(math.log2(height / 4)) if height >= 8 else 0
    if height != width or height != 4 * 2**stages or stages < 1:
        raise ValueError(f"dcgan makes square images of 8, 16, 32, 64, 128, ... pixels, not {height}x{width}")
    return stages


def _padding(kernel: int) -> int:
    """What keeps a stride of 2 an exact halving or doubling."""
    if kernel % 2:
        raise ValueError(f"dcgan needs an even kernel, such as 4, which its stride of 2 divides; not {kernel}")
    return (kernel - 2) // 2


class Generator(nn.Cell):
    """Latents to images: 1x1 to 4x4, then doubled by transposed convolutions with BatchNorm and ReLU, Tanh at the end.

    Args:
        latent_width: numbers in one latent vector.
        image_shape: (C, H, W), H = W = 8, 16, 32, 64, 128, ...
        channels: of the last hidden layer; each layer before it has twice as many.
        kernel: side of the kernels of the layers that double, an even number.

    Inputs:
        latents (N, latent_width), float32.

    Outputs:
        images (N, C, H, W), float32 in [-1, 1].

    Raises:
        ValueError: a size or a kernel that cannot be.
    """

    def __init__(self, latent_width: int, image_shape: Tuple[int, int, int], channels: int, kernel: int = 4):
        super().__init__()
        stages, pad = _stages(image_shape), _padding(kernel)
        width = channels * 2 ** (stages - 1)
        # A transposed convolution from 1x1 to 4x4 is a matrix product, and runs faster as one.
        self.width = width
        self.dense = dense(latent_width, width * 16, bias=False)
        layers = [batch_norm_2d(width), nn.ReLU()]
        for _ in range(stages - 1):
            layers += [conv_transpose(width, width // 2, kernel, 2, "pad", pad, bias=False)]
            width //= 2
            layers += [batch_norm_2d(width), nn.ReLU()]
        layers += [conv_transpose(width, image_shape[0], kernel, 2, "pad", pad, bias=False), nn.Tanh()]
        self.layers = chain(layers)

    def construct(self, latents):
        return self.layers(self.dense(latents).reshape((latents.shape[0], self.width, 4, 4)))


class Discriminator(nn.Cell):
    """Images to logits: halved by convolutions down to 4x4, BatchNorm on all but the first, LeakyReLU.

    Args:
        image_shape: (C, H, W), H = W = 8, 16, 32, 64, 128, ...
        channels: of the first layer; each layer after it has twice as many.
        slope: of LeakyReLU below zero.
        kernel: side of the kernels of the layers that halve, an even number.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1].

    Outputs:
        logits (N, 1), float32.

    Raises:
        ValueError: a size or a kernel that cannot be.
    """

    mixes_batch = True  # BatchNorm: real and generated images must pass apart

    def __init__(self, image_shape: Tuple[int, int, int], channels: int, slope: float, kernel: int = 4):
        super().__init__()
        stages, pad = _stages(image_shape), _padding(kernel)
        layers = [conv(image_shape[0], channels, kernel, 2, "pad", pad, bias=False), activation(slope)]
        width = channels
        for _ in range(stages - 1):
            layers += [conv(width, 2 * width, kernel, 2, "pad", pad, bias=False)]
            width *= 2
            layers += [batch_norm_2d(width), activation(slope)]
        self.layers = chain(layers)
        # A 4x4 kernel on 4x4 is a matrix product too.
        self.dense = dense(width * 16, 1, bias=False)

    def construct(self, images):
        return self.dense(self.layers(images).reshape((images.shape[0], -1)))
