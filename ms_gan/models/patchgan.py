"""A discriminator that looks at patches: Isola et al. 2017 (pix2pix, arXiv:1611.07004), section 3.2.2."""

from mindspore.ops import constexpr

from ms_gan.models import roles
from ms_gan.models.joined import Joined
from ms_gan.models.layers import activation, chain, conv, norm_2d
from ms_gan.models.unet import MOST_WIDENED


# A function of the compiler: a `raise` of its own breaks graphs whose generator's loss looks at real images too.
@constexpr
def has_a_patch(height: int, width: int, layers: int) -> None:
    """Refuse images that are too small for a single patch.

    Raises:
        ValueError: they are.
    """
    smallest = 3 * 2**layers
    if min(height, width) < smallest:
        raise ValueError(
            f"images of {height}x{width} pixels are too small for {layers} layers with a stride of 2: "
            f"both sides must be at least {smallest}, or the layers fewer"
        )


class PatchGAN(roles.Discriminator):
    """Images to a logit for each of many patches that overlap: 16 pixels with one layer, 34 with two, 70 with three.

    Section 6.1.2 of the paper: kernels of 4x4, LeakyReLU; convolutions with a stride of 2, then two with a stride of 1.
    The first and the last have no norm, and biases in its place.

    Args:
        inputs: channels of the images.
        channels: of the first layer; each layer after it has twice as many, at most 8 times.
        layers: convolutions with a stride of 2.
        norm: batch or instance; see layers.norm_2d.
        pictures: channels of the pictures that each image should be made of; 0: it is shown images alone.
        slope: of LeakyReLU below zero.

    Inputs:
        images (N, inputs, H, W), float32 in [-1, 1]; mask: None, there is no dropout; pictures (N, pictures, H, W),
            where there are any.

    Outputs:
        logits (N, 1, h, w), float32: of patches whose corners lie 2 ** layers pixels apart.

    Attributes:
        conditional: whether it is given pictures beside images.
        mixes_batch: whether BatchNorm is there: real and generated images must pass apart then.

    Raises:
        ValueError: images that are too small for a single patch.
    """

    def __init__(
        self, inputs: int, channels: int = 32, layers: int = 2, norm: str = "batch", pictures: int = 0,
        slope: float = 0.2,
    ):  # fmt: skip
        super().__init__()
        self.mixes_batch, self.conditional = norm == "batch", bool(pictures)
        self.depth = layers
        cells, width = [conv(inputs + pictures, channels, 4, 2, "pad", 1), activation(slope)], channels
        for level in range(1, layers + 1):
            wider, stride = channels * min(2**level, MOST_WIDENED), 2 if level < layers else 1
            cells += [conv(width, wider, 4, stride, "pad", 1, bias=False), norm_2d(norm, wider), activation(slope)]
            width = wider
        self.layers = chain([*cells, conv(width, 1, 4, 1, "pad", 1)])
        self.join = Joined(1)

    def construct(self, images, mask=None, pictures=None):
        height, width = images.shape[2:]
        has_a_patch(height, width, self.depth)
        return self.layers(self.join(pictures, images) if self.conditional else images)

    def describe(self, graph, images, mask=None, pictures=None):
        """The same as layers of an ms_gan.export.graph.Graph."""
        return graph.cell(self.layers, graph.layer("concat", pictures, images) if self.conditional else images)
