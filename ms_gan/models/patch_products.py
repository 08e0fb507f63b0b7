"""Convolutions as products of patches, and their adjoints as products whose patches are added up.

Both gradients are written out: MindSpore's would multiply, and then put a row of zeros after the patches for those that
read padding, which copies all of them. Here that row stands after an image's pixels before they are multiplied, which
are 4 to 16 times fewer numbers.
"""

from mindspore import nn, ops

from ms_gan.models.patches import ZEROS, outputs_along, reader_tables, unfold


class OfPatches(nn.Cell):
    """A convolution: patches times weights.

    Args:
        kernel, stride: pixels.
        before, after: rows and columns of zeros at the top and the left, at the bottom and the right.

    Inputs:
        pixels (N, H * W, I); weight (O, kernel * kernel * I); height H, width W; float32.

    Outputs:
        (N * H' * W', O).
    """

    def __init__(self, *geometry: int):
        super().__init__()
        self.unfold, self.unfold_again = unfold(*geometry), unfold(*geometry)  # MindSpore cannot compile one for both
        self.product = ops.MatMul(transpose_b=True)
        self.sum_of_products = ops.MatMul(transpose_a=True)
        self.adjoint = ToPixels(*geometry)

    def construct(self, pixels, weight, height, width):
        return self.product(self.unfold(pixels, 1, height, width).reshape((-1, weight.shape[1])), weight)

    def bprop(self, pixels, weight, height, width, out, gradient):
        patches = self.unfold_again(pixels, 1, height, width).reshape((-1, weight.shape[1]))
        return self.adjoint(gradient, weight, height, width), self.sum_of_products(gradient, patches), 0, 0


class ToPixels(nn.Cell):
    """The adjoint of OfPatches in its pixels, with the same arguments: a transposed convolution.

    Inputs:
        rows (N * H' * W', O); weight (O, kernel * kernel * I); height H, width W, of the pixels; float32.

    Outputs:
        (N, H * W, I).
    """

    def __init__(self, *geometry: int):
        super().__init__()
        self.geometry = geometry
        self.product = ops.MatMul()
        self.gather = ops.Gather()
        self.unfold = unfold(*geometry)
        self.back = ops.MatMul(transpose_b=True)
        self.sum_of_products = ops.MatMul(transpose_a=True)

    def construct(self, rows, weight, height, width):
        places = outputs_along(height, *self.geometry) * outputs_along(width, *self.geometry)
        rows = rows.reshape((-1, places, rows.shape[1]))
        rows = ops.concat((rows, ZEROS(rows[:, :1])), 1).reshape((-1, rows.shape[2]))
        taps = self.geometry[0] ** 2
        patches = self.product(rows, weight).reshape((-1, (places + 1) * taps, weight.shape[1] // taps))
        tables = reader_tables(1, height, width, *self.geometry)  # that row's patches are where they find no reader
        pixels = self.gather(patches, tables[0], 1)
        for table in tables[1:]:
            pixels = pixels + self.gather(patches, table, 1)
        return pixels

    def bprop(self, rows, weight, height, width, out, gradient):
        patches = self.unfold(gradient, 1, height, width).reshape((-1, weight.shape[1]))
        return self.back(patches, weight), self.sum_of_products(rows, patches), 0, 0
