"""The operators that an ONNX file of a generator may hold: the inputs and attributes of each, and the size it makes.

The layers that write them are in ms_gan/export/layers.
"""

import math
from functools import partial
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

import numpy as np

from ms_gan.formats.wire import Malformed

MOST_PIXELS = 1 << 16  # of a stride, a border or an enlargement
MOST_JOINED = 64  # values that one Concat takes
FLOAT_VALUE, INT_VALUE, FLOAT_TENSOR, INT_TENSOR, NOTHING = "vlfi-"  # what a node may take; see Operator.inputs

Shape = Tuple[int, ...]
Attributes = Dict[str, Any]


class Tensor(NamedTuple):
    """Numbers that stand in the file: float32, or int64 where it is an integer tensor."""

    shape: Shape
    content: Any
    integer: bool

    def numbers(self) -> List[Any]:
        """The numbers of a tensor of one dimension."""
        _fits(len(self.shape) == 1)
        return np.frombuffer(self.content, "<i8" if self.integer else "<f4").tolist()


class Operator(NamedTuple):
    """What a node of a kind may have, and what it makes.

    Attributes:
        inputs: a regular expression of what it takes, a letter each: v a value of float32, l one of int32 (labels,
            maps), f a tensor of float32 and i one of int64, both in the file, - nothing.
        result: (shapes of its values, its tensors, attributes) -> shape of its result, float32, all without N.
        attributes: which it has, all of them, by name, and whether each is f, i, s or ints.
    """

    inputs: str
    result: Callable[[List[Shape], List[Tensor], Attributes], Shape]
    attributes: Dict[str, str] = {}


def _fits(condition: bool) -> None:
    if not condition:
        raise Malformed("a layer whose numbers do not fit its input")


def _dense(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    weight, outputs = tensors[0].shape, tensors[0].shape[:1]
    _fits(
        len(values[0]) == 1
        and weight == outputs + values[0]
        and [bias.shape for bias in tensors[1:]] in ([], [outputs])
    )
    _fits(attributes["transB"] == 1)
    return outputs


def _convolution(transposed: bool, values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    shape, weight, biases = values[0], tensors[0].shape, [bias.shape for bias in tensors[1:]]
    kernel, strides, pads = attributes["kernel_shape"], attributes["strides"], attributes["pads"]
    _fits(len(shape) == 3 and len(weight) == 4 and weight[2:] == tuple(kernel))
    inputs, outputs = weight[:2] if transposed else weight[1::-1]
    _fits(inputs == shape[0] and biases in ([], [(outputs,)]) and len(strides) == 2 and len(pads) == 4)
    _fits(min(strides) > 0)
    cut = [pads[0] + pads[2], pads[1] + pads[3]]
    if transposed:
        sides = [(side - 1) * strides[i] + kernel[i] - cut[i] for i, side in enumerate(shape[1:])]
    else:
        sides = [(side + cut[i] - kernel[i]) // strides[i] + 1 for i, side in enumerate(shape[1:])]
    return (outputs, *sides)


def _pool(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    shape, kernel, strides = values[0], attributes["kernel_shape"], attributes["strides"]
    _fits(len(shape) == 3 and len(kernel) == len(strides) == 2 and min(*kernel, *strides) > 0)
    return (shape[0], *((side - kernel[i]) // strides[i] + 1 for i, side in enumerate(shape[1:])))


def _normalisation(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    _fits(all(tensor.shape == values[0][:1] for tensor in tensors))
    return values[0]


def _instance_norm(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    _fits(len(values[0]) == 3)
    return _normalisation(values, tensors, attributes)


def _reshape(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    """In the shape that a tensor holds: -1 for N, then the sizes."""
    batch, *sizes = tensors[0].numbers()
    if batch != -1 or not sizes or min(sizes) < 1 or math.prod(sizes) != math.prod(values[0]):
        raise Malformed("a shape that does not fit")
    return tuple(sizes)


def _same(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    return values[0]


def _broadcast(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    """Two values, each side of one as long as the other's or 1; or a value and a single number."""
    if tensors:
        _fits(tensors[0].shape == (1,))
        return values[0]
    first, second = values
    _fits(len(first) == len(second) and all(a == b or 1 in (a, b) for a, b in zip(first, second)))
    return tuple(map(max, first, second))


def _concat(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    _fits(attributes["axis"] == 1 and all(shape[1:] == values[0][1:] for shape in values))
    return (sum(shape[0] for shape in values), *values[0][1:])


def _slice(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    """Channels from the first tensor's to the second's number; the third holds the axis."""
    _fits(all(tensor.shape == (1,) for tensor in tensors))
    (start,), (end,), axes = (tensor.numbers() for tensor in tensors)
    _fits(axes == [1] and 0 <= start < end <= values[0][0])
    return (end - start, *values[0][1:])


def _resize(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    shape, scales = values[0], tensors[0].numbers()
    _fits(len(shape) == 3 and len(scales) == 4 and scales[:2] == [1, 1])
    _fits(all(1 <= scale <= MOST_PIXELS and scale % 1 == 0 for scale in scales))
    return (shape[0], *(side * int(scale) for side, scale in zip(shape[1:], scales[2:])))


def _pad(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    shape, borders, mode = values[0], tensors[0].numbers(), attributes["mode"]
    _fits(len(shape) == 3 and len(borders) == 8 and borders[:2] == borders[4:6] == [0, 0])
    most = min(shape[1:]) - 1 if mode == b"reflect" else MOST_PIXELS
    _fits(mode in (b"constant", b"edge", b"reflect") and all(0 <= border <= most for border in borders))
    return (shape[0], *(side + borders[2 + i] + borders[6 + i] for i, side in enumerate(shape[1:])))


def _embedding(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    """Rows of a table, by labels or by maps of them."""
    _fits(len(values[0]) in (0, 2) and len(tensors[0].shape) == 2)
    return (*values[0], *tensors[0].shape[1:])


def _channels_first(values: List[Shape], tensors: List[Tensor], attributes: Attributes) -> Shape:
    _fits(len(values[0]) == 3 and attributes["perm"] == [0, 3, 1, 2])
    return (values[0][2], *values[0][:2])


WINDOW = {"kernel_shape": "ints", "strides": "ints"}
OPERATORS = {
    "Add": Operator("vv", _broadcast),
    "AveragePool": Operator("v", _pool, WINDOW),
    "BatchNormalization": Operator("vffff", _normalisation, {"epsilon": "f"}),
    "Concat": Operator(f"v{{2,{MOST_JOINED}}}", _concat, {"axis": "i"}),
    "Conv": Operator("vff?", partial(_convolution, False), {**WINDOW, "pads": "ints"}),
    "ConvTranspose": Operator("vff?", partial(_convolution, True), {**WINDOW, "pads": "ints"}),
    "Gather": Operator("fl", _embedding),
    "Gemm": Operator("vff?", _dense, {"transB": "i"}),
    "InstanceNormalization": Operator("vff", _instance_norm, {"epsilon": "f"}),
    "LeakyRelu": Operator("v", _same, {"alpha": "f"}),
    "MaxPool": Operator("v", _pool, WINDOW),
    "Mul": Operator("vv|vf", _broadcast),
    "Pad": Operator("vi", _pad, {"mode": "s"}),
    "Relu": Operator("v", _same),
    "Reshape": Operator("vi", _reshape),
    "Resize": Operator("v-f", _resize),
    "Sigmoid": Operator("v", _same),
    "Slice": Operator("viii", _slice),
    "Tanh": Operator("v", _same),
    "Transpose": Operator("v", _channels_first, {"perm": "ints"}),
}
