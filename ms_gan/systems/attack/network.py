"""The generator of AdvGAN: a picture to the same picture, changed a little. Xiao et al. 2018 (arXiv:1801.02610)."""

from mindspore import nn

from ms_gan.attacks.bounds import on_our_range
from ms_gan.models.blocks import Residual
from ms_gan.models.layers import activation, chain, clamped, conv, conv_transpose, instance_norm


class AdvGenerator(nn.Cell):
    """x + eps * tanh(g(x)), within the range: g halves the sides twice, has residual blocks, and doubles them twice.

    The published code clamps tanh to eps instead: nearly every pixel then ends at the bound, where no gradient is left.

    Args:
        channels: of the pictures.
        width: channels of the first layer; twice and four times as many follow.
        blocks: residual blocks.
        eps: the bound in L-infinity, for pixels in [0, 1].

    Inputs:
        pictures (N, channels, H, W), float32 in [-1, 1]; H and W are multiples of 4.

    Outputs:
        attacked pictures, the same shape and range.
    """

    def __init__(self, channels: int, width: int, blocks: int, eps: float):
        super().__init__()
        self.eps = on_our_range(eps)
        double, quadruple = 2 * width, 4 * width
        cells = [conv(channels, width, 3, 1, "pad", 1, bias=False), instance_norm(width), activation(0)]
        for before, after in ((width, double), (double, quadruple)):
            cells += [conv(before, after, 3, 2, "pad", 1, bias=False), instance_norm(after), activation(0)]
        for _ in range(blocks):
            first, second = (
                [conv(quadruple, quadruple, 3, 1, "pad", 1, bias=False), instance_norm(quadruple)] for _ in range(2)
            )
            cells.append(Residual([*first, activation(0), *second]))
        for before, after in ((quadruple, double), (double, width)):
            cells += [conv_transpose(before, after, 4, 2, "pad", 1, bias=False), instance_norm(after), activation(0)]
        self.layers = chain([*cells, conv(width, channels, 3, 1, "pad", 1), nn.Tanh()])

    def construct(self, pictures):
        return clamped(pictures + self.eps * self.layers(pictures), -1.0, 1.0)
