"""Rows beside a row: what norms and biases need, from kernels that use all threads of a CPU.

MindSpore broadcasts in one thread, and sums gradients of what was broadcast in one thread; its products use all.
"""

from mindspore import nn, ops

ADD = ops.BiasAdd()  # MindSpore 2.10 cannot compile gradients written with ops.bias_add, nor with branches
BATCHED = ops.BatchMatMul()


def sum_of_rows(rows):
    """(1, C): the sum of rows (M, C), float32."""
    return ops.matmul(ops.ones((1, rows.shape[0]), rows.dtype), rows)


def on_every_row(row, rows):
    """A row (1, C) repeated to the shape of rows (M, C), float32."""
    return ops.matmul(ops.ones((rows.shape[0], 1), rows.dtype), row)


def exact_sum_of_rows(rows):
    """The same not as a product, for devices that round what products multiply."""
    return rows.sum(0, keepdims=True)


def exactly_on_every_row(row, rows):
    """The same not as a product."""
    return ADD(ops.zeros(rows.shape, rows.dtype), row.reshape((-1,)))


def sum_by_image(rows):
    """(N, 1, C): the sum of each image's rows (N, M, C), float32."""
    return BATCHED(ops.ones((rows.shape[0], 1, rows.shape[1]), rows.dtype), rows)


def on_every_row_of_an_image(row, rows):
    """A row for each image (N, 1, C) repeated to the shape of rows (N, M, C), float32."""
    return BATCHED(ops.ones((*rows.shape[:2], 1), rows.dtype), row)


def exact_sum_by_image(rows):
    """The same not as a product, for devices that round what products multiply."""
    return rows.sum(1, keepdims=True)


def exactly_on_every_row_of_an_image(row, rows):
    """The same not as a product."""
    return ops.zeros(rows.shape, rows.dtype) + row


class PlusRow(nn.Cell):
    """rows (M, C) plus a row (C,), float32.

    The gradient is written out because MindSpore's for BiasAdd sums in one thread.

    Args:
        exact: for devices that round what products multiply: without products.
    """

    def __init__(self, exact: bool):
        super().__init__()
        self.sum = exact_sum_of_rows if exact else sum_of_rows

    def construct(self, rows, row):
        return ADD(rows, row)

    def bprop(self, rows, row, out, gradient):
        """The gradients for rows and row."""
        return gradient, self.sum(gradient).reshape((-1,))
