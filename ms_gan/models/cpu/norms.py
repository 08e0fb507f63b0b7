"""BatchNorm as products with rows and columns of ones, channels last: Ioffe and Szegedy 2015 (arXiv:1502.03167).

For CPUs, where MindSpore's own kernels take four to ten times as long: docs/notes/kernels.md. The cells here have the
parameters of MindSpore's own: a checkpoint fits both.
"""

from mindspore import nn, ops

from ms_gan.models.cpu.rows import ADD, exact_sum_of_rows, exactly_on_every_row, on_every_row, sum_of_rows


class _OfRows:
    """What both BatchNorms below share, and their arguments.

    Args:
        channels: C.
        eps, momentum: as in nn.BatchNorm2d.
        exact: for devices that round what products multiply: without products.
        affine: whether training adjusts gamma and beta; otherwise they stay 1 and 0.
    """

    def __init__(self, channels: int, eps: float, momentum: float, exact: bool = False, affine: bool = True):
        super().__init__(channels, eps, momentum, affine)
        self.exact = exact
        self.normalise = self._normaliser()

    def construct(self, x):
        rows = x.reshape((-1, self.num_features))
        if not self.training:
            scale = self.gamma / ops.sqrt(self.moving_variance + self.eps)
            return ((rows - self.moving_mean) * scale + self.beta).reshape(x.shape)
        count = rows.shape[0]
        normalised, mean, variance = self.normalise(rows, self.gamma, self.beta)
        self._follow(self.moving_mean, mean)
        # The running variance is the unbiased one, as in nn.BatchNorm2d.
        self._follow(self.moving_variance, variance * (count / (count - 1)))
        return normalised.reshape(x.shape)

    def _follow(self, running, value):
        ops.assign(running, running + self.momentum * (ops.stop_gradient(value).reshape((-1,)) - running))


class BatchNorm1d(_OfRows, nn.BatchNorm1d):
    """nn.BatchNorm1d: (N, C) -> the same, float32."""

    def _normaliser(self):
        return Normalised(self.eps, self.exact)


class BatchNorm2d(_OfRows, nn.BatchNorm2d):
    """nn.BatchNorm2d, channels last: (N, H, W, C) -> the same, float32."""

    def _normaliser(self):
        return QuicklyNormalised(self.eps, self.exact)


class Normalised(nn.Cell):
    """rows (M, C), each column brought to mean `beta` and deviation `gamma`.

    Args:
        eps: added to the variance.
        exact: as in _OfRows.

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

    def plus(self, rows, row):
        """rows (M, C) plus a row (1, C)."""
        return rows + self.repeat(row, rows)

    def less(self, rows, row):
        """rows (M, C) less a row (1, C)."""
        return rows - self.repeat(row, rows)

    def moments(self, rows):
        """The mean of rows, their variance, both (1, C), and the rows less their mean."""
        mean = self.sum(rows) / rows.shape[0]
        centred = self.less(rows, mean)
        return mean, self.sum(centred * centred) / rows.shape[0], centred

    def construct(self, rows, gamma, beta):
        mean, variance, centred = self.moments(rows)
        scale = self.repeat(gamma / ops.sqrt(variance + self.eps), rows)
        return self.plus(centred * scale, beta.reshape((1, -1))), mean, variance


class QuicklyNormalised(Normalised):
    """The same with the gradient written out as in section 3 of the paper, in two thirds of the passes over many rows.

    Not for few rows: where a network that runs twice in a step has a gradient that is written out, MindSpore copies all
    its weights.
    """

    def plus(self, rows, row):
        """rows (M, C) plus a row (1, C)."""
        return ADD(rows, row.reshape((-1,)))

    def less(self, rows, row):
        """rows (M, C) less a row (1, C)."""
        return ADD(rows, -row.reshape((-1,)))

    def bprop(self, rows, gamma, beta, out, gradients):
        """The gradients for rows, gamma and beta, of that for the rows that construct gives."""
        gradient = gradients[0]
        _, variance, centred = self.moments(rows)
        deviation = ops.sqrt(variance + self.eps)
        scale, count = gamma / deviation, rows.shape[0]
        along, total = self.sum(gradient * centred) / deviation, self.sum(gradient)
        slope = gradient * self.repeat(scale, rows)
        slope = slope - centred * self.repeat(scale * along / (deviation * count), rows)
        slope = self.less(slope, scale * total / count)
        return slope, along.reshape((-1,)), total.reshape((-1,))
