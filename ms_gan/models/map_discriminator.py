"""Discriminators of pictures beside their maps that give what each of their layers sees, for feature matching."""

from typing import List, Tuple

from mindspore import nn

from ms_gan.models.joined import Joined
from ms_gan.models.layers import activation, channels_last, conv, instance_norm
from ms_gan.models.resampling import Pooled
from ms_gan.models.spade import SLOPE, OneHotMaps

WIDEST = 8  # times the channels of the first layer


class Patches(nn.Cell):
    """One PatchGAN: convolutions of 4x4 pixels with zeros around, instance normalisation after all but the ends.

    Args:
        inputs: channels of what it is given.
        channels: of the first layer, twice as many in each that follows, at most 8 times.
        layers: before the last one; all but the last of them have stride 2.

    Inputs:
        (N, inputs, H, W), float32, in the layout of chains.

    Outputs:
        what each layer gives, in their order; the last are the logits, (N, 1, h, w).
    """

    def __init__(self, inputs: int, channels: int, layers: int):
        super().__init__()
        cells: List[nn.Cell] = [nn.SequentialCell([conv(inputs, channels, 4, 2, "pad", 2), activation(SLOPE)])]
        width = channels
        for i in range(1, layers):
            outputs = channels * min(WIDEST, 2**i)
            convolution = conv(width, outputs, 4, 1 if i == layers - 1 else 2, "pad", 2, bias=False)
            cells.append(nn.SequentialCell([convolution, instance_norm(outputs, False), activation(SLOPE)]))
            width = outputs
        self.normalised = [cell[0] for cell in cells[1:]]
        self.layers = nn.CellList([*cells, nn.SequentialCell([conv(width, 1, 4, 1, "pad", 2)])])

    def construct(self, x):
        seen = ()
        for layer in self.layers:
            x = layer(x)
            seen += (x,)
        return seen


class MapDiscriminator(nn.Cell):
    """PatchGANs of maps and pictures, each at half the size of the one before: section 3 of arXiv:1711.11585.

    Args:
        classes: of the maps.
        image_shape: (C, H, W) of the pictures.
        channels, layers: of each.
        scales: how many.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1]; maps: int32 (N, H, W).

    Outputs:
        for each scale what its layers give, the logits last.

    Raises:
        ValueError: sides that cannot be halved so often.
    """

    def __init__(self, classes: int, image_shape: Tuple[int, int, int], channels: int, layers: int, scales: int):
        super().__init__()
        colours, height, width = image_shape
        if height % 2 ** (scales - 1) or width % 2 ** (scales - 1):
            raise ValueError(f"{scales} scales need sides that are multiples of {2 ** (scales - 1)}")
        self.last = channels_last()
        self.one_hot = OneHotMaps(classes)
        self.join = Joined(3 if self.last else 1)
        self.scales = nn.CellList([Patches(classes + colours, channels, layers) for _ in range(scales)])
        self.pool = Pooled()
        self.normalised = [cell for scale in self.scales for cell in scale.normalised]

    def construct(self, images, maps):
        x = self.join(self.one_hot(maps), images.transpose((0, 2, 3, 1)) if self.last else images)
        seen = ()
        for i, scale in enumerate(self.scales):
            x = self.pool(x) if i else x
            seen += (scale(x),)
        return seen
