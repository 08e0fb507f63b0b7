"""DiffAugment: Zhao et al. 2020 (arXiv:2006.10738), with the ranges of the paper's code.

Real and generated images pass through the same random changes before the discriminator sees them, in its updates and
in the generator's, so that a small data set cannot be learnt by heart. The random numbers are inputs, and everything
is made of products and comparisons, whose gradients are quick on every device.
"""

from typing import Sequence, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.models.layers import product


def _pick(draws, count):
    """Whole numbers 0 to count - 1, as float32, from numbers in [0, 1): no product of them is rounded up to count."""
    return ops.floor(draws * count)


class Color(nn.Cell):
    """Brightness by -0.5 to 0.5, saturation 0 to 2 times, contrast 0.5 to 1.5 times.

    One affine map: saturation s and contrast c mix the colours of a pixel by c (s I + (1 - s) / C), which leaves a
    grey pixel's saturation alone; contrast turns about the mean of the image, which saturation keeps.
    """

    draws = 3

    def __init__(self, shape: Tuple[int, int, int]):
        super().__init__()
        colours, size = shape[0], int(np.prod(shape))
        self.own = ms.Tensor(np.eye(colours, dtype=np.float32).reshape(1, -1))
        self.grey = ms.Tensor(np.full((1, colours * colours), 1 / colours, np.float32))
        self.share = ms.Tensor(np.full((size, 1), 1 / size, np.float32))
        self.everywhere = ms.Tensor(np.ones((1, size), np.float32))

    def construct(self, images, draws):
        count, colours = images.shape[:2]
        brightness, saturation, contrast = draws[:, 0:1] - 0.5, draws[:, 1:2] * 2.0, draws[:, 2:3] + 0.5
        mix = product(contrast * saturation, self.own) + product(contrast * (1.0 - saturation), self.grey)
        mean = product(images.reshape((count, -1)), self.share)
        mixed = ops.bmm(mix.reshape((count, colours, colours)), images.reshape((count, colours, -1)))
        offset = product(brightness + (1.0 - contrast) * mean, self.everywhere)
        return (mixed.reshape((count, -1)) + offset).reshape(images.shape)


class Translation(nn.Cell):
    """Shifts images (N, C, H, W) by up to an eighth of each side, in whole pixels, with zeros where nothing was.

    A shift is a product with the matrix that has ones where column - row is the shift.
    """

    draws = 2

    def __init__(self, shape: Tuple[int, int, int]):
        super().__init__()
        self.reach = [int(side / 8 + 0.5) for side in shape[1:]]
        places = [np.arange(side, dtype=np.float32) for side in shape[1:]]
        self.rows, self.columns = (ms.Tensor((p - p[:, None])[None]) for p in places)

    def shifts(self, grid, draws, reach):
        """(N, side, side): the matrix of each image's shift."""
        shift = _pick(draws, 2 * reach + 1) - reach
        return ops.equal(grid, shift.reshape((-1, 1, 1))).astype(ms.float32)

    def construct(self, images, draws):
        rows = self.shifts(self.rows, draws[:, 0], self.reach[0])
        columns = self.shifts(self.columns, draws[:, 1], self.reach[1])
        count, colours, height, width = images.shape
        moved = ops.bmm(rows, images.transpose((0, 2, 1, 3)).reshape((count, height, -1)))
        moved = moved.reshape((count, height, colours, width)).transpose((0, 2, 1, 3))
        return ops.bmm(moved.reshape((count, -1, width)), columns.swapaxes(1, 2)).reshape(images.shape)


class Cutout(nn.Cell):
    """Zeros in a rectangle of half of each side of images (N, C, H, W), centred anywhere and cut off at the border."""

    draws = 2

    def __init__(self, shape: Tuple[int, int, int]):
        super().__init__()
        self.sides = shape[1:]
        self.places = [ms.Tensor(np.arange(side, dtype=np.float32)[None]) for side in self.sides]
        self.reach = [ms.Tensor(int(side / 2 + 0.5) / 2, ms.float32) for side in self.sides]

    def hidden(self, axis, draws):
        """(N, side): 1 in the rows (axis 0) or columns (axis 1) that the rectangle covers."""
        side = self.sides[axis]
        size = int(side / 2 + 0.5)
        centre = _pick(draws, side + 1 - size % 2) - size // 2 + (size - 1) / 2
        return ops.less(ops.abs(self.places[axis] - centre), self.reach[axis]).astype(ms.float32)

    def construct(self, images, draws):
        rows, columns = self.hidden(0, draws[:, 0:1]), self.hidden(1, draws[:, 1:2])
        return images * (1.0 - ops.bmm(rows.expand_dims(2), columns.expand_dims(1))).expand_dims(1)


POLICIES = {"color": Color, "translation": Translation, "cutout": Cutout}


class DiffAugment(nn.Cell):
    """Random changes of images, differentiable by the images.

    Args:
        policy: keys of POLICIES, in the order in which they are applied; the paper's is color, translation, cutout.
        shape: (C, H, W) of the images.

    Attributes:
        draws: how many random numbers an image takes.

    Inputs:
        images: (N, C, H, W), float32.
        draws: (N, draws), float32 from U[0, 1).

    Outputs:
        images (N, C, H, W), float32; brightness and contrast may take them out of [-1, 1].

    Raises:
        ValueError: a name that is no policy.
    """

    def __init__(self, policy: Sequence[str], shape: Tuple[int, int, int]):
        super().__init__()
        unknown = [name for name in policy if name not in POLICIES]
        if unknown:
            raise ValueError(f"augmentation {unknown[0]!r} is unknown; choose from {', '.join(POLICIES)}")
        self.changes = nn.CellList([POLICIES[name](shape) for name in policy])
        self.draws = sum(change.draws for change in self.changes)

    def construct(self, images, draws):
        first = 0
        for change in self.changes:
            images = change(images, draws[:, first : first + change.draws])
            first += change.draws
        return images
