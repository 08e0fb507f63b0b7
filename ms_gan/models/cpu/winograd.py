"""Convolutions with a stride of 1 by Winograd's algorithm: Lavin and Gray 2015 (arXiv:1509.09308), section 4.

Tiles of outputs, TILE x TILE, are computed from overlapping tiles of n x n pixels, n = TILE + kernel - 1, by
y = A ((G g G') * (B d B')) A': one product for each of the n * n numbers of a transformed tile in place of
kernel * kernel for each output. With TILE = 4 a 5x5 kernel takes 64 products for 16 outputs instead of 400. The
rounding error is about 20 times that of the sums written out, 2e-6 of the outputs' size. docs/notes/kernels.md has the
measurements.
"""

from functools import lru_cache
from typing import List, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops
from mindspore.ops import constexpr

from ms_gan.models.cpu.patches import Gathered, outputs_along, readers, tables_of, taps

TILE = 4
POINTS = (0, 1, -1, 2, -2, 0.5, -0.5)  # where the polynomials are evaluated, beside infinity: small, exact in binary


def pays(inputs: int, outputs: int, kernel: int, stride: int) -> bool:
    """Whether the algorithm is used: where channels outweigh the transforms it is faster than a product of patches."""
    return stride == 1 and 3 <= kernel <= 5 and min(inputs, outputs) >= 16


def _product_of_roots(roots) -> List[float]:
    """Coefficients of the polynomial with these roots, lowest power first."""
    return list(np.poly(roots)[::-1])


@lru_cache(maxsize=None)
def transforms(kernel: int) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A (TILE, n), G (n, kernel), B (n, n) of one dimension, float64: Toom and Cook's algorithm, transposed.

    n - 1 points are finite and the last is infinity: y = A ((G g) * (B d)) is the correlation of d with g.
    """
    points = POINTS[: TILE + kernel - 2]
    infinity = np.eye(len(points) + 1)[-1]
    a = np.vstack([np.vander(points, TILE, increasing=True), infinity[-TILE:]]).T
    others = [[q for q in points if q != p] for p in points]
    scale = np.array([np.prod([p - q for q in rest]) for p, rest in zip(points, others)])
    g = np.vstack([np.vander(points, kernel, increasing=True) / scale[:, None], infinity[-kernel:]])
    b = [_product_of_roots(rest) + [0.0] for rest in others]
    return a, g, np.array([*b, _product_of_roots(points)])


@constexpr
def _both_dimensions(kernel):
    """The transforms of flattened squares: Kronecker products."""
    return tuple(ms.Tensor(np.kron(matrix, matrix).astype(np.float32)) for matrix in transforms(kernel))


def _tiles(size: int, kernel: int, before: int, after: int) -> np.ndarray:
    """(tiles, n) along one side: the pixel that each tap of each tile reads, `size` where it reads padding."""
    count = -(-outputs_along(size, kernel, 1, before, after) // TILE)
    tile = TILE + kernel - 1
    return taps(size, tile, TILE, before, (count - 1) * TILE + tile - size - before)


@lru_cache(maxsize=None)
def tile_rows(images: int, height: int, width: int, kernel: int, before: int, after: int) -> np.ndarray:
    """(n * n * images * tiles,): the pixels of all tiles of all images, taps outermost."""
    y = _tiles(height, kernel, before, after).T[:, None, None, :, None]
    x = _tiles(width, kernel, before, after).T[None, :, None, None, :]
    image = np.arange(images)[:, None, None]
    rows = np.where((y < height) & (x < width), (image * height + y) * width + x, images * height * width)
    return rows.astype(np.int32).reshape(-1)


@lru_cache(maxsize=None)
def output_rows(images: int, height: int, width: int, kernel: int, before: int, after: int) -> np.ndarray:
    """(images * H' * W',): where each output stands among (TILE * TILE, images, tiles), taps outermost."""
    y, x = (np.arange(outputs_along(size, kernel, 1, before, after)) for size in (height, width))
    rows, columns = -(-len(y) // TILE), -(-len(x) // TILE)
    tap = (y % TILE)[:, None] * TILE + x % TILE
    tile = (y // TILE)[:, None] * columns + x // TILE
    image = np.arange(images)[:, None, None]
    return ((tap * images + image) * rows * columns + tile).astype(np.int32).reshape(-1)


@constexpr
def _tile_tables(*place):
    return tables_of(tile_rows(*place)[None])


@constexpr
def _tile_readers(images, height, width, *geometry):
    return tables_of(readers(tile_rows(images, height, width, *geometry), images * height * width))


@constexpr
def _output_tables(*place):
    return tables_of(output_rows(*place)[None])


@constexpr
def _output_readers(images, height, width, *geometry):
    tiles = tile_rows(images, height, width, *geometry)
    outputs = len(tiles) // (TILE + geometry[0] - 1) ** 2 * TILE**2
    return tables_of(readers(output_rows(images, height, width, *geometry), outputs))


class Winograd(nn.Cell):
    """A convolution with a stride of 1, channels last, differentiable as often as needed.

    Args:
        kernel: pixels.
        before, after: rows and columns of zeros at the top and the left, at the bottom and the right.

    Inputs:
        pixels (N, H * W, I), weight (O, I, kernel, kernel), height H, width W; float32.

    Outputs:
        (N * H' * W', O).
    """

    def __init__(self, kernel: int, before: int, after: int):
        super().__init__()
        self.kernel = kernel
        geometry = (kernel, before, after)
        self.tiles = Gathered(_tile_tables, _tile_readers, geometry)
        self.outputs = Gathered(_output_tables, _output_readers, geometry)
        self.product = ops.BatchMatMul()

    def construct(self, pixels, weight, height, width):
        images, _, inputs = pixels.shape
        outputs = weight.shape[0]
        a, g, b = _both_dimensions(self.kernel)
        weights = ops.matmul(g, weight.transpose((2, 3, 1, 0)).reshape((self.kernel**2, -1)))
        tiles = self.tiles(pixels.reshape((1, -1, inputs)), images, height, width)
        tiles = ops.matmul(b, tiles.reshape((b.shape[0], -1)))
        products = self.product(tiles.reshape((b.shape[0], -1, inputs)), weights.reshape((b.shape[0], inputs, outputs)))
        products = ops.matmul(a, products.reshape((b.shape[0], -1)))
        return self.outputs(products.reshape((1, -1, outputs)), images, height, width).reshape((-1, outputs))
