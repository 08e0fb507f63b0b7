"""What a MindIR file may hold for this project to run it.

A MindIR file is a program: among MindSpore's operators are some that run Python, load libraries and write files, and
its reader crashes the process where a file is not what it should be. So a file is read here first, and only a graph of
the kind that `export.py` writes goes on: the card's inputs, one output, the operators of our generators in the order of
their computation, and tensors of the size that they state, all of it in the file itself.
"""

import math
from typing import Any, Dict, Iterable, List, Optional, Sequence, Set

from ms_gan.formats.graph_input import GraphInput
from ms_gan.formats.wire import BYTES, FLOAT, INT, TEXT, Malformed, many, one, read_message

# The fields that export.py's files have, of those that MindSpore knows; without them are external data, functions
# beside the graph, functors, compression, and all of training and parallel execution.
TENSOR = {
    1: many("dims", INT), 2: one("type", INT), 7: one("name", TEXT), 9: one("content", BYTES), 13: one("ref_key", TEXT),
    16: one("compression", INT),
}  # fmt: skip
SEQUENCE = {1: one("dynamic", INT)}
ATTRIBUTE: Dict[int, Any] = {
    1: one("name", TEXT), 2: one("f", FLOAT), 3: one("i", INT), 5: one("s", BYTES), 8: many("floats", FLOAT),
    10: many("ints", INT), 11: many("strings", BYTES), 12: many("tensors", TENSOR), 16: one("type", INT),
    18: one("sequence", SEQUENCE),
}  # fmt: skip
ATTRIBUTE[17] = many("values", ATTRIBUTE)
NODE = {
    1: many("inputs", TEXT), 2: many("outputs", TEXT), 3: one("name", TEXT), 4: one("operator", TEXT),
    5: many("attributes", ATTRIBUTE), 7: one("domain", TEXT), 8: many("node_attributes", ATTRIBUTE),
}  # fmt: skip
VALUE = {1: one("name", TEXT), 2: many("tensors", TENSOR)}
GRAPH = {
    1: many("nodes", NODE), 2: one("name", TEXT), 3: many("parameters", TENSOR), 5: many("inputs", VALUE),
    6: many("outputs", VALUE), 7: one("bprop_hash", TEXT), 8: many("attributes", ATTRIBUTE),
    9: one("bprop_path", TEXT),
}  # fmt: skip
PRIMITIVE = {
    1: one("name", TEXT), 2: one("operator", TEXT), 3: many("attributes", ATTRIBUTE), 4: one("instance", TEXT),
    5: one("kind", INT),
}  # fmt: skip
MODEL = {
    1: one("ir_version", TEXT), 2: one("producer", TEXT), 3: one("producer_version", TEXT), 5: one("version", TEXT),
    7: one("graph", GRAPH), 10: one("little_endian", INT), 12: many("primitives", PRIMITIVE),
    13: one("mind_ir_version", INT),
}  # fmt: skip

# Operators by name, with the number of their inputs; None: any.
OPERATORS = {
    "Add": 2, "BatchMatMul": 4, "BatchNorm": 9, "BiasAdd": 3, "Concat": 2, "Conv2D": 2, "Conv2DTranspose": 3,
    "Depend": 2, "Div": 2, "Divs": 2, "Gather": 4, "Load": 2, "MakeTuple": None, "MatMul": 4, "MatMulExt": 2,
    "Maximum": 2, "MirrorPad": 2, "Mul": 2, "Muls": 2, "Ones": 2, "ReLU": 1, "Reciprocal": 1, "ReduceMean": 3,
    "ReduceSum": 4, "Reshape": 2, "Shape": 1, "Sigmoid": 1, "Split": 3, "Sqrt": 1, "StridedSlice": 9, "Sub": 2,
    "Tanh": 1, "Transpose": 2, "TupleGetItem": 2, "UpdateState": 2, "ZerosLike": 1,
}  # fmt: skip
FLOAT32, INT32, INT64 = 1, 6, 7  # types of tensors
TENSOR_BYTES = {FLOAT32: 4, INT32: 4, INT64: 8}  # of a number, by type
# What an attribute of each type holds, of which it has exactly one; TUPLE and LIST hold any number of attributes.
HOLDS = {
    1: ("f",), 7: ("i", "ints"), 8: ("s", "strings"), 9: ("i",), 19: ("tensors",), 23: (), 39: ("tensors",),
}  # fmt: skip
TUPLE, LIST = 20, 21
MOST_AXES, MOST_NUMBERS = 8, 1 << 31


