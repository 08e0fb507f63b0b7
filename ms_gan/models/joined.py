"""Tensors in a row, with a gradient that every device has kernels for."""

from mindspore import nn, ops


class Joined(nn.Cell):
    """Two tensors of the same shape (N, C, H, W), but for one axis, in a row along that axis.

    The gradient is written out because MindSpore's for Concat has no kernel for GPUs (SplitWithSize).
    """

    def __init__(self, axis: int):
        super().__init__()
        self.axis = axis

    def construct(self, x, y):
        return ops.concat((x, y), self.axis)

    def bprop(self, x, y, out, gradient):
        """The gradients for x and y: parts of that for both."""
        start, middle = (0,) * len(x.shape), [0] * len(x.shape)
        middle[self.axis] = x.shape[self.axis]
        return ops.slice(gradient, start, x.shape), ops.slice(gradient, tuple(middle), y.shape)
