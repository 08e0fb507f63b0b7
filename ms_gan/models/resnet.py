"""A generator of pictures from pictures with residual blocks: Johnson et al. 2016 (arXiv:1603.08155), in CycleGAN."""

from mindspore import nn

from ms_gan.models.blocks import Residual
from ms_gan.models.layers import activation, chain, conv, norm_2d
from ms_gan.models.resampling import Reflected, Upsampled
from ms_gan.models.unet import fits


class ResNet(nn.Cell):
    """Pictures to pictures of the same size: residual blocks at a quarter of it.

    The generator of Zhu et al. 2017 (CycleGAN, arXiv:1703.10593), section 7.2, except on the way up: there pixels are
    repeated and convolved. The paper has transposed convolutions, which leave a chequered pattern (Odena et al. 2016,
    Deconvolution and checkerboard artifacts).

    Args:
        inputs, outputs: channels of the pictures given and made.
        channels: of the first layer; the blocks have four times as many.
        blocks: how many residual blocks there are.
        norm: batch or instance; see layers.norm_2d.

    Inputs:
        pictures (N, inputs, H, W), float32 in [-1, 1]; H and W are multiples of 4, at least 8.

    Outputs:
        pictures (N, outputs, H, W), float32 in [-1, 1].

    Attributes:
        multiple: 4.
        mixes_batch: whether BatchNorm is there, by which a picture's result depends on the others in training.

    Raises:
        ValueError: pictures whose sides are no multiples of 4, or are too small.
    """

    def __init__(self, inputs: int, outputs: int, channels: int = 32, blocks: int = 6, norm: str = "instance"):
        super().__init__()
        self.multiple, self.mixes_batch = 4, norm == "batch"
        double, quadruple = 2 * channels, 4 * channels

        def reflected(before: int, after: int, kernel: int = 3):
            return [Reflected(kernel // 2), conv(before, after, kernel, bias=False), norm_2d(norm, after)]

        cells = [*reflected(inputs, channels, 7), activation(0)]
        for before, after in ((channels, double), (double, quadruple)):
            cells += [conv(before, after, 3, 2, "pad", 1, bias=False), norm_2d(norm, after), activation(0)]
        for _ in range(blocks):
            first, second = reflected(quadruple, quadruple), reflected(quadruple, quadruple)
            cells += [Residual([*first, activation(0), *second])]
        for before, after in ((quadruple, double), (double, channels)):
            cells += [Upsampled(), *reflected(before, after), activation(0)]
        self.layers = chain([*cells, Reflected(3), conv(channels, outputs, 7), nn.Tanh()])

    def construct(self, pictures):
        height, width = pictures.shape[2:]
        fits(height, width, self.multiple)
        return self.layers(pictures)

    def describe(self, graph, pictures):
        """The same as layers of an ms_gan.export.graph.Graph."""
        return graph.cell(self.layers, pictures)
