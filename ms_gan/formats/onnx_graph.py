"""What an ONNX file may hold for this project to make images with it.

onnxruntime reads files beside a model where the model says so, and takes as much memory as its numbers ask for. So a
file is read here first, and only a graph of the kind that `export.py` writes goes on: layers of onnx_rules.py, each of
which takes what stands before it and numbers in the file itself, and results of the sizes that the card says.
"""

import math
import re
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ms_gan.formats.graph_input import GraphInput
from ms_gan.formats.onnx_rules import (
    FLOAT_TENSOR,
    FLOAT_VALUE,
    INT_TENSOR,
    INT_VALUE,
    MOST_PIXELS,
    NOTHING,
    OPERATORS,
    Shape,
    Tensor,
)
from ms_gan.formats.wire import BYTES, FLOAT, INT, TEXT, Malformed, many, one, read_message

OUTPUT, OPSET, CARD_KEY = "images", 17, "ms_gan.generators.card"
LARGEST_FILE_BYTES = 2_000_000_000  # bytes of an ONNX file; a protocol buffer can be no larger than 2 GiB
FLOAT32, INT32, INT64 = 1, 6, 7  # types of tensors
MOST_NUMBERS = 1 << 31  # in a result

# The fields that export.py's files have, of those that ONNX knows; without them are external data, functions,
# subgraphs, sparse and quantised tensors, and all of training.
TENSOR = {1: many("dims", INT), 2: one("type", INT), 8: one("name", TEXT), 9: one("content", BYTES)}
ATTRIBUTE = {
    1: one("name", TEXT), 2: one("f", FLOAT), 3: one("i", INT), 4: one("s", BYTES), 8: many("ints", INT),
    20: one("type", INT),
}  # fmt: skip
NODE = {
    1: many("inputs", TEXT), 2: many("outputs", TEXT), 3: one("name", TEXT), 4: one("operator", TEXT),
    5: many("attributes", ATTRIBUTE),
}  # fmt: skip
DIMENSION = {1: one("size", INT), 2: one("name", TEXT)}
TENSOR_TYPE = {1: one("type", INT), 2: one("shape", {1: many("dims", DIMENSION)})}
VALUE = {1: one("name", TEXT), 2: one("kind", {1: one("tensor", TENSOR_TYPE)})}
GRAPH = {
    1: many("nodes", NODE), 2: one("name", TEXT), 5: many("tensors", TENSOR), 11: many("inputs", VALUE),
    12: many("outputs", VALUE),
}  # fmt: skip
MODEL = {
    1: one("ir_version", INT), 2: one("producer", TEXT), 7: one("graph", GRAPH),
    8: many("opsets", {1: one("domain", TEXT), 2: one("version", INT)}),
    14: many("properties", {1: one("key", TEXT), 2: one("value", TEXT)}),
}  # fmt: skip


class Value(NamedTuple):
    """What an input of the graph holds, or what a node makes; its shape is without N."""

    shape: Shape
    whole: bool = False


