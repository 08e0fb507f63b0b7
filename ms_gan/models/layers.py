"""Layers that more than one family of networks is built from. Their weights are zero until `initialise` sets them."""

from typing import Sequence

from mindspore import nn, ops

from ms_gan.models import per_image
from ms_gan.models.cpu import convolution, norms
from ms_gan.models.cpu import instance_norm as instance_norms

_products = False
_reduced = False


def convolutions_as_products(chosen: bool, reduced: bool = False) -> None:
    """Choose how the convolutions built from now on are computed; the runtime calls this once.

    Args:
        chosen: as matrix products, channels last (ms_gan.models.cpu), or by MindSpore's own layers. Parameters
            and results are the same. With them go a LeakyReLU and a BatchNorm of faster kernels.
        reduced: whether the device rounds what float32 matrix products multiply, to bfloat16 for example.
    """
    global _products, _reduced
    _products, _reduced = chosen, reduced


def channels_last() -> bool:
    """Whether what is built from now on for chains takes and gives (N, H, W, C); otherwise (N, C, H, W)."""
    return _products


def dense(inputs: int, outputs: int, bias: bool = True) -> nn.Dense:
    """A Dense layer, (N, inputs) -> (N, outputs)."""
    return nn.Dense(inputs, outputs, weight_init="zeros", bias_init="zeros", has_bias=bias)


def chain(cells: Sequence[nn.Cell]) -> nn.Cell:
    """Convolutional layers in a row, (N, C, H, W) -> (N, C', H', W'). `conv` and its like stand in chains only."""
    return convolution.ChannelsLast(cells) if _products else nn.SequentialCell(cells)


def conv(inputs: int, outputs: int, kernel: int, stride: int = 1, padding: str = "valid", pad: int = 0, bias=True):
    """A convolution, (N, inputs, H, W) -> (N, outputs, H', W').

    Args:
        inputs, outputs: channels.
        kernel, stride: pixels.
        padding: valid: none; same: H' = H / stride, a whole number; an odd pixel goes to the bottom and the
            right as in Keras; pad: `pad` pixels on every side.
        bias: whether a number is added to each output channel.
    """
    if _products:
        return convolution.Conv2d(inputs, outputs, kernel, stride, padding, pad, bias, _reduced)
    return nn.Conv2d(
        inputs, outputs, kernel, stride, pad_mode=padding, padding=pad, has_bias=bias,
        weight_init="zeros", bias_init="zeros",
    )  # fmt: skip


def conv_transpose(
    inputs: int, outputs: int, kernel: int, stride: int = 1, padding: str = "valid", pad: int = 0, bias=True
):
    """The gradient of a convolution as a layer, (N, inputs, H, W) -> (N, outputs, H', W').

    Args:
        inputs, outputs: channels.
        kernel, stride: pixels.
        padding: of the convolution whose gradient it is: valid: H' = (H - 1) * stride + kernel; same: H' = H * stride;
            pad: H' = (H - 1) * stride + kernel - 2 * pad.
        bias: whether a number is added to each output channel.
    """
    if _products:
        return convolution.ConvTranspose2d(inputs, outputs, kernel, stride, padding, pad, bias, _reduced)
    return nn.Conv2dTranspose(
        inputs, outputs, kernel, stride, pad_mode=padding, padding=pad, has_bias=bias,
        weight_init="zeros", bias_init="zeros",
    )  # fmt: skip


def batch_norm(width: int) -> nn.BatchNorm1d:
    """BatchNorm over (N, width), eps 1e-5; the running statistics keep 0.9 (in PyTorch's terms 0.1)."""
    if _products:
        return norms.BatchNorm1d(width, 1e-5, 0.9, _reduced)
    return nn.BatchNorm1d(width, eps=1e-5, momentum=0.9)


def batch_norm_2d(channels: int, affine: bool = True) -> nn.BatchNorm2d:
    """BatchNorm over (N, channels, H, W), eps 1e-5; the running statistics keep 0.9 (in PyTorch's terms 0.1).

    Args:
        channels: C.
        affine: whether training adjusts gamma and beta; otherwise they stay 1 and 0.
    """
    if _products:
        return norms.BatchNorm2d(channels, 1e-5, 0.9, _reduced, affine)
    return nn.BatchNorm2d(channels, eps=1e-5, momentum=0.9, affine=affine)


def instance_norm(channels: int, affine: bool = True) -> per_image.InstanceNorm:
    """Each channel of each of (N, channels, H, W) images normalised by itself, eps 1e-5.

    Args:
        channels: C.
        affine: whether there are gamma and beta, which training adjusts. In PyTorch the default is that there are none.
    """
    if _products:
        return instance_norms.InstanceNorm(channels, affine, exact=_reduced)
    return per_image.InstanceNorm(channels, affine)


def norm_2d(kind: str, channels: int) -> nn.Cell:
    """A norm over (N, channels, H, W) by name.

    Args:
        kind: batch: batch_norm_2d; instance: instance_norm without gamma and beta.
        channels: C.
    """
    return batch_norm_2d(channels) if kind == "batch" else instance_norm(channels, affine=False)


def scale_and_shift() -> per_image.ScaleAndShift:
    """x * scale + shift with numbers for each image, or for each pixel: what makes a norm a conditional one."""
    return instance_norms.ScaleAndShift(_reduced) if _products else per_image.ScaleAndShift()


class LeakyReLU(nn.Cell):
    """x where positive, slope * x below, of any shape, from kernels whose gradients run in all threads of a CPU.

    MindSpore's own LeakyReLU takes three times as long there, forward and backward (docs/notes/kernels.md), and its
    second derivative, which R1 needs, has no kernel for GPUs.
    """

    def __init__(self, slope: float):
        super().__init__()
        self.slope = slope
        self.relu = nn.ReLU()

    def construct(self, x):
        return x + self.relu((self.slope - 1.0) * x)  # in fewer passes than slope * x and (1 - slope) * relu(x)


# The functions ops.matmul, ops.square, Tensor.sum, comparisons with a number and ops.clamp stand for ops that have no
# kernels for GPUs of their own (MindSpore 2.8 to 2.10), and run there only where MindSpore replaces them; these have.
# tests/training/test_device_ops.py looks all of them up.
product = ops.MatMul()
total = ops.ReduceSum()


def clamped(x, low: float, high: float):
    """A tensor with each element moved into [low, high]; what is no number becomes `low` on a CPU, as by ops.clamp."""
    return ops.minimum(ops.maximum(x, low), high)


def activation(slope: float) -> nn.Cell:
    """LeakyReLU with a slope below zero; ReLU where that is 0."""
    if slope == 0:
        return nn.ReLU()
    return LeakyReLU(slope)
