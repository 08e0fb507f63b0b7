"""Bilinear doubling and halving: the filter [1, 3, 3, 1] on each axis, with zeros beyond the border.

By Gathers of pixels, as in ms_gan.models.resampling, whose second derivatives are quick on every device.
"""

from functools import lru_cache

import numpy as np
from mindspore.ops import constexpr

from ms_gan.models.cpu.patches import Gathered, readers, tables_of
from ms_gan.models.resampling import Resampled

WEIGHTS = (9 / 16, 3 / 16, 1 / 16)  # of the nearest pixel, of the two beside it, and of the one across from it
KERNEL = np.outer([1, 3, 3, 1], [1, 3, 3, 1]).astype(np.float32) / 16


@lru_cache(maxsize=None)
def neighbour_rows(height: int, width: int, ring: int) -> np.ndarray:
    """The pixels of a small image that each pixel of the doubled one is made of, (tables, 4 * height * width).

    Args:
        height, width: of the small image.
        ring: 0: the nearest one; 1: the two beside it; 2: the one across. height * width stands for none.
    """
    near, beside = (
        [np.arange(2 * side) // 2 for side in (height, width)],
        [np.arange(2 * side) // 2 + np.where(np.arange(2 * side) % 2, 1, -1) for side in (height, width)],
    )
    pairs = {
        0: [(near[0], near[1])],
        1: [(beside[0], near[1]), (near[0], beside[1])],
        2: [(beside[0], beside[1])],
    }[ring]
    tables = []
    for rows, columns in pairs:
        within = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))[None]
        places = np.where(within, rows[:, None] * width + columns[None], height * width)
        tables.append(places.astype(np.int32).reshape(-1))
    return np.stack(tables)


@constexpr
def _doubled(images, height, width, ring):
    return tables_of(neighbour_rows(height, width, ring))


@constexpr
def _halved(images, height, width, ring):
    rows = neighbour_rows(height, width, ring)
    return tables_of(np.concatenate([readers(table, height * width) for table in rows]))


class BilinearUp(Resampled):
    """Twice as many rows and columns, weighed 3/4 and 1/4 on each axis: bilinear interpolation by 2.

    Inputs:
        (N, C, H, W), float32; in a chain the layout is the chain's.

    Outputs:
        (N, C, 2H, 2W).
    """

    def __init__(self):
        super().__init__(Gathered(_doubled, _halved, (0,)))
        self.beside = Gathered(_doubled, _halved, (1,))
        self.across = Gathered(_doubled, _halved, (2,))

    def construct(self, x):
        height, width = self.sides(x)
        after = (2 * height, 2 * width)
        near = self.resampled(x, (height, width), (height, width), after)
        beside = self.resampled_by(self.beside, x, (height, width), (height, width), after)
        across = self.resampled_by(self.across, x, (height, width), (height, width), after)
        return WEIGHTS[0] * near + WEIGHTS[1] * beside + WEIGHTS[2] * across

    def describe(self, graph, x, channels):
        """The same as a layer of an ms_gan.export.graph.Graph; `channels`: C."""
        weight = np.zeros((channels, channels, 4, 4), np.float32)
        weight[np.arange(channels), np.arange(channels)] = KERNEL
        return graph.layer("conv_transpose", x, weight=weight, bias=None, stride=2, borders=(1, 1))


class BilinearDown(Resampled):
    """Half as many rows and columns, weighed 1/8, 3/8, 3/8 and 1/8 on each axis: a fourth of BilinearUp's adjoint.

    Inputs:
        (N, C, H, W), float32, H and W even; in a chain the layout is the chain's.

    Outputs:
        (N, C, H / 2, W / 2).
    """

    def __init__(self):
        super().__init__(Gathered(_halved, _doubled, (0,)))
        self.beside = Gathered(_halved, _doubled, (1,))
        self.across = Gathered(_halved, _doubled, (2,))

    def construct(self, x):
        height, width = self.sides(x)
        half = (height // 2, width // 2)
        near = self.resampled(x, (height, width), half, half)
        beside = self.resampled_by(self.beside, x, (height, width), half, half)
        across = self.resampled_by(self.across, x, (height, width), half, half)
        return 0.25 * (WEIGHTS[0] * near + WEIGHTS[1] * beside + WEIGHTS[2] * across)