def check_onnx(
    content: bytes, inputs: Sequence[GraphInput], image_shape: Sequence[int], batch_size: Optional[int]
) -> None:
    """Refuse a file that is not a generator's graph.

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
    if graph is None or [(opset["domain"] or "", opset["version"]) for opset in model["opsets"]] != [("", OPSET)]:
        raise Malformed(f"there is no graph of opset {OPSET} in it")
    if len(graph["inputs"]) != len(inputs) or len(graph["outputs"]) != 1:
        raise Malformed("it has other inputs or outputs than those which its card describes")
    for found, wanted in zip(graph["inputs"], inputs):
        _check_end(found, wanted, batch_size)
    _check_end(graph["outputs"][0], GraphInput(OUTPUT, tuple(image_shape)), batch_size)
    tensors = {tensor["name"]: tensor for tensor in graph["tensors"]}
    values = {wanted.name: Value(wanted.shape, wanted.whole) for wanted in inputs}
    if len(tensors) != len(graph["tensors"]) or {OUTPUT, "", None, *values} & set(tensors):
        raise Malformed("two values with the same name")
    for tensor in graph["tensors"]:
        _check_tensor(tensor)
    made = _check_nodes(graph["nodes"], tensors, values, MOST_NUMBERS // (batch_size or 1))
    if made != tuple(image_shape):
        raise Malformed(f"it makes images of {list(made)}, not of {list(image_shape)} as its card says")


def _check_end(value: Dict[str, Any], wanted: GraphInput, batch_size: Optional[int]) -> None:
    """An input or the output of the graph must be a tensor of this name, type and size."""
    tensor = value["kind"] and value["kind"]["tensor"]
    shape = (tensor or {}).get("shape")
    found = [dimension["size"] for dimension in shape["dims"]] if shape else None
    kind, number = ("int32", INT32) if wanted.whole else ("float32", FLOAT32)
    sizes = [batch_size, *wanted.shape]
    if found != sizes or tensor["type"] != number or value["name"] != wanted.name:
        raise Malformed(f"its {wanted.name} are not {kind} {sizes}, which its card describes (None: any number)")


def _check_tensor(tensor: Dict[str, Any]) -> None:
    size = {FLOAT32: 4, INT64: 8}.get(tensor["type"])
    if size is None or not 1 <= len(tensor["dims"]) <= 4 or min(tensor["dims"]) < 1:
        raise Malformed("a tensor of impossible type or dimensions")
    if tensor["content"] is None or len(tensor["content"]) != math.prod(tensor["dims"]) * size:
        raise Malformed("a tensor whose size differs from its header")


def _check_nodes(nodes: List[Dict[str, Any]], tensors: Dict[str, Any], values: Dict[str, Value], most: int) -> Shape:
    """Every node must make one new value, at most `most` numbers, of values before it; returns the images' shape.

    What must be kept at once is at most what two results may hold, as in a row of layers, whatever takes it later.
    """
    last_use = {name: at for at, node in enumerate(nodes) for name in node["inputs"]}
    kept = sum(math.prod(value.shape) for value in values.values())
    for at, node in enumerate(nodes):
        made = node["outputs"][0] if len(node["outputs"]) == 1 else ""
        if not made or made in values or made in tensors:
            raise Malformed("a node without a result of its own")
        shape = _result(node, tensors, values)
        numbers = math.prod(shape)
        if not 0 < numbers <= most or min(shape) < 1:
            raise Malformed(f"a result of {numbers:,} numbers")
        kept += numbers
        if kept > 2 * most:
            raise Malformed(f"results of {kept:,} numbers at once")
        done = {name for name in node["inputs"] if name in values and last_use[name] == at}
        kept -= sum(math.prod(values[name].shape) for name in done)
        values[made] = Value(shape)
    if not nodes or nodes[-1]["outputs"] != [OUTPUT]:
        raise Malformed("no node computes the images")
    if any(node["outputs"][0] not in last_use for node in nodes[:-1]):
        raise Malformed("a node whose result nothing takes")
    return values[OUTPUT].shape


def _result(node: Dict[str, Any], tensors: Dict[str, Any], values: Dict[str, Value]) -> Shape:
    """The shape of what a node makes, which must be of a kind that has a rule, and keep to it."""
    operator = OPERATORS.get(node["operator"])
    if operator is None:
        raise Malformed(f"an operator that no generator of ours needs: {(node['operator'] or '')[:40]!r}")
    taken, numbers, letters = [], [], ""
    for name in node["inputs"]:
        if name in values:
            taken.append(values[name].shape)
            letters += INT_VALUE if values[name].whole else FLOAT_VALUE
        elif name in tensors:
            tensor = tensors[name]
            numbers.append(Tensor(tuple(tensor["dims"]), tensor["content"], tensor["type"] == INT64))
            letters += INT_TENSOR if numbers[-1].integer else FLOAT_TENSOR
        elif name == "":
            letters += NOTHING
        else:
            raise Malformed("a node that takes what nothing before it makes")
    if not re.fullmatch(operator.inputs, letters):
        raise Malformed(f"a node without the values and tensors that {node['operator']} needs")
    return operator.result(taken, numbers, _attributes(node["attributes"], operator.attributes))


def _attributes(found: List[Dict[str, Any]], expected: Dict[str, str]) -> Dict[str, Any]:
    """The values of a node's attributes, which must be those expected, all of them."""
    values = {attribute["name"]: attribute for attribute in found}
    if len(values) != len(found) or set(values) != set(expected):
        raise Malformed("a node with other attributes than it needs")
    for name, field in expected.items():
        held = {field for field in ("f", "i", "s", "ints") if values[name][field] not in (None, [])}
        values[name] = values[name][field]
        if held != {field} or (field == "ints" and not all(0 <= number <= MOST_PIXELS for number in values[name])):
            raise Malformed("an attribute of another type or range than it should have")
    return values
