"""Convolutions as matrix products, channels last: for CPUs, where MindSpore's own kernels are slow.

MindSpore hands oneDNN images and weights in plain layouts, for which oneDNN has no direct kernel: with AVX-512 it falls
to its reference code from MindSpore 2.9 on, otherwise to an im2col that works through one image at a time. A product
of gathered patches and weights keeps the rate of MatMul, and with channels last the product's rows are the pixels, so
that no layer between two convolutions has to transpose. docs/notes/kernels.md has the measurements.

The cells here have the parameters of MindSpore's own, names and layouts included: a checkpoint fits both.
"""

import contextlib
from typing import Iterator, Tuple

from mindspore import nn, ops

from ms_gan.models.cpu import winograd
from ms_gan.models.cpu.patches import fold, outputs_along, unfold
from ms_gan.models.cpu.rows import PlusRow


def _borders(kernel: int, stride: int, pad_mode: str, padding: int) -> Tuple[int, int]:
    """How many zeros stand before the first and after the last pixel; of an odd number under same one more after."""
    if pad_mode == "same":
        total = max(kernel - stride, 0)
        return total // 2, total - total // 2
    return (padding, padding) if pad_mode == "pad" else (0, 0)


def _with_bias(layer, rows):
    """rows (M, C) plus the layer's bias, if it has one."""
    if not layer.has_bias:
        return rows
    return layer.plus(rows, layer.bias)


class _Layer:
    """What both convolutions below share: their arguments, those of Conv2d. `_choose` decides how they are computed."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, pad_mode: str, padding: int, has_bias: bool,
        exact: bool = False,
    ):  # fmt: skip
        super().__init__(
            inputs, outputs, kernel, stride, pad_mode, padding, has_bias=has_bias,
            weight_init="zeros", bias_init="zeros",
        )  # fmt: skip
        self.exact = exact
        self.plus = PlusRow(exact)
        self.geometry = (kernel, stride, *_borders(kernel, stride, pad_mode, padding))
        self._choose()


class Conv2d(_Layer, nn.Conv2d):
    """nn.Conv2d, channels last.

    Args:
        inputs, outputs: channels.
        kernel, stride: pixels.
        pad_mode: valid, same (Keras's: an odd pixel goes to the bottom and the right) or pad.
        padding: pixels on every side under pad.
        has_bias: whether a number is added to each output channel.
        exact: for devices that round what products multiply: only the convolution itself is a product, without
            Winograd's transforms, which would multiply the rounding errors.

    Inputs:
        (N, H, W, inputs), float32; under same, H and W are multiples of the stride.

    Outputs:
        (N, H', W', outputs), float32.

    Raises:
        ValueError: a side that the stride does not divide, under same.
    """

    def _choose(self):
        inputs, outputs, (kernel, stride) = self.in_channels, self.out_channels, self.geometry[:2]
        # Towards few channels it is cheaper to multiply first and to gather the small products: with a stride of 1 a
        # convolution is the transposed convolution of the turned kernel.
        self.multiplies_first = stride == 1 and 8 * outputs <= inputs
        self.transforms = not self.exact and winograd.pays(inputs, outputs, kernel, stride)
        if self.transforms:
            self.winograd = winograd.Winograd(kernel, *self.geometry[2:])
        elif self.multiplies_first:
            self.fold = fold(kernel, 1, *(kernel - 1 - border for border in self.geometry[2:]))
        else:
            self.unfold = unfold(*self.geometry)
        self.product = ops.MatMul(transpose_b=True)

    def construct(self, x):
        _, height, width, _ = x.shape
        if self.pad_mode == "same" and (height % self.geometry[1] or width % self.geometry[1]):
            raise ValueError(f"same padding needs sides that the stride divides, not {height}x{width}")
        shape = (-1, outputs_along(height, *self.geometry), outputs_along(width, *self.geometry), self.out_channels)
        pixels = x.reshape((-1, height * width, self.in_channels))
        if self.transforms:
            y = self.winograd(pixels, self.weight, height, width)
        elif self.multiplies_first:
            y = self._multiply_first(pixels, height, width, shape)
        else:
            y = self._gather_first(pixels, height, width)
        return _with_bias(self, y.reshape((-1, self.out_channels))).reshape(shape)

    def _gather_first(self, pixels, height, width):
        weight = self.weight.transpose((0, 2, 3, 1)).reshape((self.out_channels, -1))
        return self.product(self.unfold(pixels, 1, height, width).reshape((-1, weight.shape[1])), weight)

    def _multiply_first(self, pixels, height, width, shape):
        turned = ops.flip(self.weight, (2, 3)).transpose((2, 3, 0, 1)).reshape((-1, self.in_channels))
        patches = self.product(pixels.reshape((-1, self.in_channels)), turned)
        taps = height * width * self.geometry[0] ** 2
        return self.fold(patches.reshape((-1, taps, self.out_channels)), 1, shape[1], shape[2])


@contextlib.contextmanager
def for_any_batch(network: nn.Cell) -> Iterator[None]:
    """Within this context a network can be compiled for any number of images: Winograd's tables are for one number."""
    transformed = [cell for _, cell in network.cells_and_names() if isinstance(cell, Conv2d) and cell.transforms]
    first = [cell.multiplies_first for cell in transformed]
    for cell in transformed:
        cell.unfold = unfold(*cell.geometry)
        cell.transforms = cell.multiplies_first = False
    try:
        yield
    finally:
        for cell, multiplies_first in zip(transformed, first):
            cell.transforms, cell.multiplies_first = True, multiplies_first


class ConvTranspose2d(_Layer, nn.Conv2dTranspose):
    """nn.Conv2dTranspose, channels last. Arguments as in Conv2d, whose gradient it is.

    Inputs:
        (N, H, W, inputs), float32.

    Outputs:
        (N, H', W', outputs), float32; H' = (H - 1) * stride + kernel - 2 * padding, under same H * stride.
    """

    def _choose(self):
        self.fold = fold(*self.geometry)
        self.product = ops.MatMul()

    def _side(self, size):
        kernel, stride, before, after = self.geometry
        return (size - 1) * stride + kernel - before - after

    def construct(self, x):
        _, rows, columns, _ = x.shape
        height, width = self._side(rows), self._side(columns)
        weight = self.weight.transpose((0, 2, 3, 1)).reshape((self.in_channels, -1))
        patches = self.product(x.reshape((-1, self.in_channels)), weight)
        taps = rows * columns * self.geometry[0] ** 2
        pixels = self.fold(patches.reshape((-1, taps, self.out_channels)), 1, height, width)
        y = _with_bias(self, pixels.reshape((-1, self.out_channels)))
        return y.reshape((-1, height, width, self.out_channels))


class ChannelsLast(nn.SequentialCell):
    """Cells that take and give channels last, in a row, for images (N, C, H, W) at both ends."""

    def construct(self, x):
        return super().construct(x.transpose((0, 2, 3, 1))).transpose((0, 3, 1, 2))
