"""The changes of images of ADA: Karras et al. 2020 (arXiv:2006.06676), appendix B, with the ranges of the paper.

A change consists of parts, such as a rotation and a shift. Each part is made to each image with the probability p and
is told by values that are 0 where it is not made: with zeros alone an image stays the same, bit for bit. Values are
drawn on the host; what the device makes of images are gathers, products and sums, which can be differentiated as often
as one likes.

Each change has `draws` numbers from U[0, 1) for its values, `gates` more that decide with p which parts are made, and
`width` values.
"""

from typing import Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops
from mindspore.ops import constexpr

from ms_gan.models.layers import clamped, product

LOG_2 = float(np.log(2))


def placed(images, rows, columns):
    """Images (N, C, H, W) whose rows and columns are those that matrices (N, H, H) and (N, W, W) choose."""
    count, colours, height, width = images.shape
    moved = ops.bmm(rows, images.transpose((0, 2, 1, 3)).reshape((count, height, -1)))
    moved = moved.reshape((count, height, colours, width)).transpose((0, 2, 1, 3))
    return ops.bmm(moved.reshape((count, -1, width)), columns.swapaxes(1, 2)).reshape(images.shape)


def normal(drawn: np.ndarray) -> np.ndarray:
    """Numbers from N(0, 1), (N, 2 n), of as many from U[0, 1): Box and Muller 1958, n pairs side by side."""
    first, second = np.split(drawn.astype(np.float64), 2, axis=1)
    radius = np.sqrt(-2 * np.log(1 - first))
    return np.concatenate([radius * np.cos(2 * np.pi * second), radius * np.sin(2 * np.pi * second)], axis=1)


class Blit(nn.Cell):
    """Mirrors images, turns them by quarters, and shifts them by up to an eighth of each side in whole pixels.

    An image that is not square is turned by halves. Beyond its border an image is reflected.

    Inputs:
        images: (N, C, H, W).
        values: (N, 4): 1 where mirrored, quarter turns counterclockwise, pixels to the right, pixels down.
    """

    draws, gates, width = 4, 3, 4

    def __init__(self, shape: Tuple[int, int, int]):
        super().__init__()
        self.square = shape[1] == shape[2]
        self.places = [ms.Tensor(np.arange(side, dtype=np.float32)[None]) for side in shape[1:]]
        self.grids = [ms.Tensor(np.arange(side, dtype=np.float32)[None, None]) for side in shape[1:]]
        self.last = [side - 1.0 for side in shape[1:]]

    @staticmethod
    def values(drawn: np.ndarray, shape: Tuple[int, int, int]) -> np.ndarray:
        """(N, 4) of numbers (N, 4) from U[0, 1)."""
        turns = np.floor(4 * drawn[:, 1:2]) if shape[1] == shape[2] else 2 * np.floor(2 * drawn[:, 1:2])
        shifts = np.rint((2 * drawn[:, 2:4] - 1) / 8 * np.float32([shape[2], shape[1]]))
        return np.concatenate([np.floor(2 * drawn[:, 0:1]), turns, shifts], axis=1)

    @staticmethod
    def chances(drawn: np.ndarray) -> np.ndarray:
        """(N, 4): the p from which on each value counts, of numbers (N, 3) from U[0, 1)."""
        return drawn[:, [0, 1, 2, 2]]

    def chosen(self, axis, shift, turned):
        """(N, side, side): ones where a row (axis 0) or a column (axis 1) is taken from; `turned`: from the end."""
        last = self.last[axis]
        place = last - ops.abs(last - ops.abs(self.places[axis] - shift))
        return ops.equal(self.grids[axis], ops.abs(turned * last - place).expand_dims(2)).astype(ms.float32)

    def construct(self, images, values):
        mirrored, turns, right, down = values[:, 0:1], values[:, 1:2], values[:, 2:3], values[:, 3:4]
        half = ops.floor(0.5 * turns)
        quarter = turns - 2.0 * half
        rows = self.chosen(0, down, ops.abs(half - quarter * (1.0 - mirrored)))
        columns = self.chosen(1, right, ops.abs(half - (1.0 - quarter) * mirrored))
        if self.square:
            aside = quarter.reshape((-1, 1, 1, 1))
            images = aside * images.swapaxes(2, 3) + (1.0 - aside) * images
        return placed(images, rows, columns)


