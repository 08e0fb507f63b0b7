"""Enlarging, pooling and reflecting images, channels last, by Gathers of rows: see ms_gan.models.cpu.patches."""

from functools import lru_cache

import numpy as np
from mindspore import nn
from mindspore.ops import constexpr

from ms_gan.models.cpu.patches import Gathered, readers, tables_of


@lru_cache(maxsize=None)
def doubled_rows(height: int, width: int) -> np.ndarray:
    """(2 * height * 2 * width,): the pixel of a small image that each pixel of the doubled one is a copy of."""
    rows = np.arange(height * width, dtype=np.int32).reshape(height, width)
    return rows.repeat(2, 0).repeat(2, 1).reshape(-1)


@lru_cache(maxsize=None)
def reflected_rows(height: int, width: int, pad: int) -> np.ndarray:
    """((height + 2 * pad) * (width + 2 * pad),): the pixel that each pixel of the padded image is a copy of."""
    rows = np.arange(height * width, dtype=np.int32).reshape(height, width)
    return np.pad(rows, pad, mode="reflect").reshape(-1)


@constexpr
def _doubled_tables(images, height, width):
    return tables_of(doubled_rows(height, width)[None])


@constexpr
def _doubled_readers(images, height, width):
    return tables_of(readers(doubled_rows(height, width), height * width))


@constexpr
def _reflected_tables(images, height, width, pad):
    return tables_of(reflected_rows(height, width, pad)[None])


@constexpr
def _reflected_readers(images, height, width, pad):
    return tables_of(readers(reflected_rows(height, width, pad), height * width))


class Upsampled(nn.Cell):
    """blocks.Upsampled, channels last: (N, H, W, C) -> (N, 2H, 2W, C), float32."""

    def __init__(self):
        super().__init__()
        self.copies = Gathered(_doubled_tables, _doubled_readers, ())

    def construct(self, x):
        images, height, width, channels = x.shape
        y = self.copies(x.reshape((images, height * width, channels)), 1, height, width)
        return y.reshape((images, 2 * height, 2 * width, channels))


class Pooled(nn.Cell):
    """blocks.Pooled, channels last: (N, H, W, C), H and W even -> (N, H / 2, W / 2, C), float32.

    Raises:
        ValueError: an odd side.
    """

    def __init__(self):
        super().__init__()
        self.sums = Gathered(_doubled_readers, _doubled_tables, ())

    def construct(self, x):
        images, height, width, channels = x.shape
        if height % 2 or width % 2:
            raise ValueError(f"pooling by 2 needs even sides, not {height}x{width}")
        sums = self.sums(x.reshape((images, height * width, channels)), 1, height // 2, width // 2)
        return 0.25 * sums.reshape((images, height // 2, width // 2, channels))


class Reflected(nn.Cell):
    """blocks.Reflected, channels last: (N, H, W, C) -> (N, H + 2 * pad, W + 2 * pad, C), float32.

    Args:
        pad: pixels on every side, fewer than the image has.

    Raises:
        ValueError: an image that is too small to be reflected.
    """

    def __init__(self, pad: int):
        super().__init__()
        self.pad = pad
        self.copies = Gathered(_reflected_tables, _reflected_readers, (pad,))

    def construct(self, x):
        images, height, width, channels = x.shape
        if min(height, width) <= self.pad:
            raise ValueError(f"a border of {self.pad} reflected pixels needs larger images than {height}x{width}")
        y = self.copies(x.reshape((images, height * width, channels)), 1, height, width)
        return y.reshape((images, height + 2 * self.pad, width + 2 * self.pad, channels))
