"""What an ONNX file may hold for this project to make images with it.

onnxruntime reads files beside a model where the model says so, and takes as much memory as its numbers ask for. So a
file is read here first, and only a graph of the kind that `export.py` writes goes on: a row of layers, each with its
numbers in the file itself, whose results have the sizes that the card says.
"""

import math
from functools import partial
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ms_gan.formats.wire import BYTES, FLOAT, INT, TEXT, Malformed, many, one, read_message

INPUT, OUTPUT, OPSET, CARD_KEY = "latents", "images", 17, "ms_gan.generators.card"
LARGEST = 2_000_000_000  # bytes of an ONNX file; a protocol buffer can be no larger than 2 GiB
FLOAT32, INT64 = 1, 7  # types of tensors
MOST_NUMBERS = 1 << 31  # in a result
MOST_PIXELS = 1 << 16  # of a stride or a border

# The fields that export.py's files have, of those that ONNX knows; without them are external data, functions,
# subgraphs, sparse and quantised tensors, and all of training.
TENSOR = {1: many("dims", INT), 2: one("type", INT), 8: one("name", TEXT), 9: one("content", BYTES)}
ATTRIBUTE = {
    1: one("name", TEXT), 2: one("f", FLOAT), 3: one("i", INT), 8: many("ints", INT), 20: one("type", INT),
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

Shape = Tuple[int, ...]


class Operator(NamedTuple):
    """What a node of a kind may have, and what it makes.

    Attributes:
        result: (shape of its input, shapes of its tensors, attributes) -> shape of its result, all without N.
        tensors: how many it takes, at least and at most.
        attributes: which it has, by name, and whether each is f, i or ints.
    """

    result: Callable[[Shape, List[Shape], Dict[str, Any]], Shape]
    tensors: Tuple[int, int] = (0, 0)
    attributes: Dict[str, str] = {}


def check_onnx(content: bytes, latent_width: int, image_shape: Sequence[int], batch_size: Optional[int]) -> None:
    """Refuse a file that is not a generator's graph.

    Args:
        content: the file's.
        latent_width, image_shape: of the generator that the file should hold.
        batch_size: images that it makes at once; None: any number.

    Raises:
        Malformed: says in a few words what is wrong.
    """
    model = read_message(memoryview(content), MODEL)
    graph = model["graph"]
    if graph is None or [(opset["domain"] or "", opset["version"]) for opset in model["opsets"]] != [("", OPSET)]:
        raise Malformed(f"there is no graph of opset {OPSET} in it")
    _check_end(graph["inputs"], INPUT, [batch_size, latent_width])
    _check_end(graph["outputs"], OUTPUT, [batch_size, *image_shape])
    tensors = {tensor["name"]: tensor for tensor in graph["tensors"]}
    if len(tensors) != len(graph["tensors"]) or {INPUT, OUTPUT} & set(tensors):
        raise Malformed("two values of one name")
    for tensor in graph["tensors"]:
        _check_tensor(tensor)
    made = _check_nodes(graph["nodes"], tensors, (latent_width,), MOST_NUMBERS // (batch_size or 1))
    if made != tuple(image_shape):
        raise Malformed(f"it makes {list(made)} of a latent, not images of {list(image_shape)} as its card says")


def _check_end(values: List[Dict[str, Any]], name: str, sizes: List[Optional[int]]) -> None:
    """The graph's input or output must be one tensor of float32, of these sizes; None: any number."""
    tensor = values[0]["kind"] and values[0]["kind"]["tensor"] if len(values) == 1 else None
    shape = (tensor or {}).get("shape")
    found = [dimension["size"] for dimension in shape["dims"]] if shape else None
    if found != sizes or tensor["type"] != FLOAT32 or values[0]["name"] != name:
        raise Malformed(f"its {name} are not float32 {sizes}, which its card describes (None: any number)")


def _check_tensor(tensor: Dict[str, Any]) -> None:
    size = {FLOAT32: 4, INT64: 8}.get(tensor["type"])
    if size is None or not 1 <= len(tensor["dims"]) <= 4 or min(tensor["dims"]) < 1:
        raise Malformed("a tensor of impossible type or dimensions")
    if tensor["content"] is None or len(tensor["content"]) != math.prod(tensor["dims"]) * size:
        raise Malformed("a tensor of another size than it states")


def _check_nodes(nodes: List[Dict[str, Any]], tensors: Dict[str, Any], shape: Shape, most: int) -> Shape:
    """Every node must take what the one before it makes, and tensors that fit; returns what the last one makes."""
    last, names = INPUT, {INPUT, *tensors}
    for node in nodes:
        operator = OPERATORS.get(node["operator"])
        if operator is None:
            raise Malformed(f"an operator that no generator of ours needs: {(node['operator'] or '')[:40]!r}")
        if node["inputs"][:1] != [last] or len(node["outputs"]) != 1 or node["outputs"][0] in names:
            raise Malformed("a node that is not the next of a row")
        taken = [tensors.get(name) for name in node["inputs"][1:]]
        fewest, largest = operator.tensors
        if None in taken or not fewest <= len(taken) <= largest:
            raise Malformed("a node without the tensors that it needs")
        attributes = _attributes(node["attributes"], operator.attributes)
        if node["operator"] == "Reshape":
            shape = _reshaped(shape, taken[0])
        elif any(tensor["type"] != FLOAT32 for tensor in taken):
            raise Malformed("a node with numbers of the wrong type")
        else:
            shape = operator.result(shape, [tuple(tensor["dims"]) for tensor in taken], attributes)
        if not 0 < math.prod(shape) <= most or min(shape) < 1:
            raise Malformed(f"a result of {math.prod(shape):,} numbers")
        last = node["outputs"][0]
        names.add(last)
    if last != OUTPUT:
        raise Malformed("no node computes the images")
    return shape


def _attributes(found: List[Dict[str, Any]], expected: Dict[str, str]) -> Dict[str, Any]:
    """The values of a node's attributes, which must be those expected, all of them."""
    values = {attribute["name"]: attribute for attribute in found}
    if len(values) != len(found) or set(values) != set(expected):
        raise Malformed("a node with other attributes than it needs")
    for name, field in expected.items():
        held = {field for field in ("f", "i", "ints") if values[name][field] not in (None, [])}
        values[name] = values[name][field]
        if held != {field} or (field == "ints" and not all(0 <= number <= MOST_PIXELS for number in values[name])):
            raise Malformed("an attribute of another type or range than it should have")
    return values


def _reshaped(shape: Shape, tensor: Dict[str, Any]) -> Shape:
    """A result in the shape that a tensor of int64 holds: -1 for N, then the sizes."""
    if tensor["type"] != INT64 or len(tensor["dims"]) != 1:
        raise Malformed("a shape of the wrong type")
    batch, *sizes = np.frombuffer(tensor["content"], "<i8").tolist()
    if batch != -1 or not sizes or min(sizes) < 1 or math.prod(sizes) != math.prod(shape):
        raise Malformed("a shape that does not fit")
    return tuple(sizes)


def _fits(condition: bool) -> None:
    if not condition:
        raise Malformed("a layer whose numbers do not fit its input")


def _dense(shape: Shape, tensors: List[Shape], attributes: Dict[str, Any]) -> Shape:
    outputs = tensors[0][:1]
    _fits(len(shape) == 1 and tensors[0] == outputs + shape and tensors[1:] in ([], [outputs]))
    _fits(attributes["transB"] == 1)
    return outputs


def _convolution(transposed: bool, shape: Shape, tensors: List[Shape], attributes: Dict[str, Any]) -> Shape:
    kernel, strides, pads = attributes["kernel_shape"], attributes["strides"], attributes["pads"]
    _fits(len(shape) == 3 and len(tensors[0]) == 4 and tensors[0][2:] == tuple(kernel))
    inputs, outputs = tensors[0][:2] if transposed else tensors[0][1::-1]
    _fits(inputs == shape[0] and tensors[1:] in ([], [(outputs,)]) and len(strides) == 2 and len(pads) == 4)
    _fits(min(strides) > 0)
    cut = [pads[0] + pads[2], pads[1] + pads[3]]
    if transposed:
        sides = [(side - 1) * strides[i] + kernel[i] - cut[i] for i, side in enumerate(shape[1:])]
    else:
        sides = [(side + cut[i] - kernel[i]) // strides[i] + 1 for i, side in enumerate(shape[1:])]
    return (outputs, *sides)


def _batch_norm(shape: Shape, tensors: List[Shape], attributes: Dict[str, Any]) -> Shape:
    _fits(tensors == [shape[:1]] * 4)
    return shape


def _same(shape: Shape, tensors: List[Shape], attributes: Dict[str, Any]) -> Shape:
    return shape


WINDOW = {"kernel_shape": "ints", "strides": "ints", "pads": "ints"}
OPERATORS = {
    "Gemm": Operator(_dense, (1, 2), {"transB": "i"}),
    "Conv": Operator(partial(_convolution, False), (1, 2), WINDOW),
    "ConvTranspose": Operator(partial(_convolution, True), (1, 2), WINDOW),
    "BatchNormalization": Operator(_batch_norm, (4, 4), {"epsilon": "f"}),
    "Reshape": Operator(_same, (1, 1)),
    "LeakyRelu": Operator(_same, (0, 0), {"alpha": "f"}),
    "Relu": Operator(_same),
    "Tanh": Operator(_same),
}