def check_mindir(
    content: bytes, inputs: Sequence[GraphInput], image_shape: Iterable[int], batch_size: Optional[int]
) -> None:
    """Refuse a file that is not a generator's static graph.

    Args:
        content: the file's.
        inputs: of the generator that the file should hold, in their order.
        image_shape: of what it makes, (C, H, W).
        batch_size: images that it makes at once; None: any number.

    Raises:
        Malformed: says in a few words what is wrong.
    """
    model = read_message(memoryview(content), MODEL)
    graph = model["graph"]
    if graph is None or model["little_endian"] != 1:
        raise Malformed("there is no graph in it")
    batch = -1 if batch_size is None else batch_size
    if len(graph["inputs"]) != len(inputs) or len(graph["outputs"]) != 1:
        raise Malformed("it has other inputs or outputs than those which its card describes")
    for found, wanted in zip(graph["inputs"], inputs):
        _check_end(found, [batch, *wanted.shape], "input", wanted.whole)
    _check_end(graph["outputs"][0], [batch, *image_shape], "output")
    for tensor in graph["parameters"]:
        _check_tensor(tensor, with_content=True)
    known = {value["name"] for value in graph["parameters"] + graph["inputs"]}
    if len(known) != len(graph["parameters"]) + len(inputs):
        raise Malformed("two parameters of one name")
    _check_nodes(graph["nodes"], known, _operators(model["primitives"]))
    if graph["outputs"][0]["name"] not in known:
        raise Malformed("no node computes the output")
    for attribute in graph["attributes"]:
        _check_attribute(attribute)


def _check_end(value: Dict[str, Any], dims: List[int], which: str, whole: bool = False) -> None:
    """An input or the output of the graph must be one tensor of these dimensions, of float32 or of int32."""
    tensors, (kind, number) = value["tensors"], ("int32", INT32) if whole else ("float32", FLOAT32)
    if len(tensors) != 1 or tensors[0]["type"] != number or tensors[0]["dims"] != dims or tensors[0]["content"]:
        raise Malformed(f"its {which} is not {kind} {dims}, which its card describes (-1: any number)")


def _operators(primitives: List[Dict[str, Any]]) -> Dict[str, str]:
    """The operators that nodes name."""
    found = {}
    for primitive in primitives:
        operator = primitive["operator"]
        if operator not in OPERATORS:
            raise Malformed(f"an operator that no generator of ours needs: {(operator or '')[:40]!r}")
        for attribute in primitive["attributes"]:
            _check_attribute(attribute)
        found[f"REF::{primitive['name']}"] = operator
    if len(found) != len(primitives):
        raise Malformed("two operators of one name")
    return found


def _check_nodes(nodes: List[Dict[str, Any]], known: Set[str], operators: Dict[str, str]) -> None:
    """Every node must compute one new value of values that are known before it; adds them to `known`."""
    for node in nodes:
        inputs, operator, attributes = node["inputs"], node["operator"], node["attributes"]
        constant = operator == "Constant"
        if [attribute["name"] for attribute in attributes] != ["value" if constant else "shape"]:
            raise Malformed("a node without a value or a shape")
        _check_attribute(attributes[0], constant)
        for attribute in node["node_attributes"]:
            _check_attribute(attribute)
        if not constant and operator not in operators:
            raise Malformed("a node without an operator")
        if constant and inputs or not constant and OPERATORS[operators[operator]] not in (None, len(inputs)):
            raise Malformed("a node with the wrong number of inputs")
        if not known.issuperset(inputs):
            raise Malformed("a node whose input is computed nowhere, or after it")
        if len(node["outputs"]) != 1 or node["outputs"][0] in known:
            raise Malformed("a node without a result of its own")
        known.add(node["outputs"][0])


def _check_attribute(attribute: Dict[str, Any], constant: bool = False) -> None:
    """An attribute must hold what its type says; tensors have a content in constants, and only there."""
    kind = attribute["type"]
    held = [name for name, value in attribute.items() if name not in ("name", "type") and value not in (None, [])]
    if kind in (TUPLE, LIST):
        if not set(held) <= {"values", "sequence"}:
            raise Malformed("an attribute of another type than it states")
        for value in attribute["values"]:
            _check_attribute(value, constant)
        return
    fits = kind in HOLDS and len(held) == min(1, len(HOLDS[kind])) and set(held) <= set(HOLDS[kind])
    if not fits or any(len(attribute[name]) != 1 for name in ("ints", "strings", "tensors") if name in held):
        raise Malformed("an attribute of another type than it states")
    for tensor in attribute["tensors"]:
        _check_tensor(tensor, constant)


def _check_tensor(tensor: Dict[str, Any], with_content: bool) -> None:
    """A tensor must be of a known type, and with its content exactly where one belongs."""
    dims, content, size = tensor["dims"], tensor["content"], TENSOR_BYTES.get(tensor["type"])
    if size is None or tensor["compression"]:
        raise Malformed("a tensor of a type that no generator of ours has")
    smallest = 1 if with_content else -1
    if len(dims) > MOST_AXES or min(dims, default=1) < smallest or math.prod(map(abs, dims)) > MOST_NUMBERS:
        raise Malformed("a tensor with impossible dimensions")
    if with_content != (content is not None) or with_content and len(content) != math.prod(dims) * size:
        raise Malformed("a tensor whose size differs from its header")
