"""FastGAN's discriminator, which also learns to make real images again: Liu et al. 2021 (arXiv:2101.04775), 3.2."""

from typing import List, Tuple

from mindspore import nn

from ms_gan.config.sizes import fastgan_sides
from ms_gan.models import roles
from ms_gan.models.blocks import Residual, Row
from ms_gan.models.fastgan import GatedLinearUnit
from ms_gan.models.layers import activation, batch_norm_2d, channels_last, conv
from ms_gan.models.resampling import Pooled, Upsampled

FEWEST = 4  # channels of a map


def _decoder(channels: int, doublings: int, colours: int) -> Row:
    """Cells that make a picture of a map (N, channels, H, W): doubled, convolved, normalised and gated; Tanh."""
    cells: List[nn.Cell] = []
    for _ in range(doublings):
        width = max(FEWEST, channels // 2)
        cells += [Upsampled(), conv(channels, 2 * width, 3, 1, "pad", 1, bias=False), batch_norm_2d(2 * width)]
        cells += [GatedLinearUnit(width)]
        channels = width
    return Row([*cells, conv(channels, colours, 3, 1, "pad", 1, bias=False), nn.Tanh()])


class Discriminator(roles.Discriminator):
    """Images to logits of patches that overlap: a stem, residual blocks that halve, and a head; LeakyReLU throughout.

    Two decoders, of the last map and of the one before it, make the image again at half its size. Their mean squared
    error for real images is a term of the discriminator's loss: what it has to keep of an image for that is of use for
    judging too. The paper's error is a perceptual one (LPIPS), whose weights cannot be shipped, and its second decoder
    sees a random quarter of the map. Its second branch, for images of 128 pixels, and the excitations within the
    discriminator are left out.

    Args:
        image_shape: (C, H, W): see ms_gan.config.sizes.
        channels: the unit of widths: 8 times as many in the last map, half of that in each larger one.
        slope: of LeakyReLU below zero.
        batch_norm: False: biases in its place.
        weight: of the decoders' error; 0: there are no decoders.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1]; mask, labels: None.

    Outputs:
        logits (N, P), float32, one for each of P patches: 25 for square images of 8, 16, 32, ... pixels.

    Attributes:
        mixes_batch: whether BatchNorm is there.
        reconstructs: whether there are decoders, and `reconstructed` may be called.

    Raises:
        ValueError: a size that cannot be.
    """

    def __init__(
        self,
        image_shape: Tuple[int, int, int],
        channels: int,
        slope: float,
        batch_norm: bool = True,
        weight: float = 1.0,
    ):
        super().__init__()
        _, doublings = fastgan_sides(image_shape)
        halvings, bias = doublings - 1, not batch_norm
        self.mixes_batch, self.reconstructs, self.weight = batch_norm, weight > 0, weight
        self.last = channels_last()
        widths = [max(FEWEST, 8 * channels // 2**i) for i in range(halvings, -1, -1)]

        def normalised(inputs: int, outputs: int, kernel: int, stride: int = 1, pad: int = 0) -> List[nn.Cell]:
            norm = [batch_norm_2d(outputs)] if batch_norm else []
            return [conv(inputs, outputs, kernel, stride, "pad", pad, bias), *norm, activation(slope)]

        self.stem = Row([conv(image_shape[0], widths[0], 3, 1, "pad", 1, bias), activation(slope)])
        self.blocks = nn.CellList(
            [
                Residual(
                    [*normalised(inputs, outputs, 4, 2, 1), *normalised(outputs, outputs, 3, 1, 1)],
                    [Pooled(), *normalised(inputs, outputs, 1)],
                )
                for inputs, outputs in zip(widths, widths[1:])
            ]
        )
        self.head = Row([*normalised(widths[-1], 2 * widths[-1], 1), conv(2 * widths[-1], 1, 4, bias=bias)])
        self.half = Pooled()
        depths = range(max(1, halvings - 1), halvings + 1) if self.reconstructs else ()
        self.depths = tuple(depths)
        self.decoders = nn.CellList([_decoder(widths[depth], depth - 1, image_shape[0]) for depth in depths])

    def maps(self, images):
        """The maps of images (N, C, H, W), from the stem's to the last, in the layout of chains."""
        x = self.stem(images.transpose((0, 2, 3, 1)) if self.last else images)
        found = (x,)
        for block in self.blocks:
            x = 0.5 * block(x)
            found = (*found, x)
        return found

    def logits(self, last_map):
        """(N, P), of the last map."""
        return self.head(last_map).reshape((last_map.shape[0], -1))

    def construct(self, images, mask=None, labels=None):
        return self.logits(self.maps(images)[-1])

    def reconstructed(self, images):
        """Logits (N, P) of real images (N, C, H, W), and their decoders' error, weighted: a scalar."""
        maps = self.maps(images)
        target = self.half(images.transpose((0, 2, 3, 1)) if self.last else images)
        error = 0.0
        for index in range(len(self.depths)):
            difference = self.decoders[index](maps[self.depths[index]]) - target
            error = error + (difference * difference).mean()
        return self.logits(maps[-1]), self.weight * error
