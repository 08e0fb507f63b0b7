"""The arithmetic of a training step: the floating-point operations (FLOPs) of its matrix products and convolutions.

A multiplication and the addition that follows count two. A convolution counts as its sums are written out, zeros of the
padding included: what Winograd's algorithm saves is not taken off. Activations, BatchNorm, losses, optimizers and the
generator's average are a few operations a number, and not counted.
"""

from dataclasses import dataclass
from typing import Any, Tuple

import numpy as np
from mindspore import nn

from ms_gan.models.resampling import Reflected, Upsampled


@dataclass(frozen=True)
class Arithmetic:
    """FLOPs of one image's way through a network.

    The gradient of a layer's weights and that of its inputs take as many as the layer forward.

    Attributes:
        all: of all layers.
        first: of the first one, whose inputs need no gradient where the network's own inputs need none.
    """

    all: int
    first: int


def _small_side(layer: nn.Cell, large: int) -> int:
    """The side that a convolution turns another one into; a transposed one goes the other way."""
    kernel, stride = layer.kernel_size[0], layer.stride[0]
    if layer.pad_mode == "same":
        return -(-large // stride)
    return (large + (2 * layer.padding if layer.pad_mode == "pad" else 0) - kernel) // stride + 1


def _large_side(layer: nn.Cell, small: int) -> int:
    """Undoes `_small_side`."""
    kernel, stride = layer.kernel_size[0], layer.stride[0]
    if layer.pad_mode == "same":
        return small * stride
    return (small - 1) * stride + kernel - (2 * layer.padding if layer.pad_mode == "pad" else 0)


def network_flops(network: nn.Cell, image_shape: Tuple[int, int, int], makes_images: bool) -> Arithmetic:
    """The arithmetic of a network of Dense, Conv2d and Conv2dTranspose cells, listed in the order of their use.

    Args:
        network: a generator or a discriminator.
        image_shape: (C, H, W).
        makes_images: whether images come out of the network and none go in; otherwise those that go in have this shape.
    """
    kinds = (nn.Dense, nn.Conv2d, nn.Conv2dTranspose, Reflected, Upsampled)
    layers = [cell for _, cell in network.cells_and_names() if isinstance(cell, kinds)]
    sides, flops = list(image_shape[1:]), []
    for layer in reversed(layers) if makes_images else layers:  # from the images on, whose sides are known
        if isinstance(layer, (Reflected, Upsampled)):
            sides = [2 * side if isinstance(layer, Upsampled) else side + 2 * layer.pad for side in sides]
            continue
        operations = 2 * int(np.prod(layer.weight.shape))
        if not isinstance(layer, nn.Dense):
            # The weights are applied once for each pixel of the smaller side.
            faces_images_with_larger = isinstance(layer, nn.Conv2dTranspose) == makes_images
            if faces_images_with_larger:
                sides = [_small_side(layer, side) for side in sides]
            operations *= sides[0] * sides[1]
            if not faces_images_with_larger:
                sides = [_large_side(layer, side) for side in sides]
        flops.append(operations)
    return Arithmetic(sum(flops), flops[-1] if makes_images else flops[0])


def step_flops(procedure: Any, batch: int, generator: Arithmetic, discriminator: Arithmetic) -> int:
    """FLOPs of one adversarial step whose objective judges each image by itself, without penalties.

    Args:
        procedure: a ProcedureConfig.
        batch: images in one update.
        generator, discriminator: from `network_flops`.
    """
    d, g = discriminator, generator
    # Real and generated images forward, gradients of the weights, and of the inputs of all layers but the first.
    discriminator_update = 2 * (3 * d.all - d.first)
    if procedure.fakes == "fresh":
        discriminator_update += g.all
    # Both networks forward, gradients through the discriminator to the images and on, and of the generator's weights.
    generator_update = g.all + 2 * d.all + 2 * g.all - g.first
    return batch * (procedure.d_steps * discriminator_update + generator_update)


def cycle_flops(batch: int, generator: Arithmetic, discriminator: Arithmetic) -> int:
    """FLOPs of one step of CycleGAN with its identity loss: of two generators and two discriminators.

    Args:
        batch: pictures of either kind.
        generator, discriminator: from `network_flops`, of one each.
    """
    d, g = discriminator, generator
    # Each generator is given its pictures, those that should stay as they are, and what the other one made.
    generators = 2 * (9 * g.all - 2 * g.first + 2 * d.all)
    return batch * (generators + 2 * 2 * (3 * d.all - d.first))