@constexpr
def _firsts(count, pixels):
    """(N, 1, 1), int32: the row of each image's first pixel."""
    return ms.Tensor((np.arange(count) * pixels).astype(np.int32).reshape(-1, 1, 1))


class Geometry(nn.Cell):
    """Scales, turns, stretches, turns again, and shifts images: one affine map, sampled once, bilinearly.

    Beyond its border an image is reflected. The paper's code doubles images by a wavelet's filter before they are
    sampled; here there is no such filter: small scales alias a little, and every sampling blurs a little.

    Inputs:
        images: (N, C, H, W).
        values: (N, 6): the logarithms to base 2 of the scale and of the stretch, the angles before and after the
            stretch in radians, pixels to the right, pixels down; all of the inverse map, from the new image to the old.
    """

    draws, gates, width = 6, 5, 6

    def __init__(self, shape: Tuple[int, int, int]):
        super().__init__()
        self.colours, self.sides = shape[0], shape[1:]
        self.last = [side - 1.0 for side in self.sides]
        self.period = [max(2.0 * last, 1.0) for last in self.last]
        self.middles = [0.5 * last for last in self.last]
        offsets = [np.arange(side, dtype=np.float32) - middle for side, middle in zip(self.sides, self.middles)]
        self.rows, self.columns = ms.Tensor(offsets[0].reshape(1, -1, 1)), ms.Tensor(offsets[1].reshape(1, 1, -1))
        self.gather = ops.Gather()

    @staticmethod
    def values(drawn: np.ndarray, shape: Tuple[int, int, int]) -> np.ndarray:
        """(N, 6) of numbers (N, 6) from U[0, 1)."""
        normals, angles = normal(drawn[:, :4]), 2 * np.pi * drawn[:, 4:6] - np.pi
        return np.concatenate([0.2 * normals[:, :2], angles, 0.125 * normals[:, 2:] * [shape[2], shape[1]]], axis=1)

    @staticmethod
    def chances(drawn: np.ndarray) -> np.ndarray:
        """(N, 6): the p from which on each value counts, of numbers (N, 5) from U[0, 1).

        Each of the rotations is made with the probability 1 - sqrt(1 - p), one or both of them with p.
        """
        rotations = np.minimum(1 - np.square(1 - drawn[:, 2:4]), np.nextafter(np.float32(1), np.float32(0)))
        return np.concatenate([drawn[:, :2], rotations, drawn[:, [4, 4]]], axis=1)

    def reflected(self, axis, place):
        """Whole numbers as rows (axis 0) or columns (axis 1) of an image that goes on as its own mirror image."""
        place = place - self.period[axis] * ops.floor(place / self.period[axis])
        return clamped(self.last[axis] - ops.abs(self.last[axis] - place), 0.0, self.last[axis])

    def construct(self, images, values):
        values = values.reshape((-1, 6, 1, 1))
        scale, stretch = LOG_2 * values[:, 0], LOG_2 * values[:, 1]
        wide, high = ops.exp(scale + stretch), ops.exp(scale - stretch)
        cos, sin = ops.cos(values[:, 2:4]), ops.sin(values[:, 2:4])
        x, y = self.columns - values[:, 4], self.rows - values[:, 5]
        across, down = cos[:, 1] * x - sin[:, 1] * y, sin[:, 1] * x + cos[:, 1] * y
        across, down = wide * across, high * down
        x = cos[:, 0] * across - sin[:, 0] * down + self.middles[1]
        y = sin[:, 0] * across + cos[:, 0] * down + self.middles[0]
        left, top = ops.floor(x), ops.floor(y)
        beside, below = (x - left).reshape((-1, 1)), (y - top).reshape((-1, 1))
        columns = self.reflected(1, left), self.reflected(1, left + 1.0)
        rows = self.reflected(0, top), self.reflected(0, top + 1.0)
        return self.mixed(images, rows, columns, below, beside)

    def mixed(self, images, rows, columns, below, beside):
        """Each pixel of four neighbours, in shares that grow from those above to `below`, from the left to `beside`."""
        count, height, width = images.shape[0], self.sides[0], self.sides[1]
        pixels = images.transpose((0, 2, 3, 1)).reshape((-1, self.colours))
        lines = ()
        for row in rows:
            left, right = self.found(pixels, count, row, columns[0]), self.found(pixels, count, row, columns[1])
            lines += (left + beside * (right - left),)
        found = lines[0] + below * (lines[1] - lines[0])
        return found.reshape((count, height, width, self.colours)).transpose((0, 3, 1, 2))

    def found(self, pixels, count, rows, columns):
        """The pixels (N H W, C) at rows and columns (N, H, W)."""
        places = (rows * self.sides[1] + columns).astype(ms.int32) + _firsts(count, self.sides[0] * self.sides[1])
        return self.gather(pixels, places.reshape((-1,)), 0)


