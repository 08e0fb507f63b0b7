"""A generator of pictures from pictures with skip connections: Isola et al. 2017 (pix2pix, arXiv:1611.07004)."""

from mindspore import nn
from mindspore.ops import constexpr

from ms_gan.models.blocks import Concatenated
from ms_gan.models.layers import activation, chain, conv, conv_transpose, norm_2d

MOST_WIDENED = 8  # times the channels of the first layer


# A function of the compiler, as in patchgan.py.
@constexpr
def fits(height: int, width: int, multiple: int) -> None:
    """Refuse pictures that a network cannot halve as often as it must.

    Args:
        height, width: of the pictures.
        multiple: what both must be multiples of.

    Raises:
        ValueError: one is not.
    """
    if height % multiple or width % multiple:
        raise ValueError(f"pictures of {height}x{width} pixels do not fit: both sides must be multiples of {multiple}")


class UNet(nn.Cell):
    """Pictures to pictures of the same size: halved by convolutions, doubled by transposed ones, skips in between.

    Section 6.1.1 of the paper, for any number of halvings: kernels of 4x4 with a stride of 2; LeakyReLU 0.2 on the way
    down, ReLU on the way up; no norm after the first and the innermost layer, which have biases in its place. There is
    no dropout: the same picture always gives the same one.

    Args:
        inputs, outputs: channels of the pictures given and made.
        channels: of the first layer; each layer after it has twice as many, at most 8 times.
        halvings: how often the picture is halved.
        norm: batch or instance; see layers.norm_2d.

    Inputs:
        pictures (N, inputs, H, W), float32 in [-1, 1]; H and W are multiples of `multiple`.

    Outputs:
        pictures (N, outputs, H, W), float32 in [-1, 1].

    Attributes:
        multiple: 2 ** halvings.
        mixes_batch: whether BatchNorm is there, by which a picture's result depends on the others in training.

    Raises:
        ValueError: pictures whose sides are no multiples of it.
    """

    def __init__(self, inputs: int, outputs: int, channels: int = 32, halvings: int = 4, norm: str = "batch"):
        super().__init__()
        self.multiple, self.mixes_batch = 2**halvings, norm == "batch"
        widths = [channels * min(2**level, MOST_WIDENED) for level in range(halvings)]
        # From the inside out: what stands below each level, and how many channels that gives.
        inner, given = [], widths[-1]
        for level in range(halvings - 1, 0, -1):
            outer, width = widths[level - 1], widths[level]
            innermost = level == halvings - 1
            down = [conv(outer, width, 4, 2, "pad", 1, bias=innermost)]
            down += [activation(0)] if innermost else [norm_2d(norm, width), activation(0.2), *inner, activation(0)]
            up = [conv_transpose(given, outer, 4, 2, "pad", 1, bias=False), norm_2d(norm, outer)]
            inner, given = [Concatenated([*down, *up])], 2 * outer
        first, last = conv(inputs, channels, 4, 2, "pad", 1), conv_transpose(given, outputs, 4, 2, "pad", 1)
        self.layers = chain([first, activation(0.2), *inner, activation(0), last, nn.Tanh()])

    def construct(self, pictures):
        height, width = pictures.shape[2:]
        fits(height, width, self.multiple)
        return self.layers(pictures)

    def describe(self, graph, pictures):
        """The same as layers of an ms_gan.export.graph.Graph."""
        return graph.cell(self.layers, pictures)
