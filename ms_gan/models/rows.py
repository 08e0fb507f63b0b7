"""Rows beside a row: what BatchNorm and biases need, from kernels that use all threads of a CPU.

MindSpore broadcasts in one thread, and sums gradients of what was broadcast in one thread; its products use all.
"""

from mindspore import nn, ops

ADD = ops.BiasAdd()  # MindSpore 2.10 cannot compile gradients written with ops.bias_add, nor with branches


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
        return gradient, self.sum(gradient).reshape((-1,))


class Normalised(nn.Cell):
    """rows (M, C), each column brought to mean `beta` and deviation `gamma`: Ioffe and Szegedy 2015 (arXiv:1502.03167).

    The gradient is theirs (section 3), which passes over the rows half as often as that of the formulas in construct.

    Args:
        eps: added to the variance.
        exact: as in PlusRow.

    Inputs:
        rows, float32; gamma, beta (C,).

    Outputs:
        the same shape; the mean and the variance of rows, (1, C), to which no gradient may be given.
    """

    def __init__(self, eps: float, exact: bool):
        super().__init__()
        self.eps = eps
        self.sum = exact_sum_of_rows if exact else sum_of_rows
        self.repeat = exactly_on_every_row if exact else on_every_row

    def moments(self, rows):
        """The mean of rows, their variance, both (1, C), and the rows less their mean."""
        mean = self.sum(rows) / rows.shape[0]
        centred = ADD(rows, -mean.reshape((-1,)))
        return mean, self.sum(centred * centred) / rows.shape[0], centred

    def construct(self, rows, gamma, beta):
        mean, variance, centred = self.moments(rows)
        scale = gamma / ops.sqrt(variance + self.eps)
        return ADD(centred * self.repeat(scale, rows), beta), mean, variance

    def bprop(self, rows, gamma, beta, out, gradients):
        gradient = gradients[0]
        _, variance, centred = self.moments(rows)
        deviation = ops.sqrt(variance + self.eps)
        scale, count = gamma / deviation, rows.shape[0]
        along, total = self.sum(gradient * centred) / deviation, self.sum(gradient)
        slope = gradient * self.repeat(scale, rows)
        slope = slope - centred * self.repeat(scale * along / (deviation * count), rows)
        slope = ADD(slope, -(scale * total / count).reshape((-1,)))
        return slope, along.reshape((-1,)), total.reshape((-1,))