class Tint(nn.Cell):
    """Brightness, contrast, luma flip, hue and saturation: one affine map of a pixel's colours.

    The luma flip turns brightness around and keeps hue and saturation; the grey axis, from black to white, is the one
    around which hue turns and from which saturation leads away. Where there are not three colours the hue stays, and
    with one colour saturation has nothing to act on.

    Inputs:
        images: (N, C, H, W), in [-1, 1] before.
        values: (N, 5): what is added, the logarithm to base 2 of the contrast, 1 where luma is flipped, the angle of
            the hue in radians, the logarithm to base 2 of the saturation.
    """

    draws, gates, width = 6, 5, 5

    def __init__(self, shape: Tuple[int, int, int]):
        super().__init__()
        colours, size = shape[0], int(np.prod(shape))
        turn = (
            np.float64([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3) if colours == 3 else np.zeros([colours] * 2)
        )
        maps = np.stack([np.full([colours] * 2, 1 / colours), np.eye(colours), turn])
        self.maps = ms.Tensor(maps.reshape(3, -1).astype(np.float32))
        self.hued, self.grey = colours == 3, colours == 1
        self.everywhere = ms.Tensor(np.ones((1, size), np.float32))

    @staticmethod
    def values(drawn: np.ndarray, shape: Tuple[int, int, int]) -> np.ndarray:
        """(N, 5) of numbers (N, 6) from U[0, 1)."""
        normals = normal(drawn[:, :4])
        flip, hue = np.floor(2 * drawn[:, 4:5]), 2 * np.pi * drawn[:, 5:6] - np.pi
        return np.concatenate([0.2 * normals[:, 0:1], 0.5 * normals[:, 1:2], flip, hue, normals[:, 2:3]], axis=1)

    @staticmethod
    def chances(drawn: np.ndarray) -> np.ndarray:
        """(N, 5): the p from which on each value counts, of numbers (N, 5) from U[0, 1)."""
        return drawn

    def construct(self, images, values):
        count, colours = images.shape[:2]
        contrast = ops.exp(LOG_2 * values[:, 1:2])
        luma = contrast * (1.0 - 2.0 * values[:, 2:3])
        offset = product(luma * values[:, 0:1], self.everywhere)
        if self.grey:
            return (product(luma, self.everywhere) * images.reshape((count, -1)) + offset).reshape(images.shape)
        chroma = contrast * ops.exp(LOG_2 * values[:, 4:5])
        along, turned = chroma, 0.0 * chroma
        if self.hued:
            along, turned = chroma * ops.cos(values[:, 3:4]), chroma * ops.sin(values[:, 3:4])
        mix = product(ops.concat((luma - along, along, turned), 1), self.maps)
        mixed = ops.bmm(mix.reshape((count, colours, colours)), images.reshape((count, colours, -1)))
        return (mixed.reshape((count, -1)) + offset).reshape(images.shape)
