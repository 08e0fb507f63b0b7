import re

import numpy as np
import pytest

from ms_gan.formats.onnx_rules import MOST_JOINED, OPERATORS, Tensor
from ms_gan.formats.wire import Malformed


def floats(*numbers):
    return Tensor((len(numbers),), np.array(numbers, "<f4").tobytes(), False)


def integers(*numbers):
    return Tensor((len(numbers),), np.array(numbers, "<i8").tobytes(), True)


def sized(*shape):
    """A tensor whose content does not matter."""
    return Tensor(shape, b"", False)


def window(kernel, strides):
    return {"kernel_shape": kernel, "strides": strides}


IMAGE = (4, 6, 5)
FITS = {
    "Add": ([IMAGE, (4, 1, 1)], [], {}, IMAGE),
    "AveragePool": ([IMAGE], [], window([2, 2], [2, 1]), (4, 3, 4)),
    "Concat": ([IMAGE, IMAGE, (1, 6, 5)], [], {"axis": 1}, (9, 6, 5)),
    "Gather": ([()], [sized(10, 7)], {}, (7,)),
    "InstanceNormalization": ([IMAGE], [sized(4)] * 2, {"epsilon": 1e-5}, IMAGE),
    "MaxPool": ([IMAGE], [], window([2, 2], [2, 2]), (4, 3, 2)),
    "Mul": ([(4, 1, 1), IMAGE], [], {}, IMAGE),
    "Pad": ([IMAGE], [integers(0, 0, 1, 2, 0, 0, 3, 4)], {"mode": b"reflect"}, (4, 10, 11)),
    "Resize": ([IMAGE], [floats(1, 1, 2, 3)], {}, (4, 12, 15)),
    "Slice": ([IMAGE], [integers(1), integers(4), integers(1)], {}, (3, 6, 5)),
    "Transpose": ([IMAGE], [], {"perm": [0, 3, 1, 2]}, (5, 4, 6)),
}


@pytest.mark.parametrize("name", FITS)
def test_what_fits_has_a_size(name):
    *given, made = FITS[name]
    assert OPERATORS[name].result(*given) == made


def test_a_value_times_a_number():
    assert OPERATORS["Mul"].result([IMAGE], [sized(1)], {}) == IMAGE


def test_a_map_of_labels_becomes_rows_of_a_table():
    assert OPERATORS["Gather"].result([(6, 5)], [sized(10, 7)], {}) == (6, 5, 7)


@pytest.mark.parametrize(
    "name, change",
    [
        ("Add", {0: [IMAGE, (4, 6)]}),
        ("Add", {0: [IMAGE, (4, 2, 5)]}),
        ("AveragePool", {2: window([2, 2], [0, 1])}),
        ("AveragePool", {2: window([0, 2], [1, 1])}),
        ("AveragePool", {2: window([2], [2])}),
        ("AveragePool", {0: [(4,)]}),
        ("Concat", {2: {"axis": 0}}),
        ("Concat", {0: [IMAGE, (4, 6, 6)]}),
        ("Concat", {0: [IMAGE, (4,)]}),
        ("Gather", {1: [sized(10)]}),
        ("Gather", {0: [(3,)]}),
        ("InstanceNormalization", {1: [sized(4), sized(5)]}),
        ("InstanceNormalization", {0: [(4,)]}),
        ("Mul", {0: [IMAGE], 1: [sized(4)]}),
        ("Pad", {2: {"mode": b"wrap"}}),
        ("Pad", {1: [integers(0, 1, 1, 2, 0, 0, 3, 4)]}),
        ("Pad", {1: [integers(0, 0, 1, 2, 1, 0, 3, 4)]}),
        ("Pad", {1: [integers(0, 0, 1, 2, 0, 0, 3, -1)]}),
        ("Pad", {1: [integers(0, 0, 1, 5, 0, 0, 3, 4)]}),
        ("Pad", {1: [integers(0, 0, 1, 2, 0, 0, 3, 1 << 40)], 2: {"mode": b"constant"}}),
        ("Pad", {1: [integers(0, 0, 1, 2)]}),
        ("Pad", {1: [Tensor((2, 4), bytes(64), True)]}),
        ("Resize", {1: [floats(1, 2, 2, 2)]}),
        ("Resize", {1: [floats(1, 1, 2)]}),
        ("Resize", {1: [floats(1, 1, 0.5, 2)]}),
        ("Resize", {1: [floats(1, 1, 1.5, 2)]}),
        ("Resize", {1: [floats(1, 1, 2, 1e9)]}),
        ("Resize", {1: [floats(1, 1, np.nan, 2)]}),
        ("Resize", {1: [floats(1, 1, np.inf, 2)]}),
        ("Resize", {0: [(24,)]}),
        ("Transpose", {2: {"perm": [0, 2, 1, 3]}}),
        ("Transpose", {0: [(4, 6)]}),
        ("Slice", {1: [integers(2), integers(2), integers(1)]}),
        ("Slice", {1: [integers(-1), integers(2), integers(1)]}),
        ("Slice", {1: [integers(0), integers(5), integers(1)]}),
        ("Slice", {1: [integers(0), integers(2), integers(0)]}),
        ("Slice", {1: [integers(0, 0), integers(2, 2), integers(1, 2)]}),
    ],
)
def test_what_does_not_fit_is_refused(name, change):
    given = [change.get(place, part) for place, part in enumerate(FITS[name][:3])]
    with pytest.raises(Malformed, match="do not fit its input"):
        OPERATORS[name].result(*given)


@pytest.mark.parametrize(
    "name, taken",
    [
        ("Add", "v"), ("Add", "vf"), ("Add", "vl"), ("Concat", "v"), ("Concat", "v" * (MOST_JOINED + 1)),
        ("Gather", "fv"), ("Gather", "lf"), ("Gemm", "vfff"), ("Mul", "ff"), ("Reshape", "vf"), ("Resize", "vff"),
        ("Slice", "vii"), ("Tanh", "l"), ("Pad", "vif"),
    ],
)  # fmt: skip
def test_what_a_node_may_not_take(name, taken):
    assert not re.fullmatch(OPERATORS[name].inputs, taken)
