import numpy as np
import pytest

from ms_gan.export import layers
from ms_gan.export.graph import read_graph
from ms_gan.export.onnx import make_model
from ms_gan.formats.onnx_graph import check_onnx
from ms_gan.formats.wire import Malformed
from tests.export.generators import small_generator
from tests.export.networks import READERS, Conditional, small_network
from tests.graph_inputs import latents

onnx = pytest.importorskip("onnx")


@pytest.fixture(scope="module")
def content(device):
    """The ONNX file of a small dcgan: Gemm, Reshape, BatchNormalization, Relu, ConvTranspose, Tanh."""
    graph = read_graph(small_generator("dcgan").network, [latents(8)])
    return make_model(graph, (3, 16, 16), None, {}).SerializeToString()


def node(model, operator):
    return next(node for node in model.graph.node if node.op_type == operator)


def attribute(model, operator, name):
    return next(attribute for attribute in node(model, operator).attribute if attribute.name == name)


def read_outside(model):
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def add_subgraph(model):
    node(model, "Tanh").attribute.add(name="body", type=onnx.AttributeProto.GRAPH).g.name = "body"


def reshape_to(model, *sizes):
    at, tensor = next((i, t) for i, t in enumerate(model.graph.initializer) if t.data_type == onnx.TensorProto.INT64)
    model.graph.initializer[at].CopyFrom(onnx.helper.make_tensor(tensor.name, 7, [len(sizes)], sizes))
    model.graph.initializer[at].raw_data = b"".join(int(s).to_bytes(8, "little", signed=True) for s in sizes)
    model.graph.initializer[at].ClearField("int64_data")


EDITS = {
    "reads another file": (read_outside, "unknown field 1[34]"),
    "holds a subgraph": (add_subgraph, "unknown field 6"),
    "another operator": (lambda m: setattr(node(m, "Tanh"), "op_type", "If"), "an operator that no generator"),
    "another domain": (lambda m: setattr(node(m, "Tanh"), "domain", "x"), "unknown field 7"),
    "another opset": (lambda m: setattr(m.opset_import[0], "version", 5), "no graph of opset 17"),
    "a second input": (lambda m: m.graph.input.append(m.graph.input[0]), "other inputs or outputs"),
    "other images": (
        lambda m: setattr(m.graph.output[0].type.tensor_type.shape.dim[2], "dim_value", 8), "its images are not"
    ),
    "a short weight": (
        lambda m: setattr(m.graph.initializer[0], "raw_data", b"1234"), "a tensor whose size differs from its header"
    ),
    "two weights of one name": (
        lambda m: m.graph.initializer.append(m.graph.initializer[0]),
        "two values with the same name",
    ),
    "a loop": (lambda m: node(m, "Relu").input.__setitem__(0, "images"), "takes what nothing before it makes"),
    "no weight": (lambda m: node(m, "Gemm").input.pop(), "without the values and tensors"),
    "no last node": (lambda m: m.graph.node.pop(), "no node computes the images"),
    "a shape of numbers": (
        lambda m: node(m, "Reshape").input.__setitem__(1, "0_Gemm.weight"), "without the values and tensors"
    ),
    "a huge shape": (lambda m: reshape_to(m, -1, 1 << 40, 8, 4), "a shape that does not fit"),
    "a fixed shape": (lambda m: reshape_to(m, 1, 8, 4, 4), "a shape that does not fit"),
    "a huge stride": (
        lambda m: attribute(m, "ConvTranspose", "strides").ints.__setitem__(slice(None), [60000, 60000]),
        "a result of .* numbers",
    ),
    "a stride beyond all": (
        lambda m: attribute(m, "ConvTranspose", "strides").ints.__setitem__(0, 1 << 40), "another type or range"
    ),
    "no stride": (lambda m: attribute(m, "ConvTranspose", "strides").ints.__setitem__(0, 0), "do not fit its input"),
    "too few pads": (lambda m: attribute(m, "ConvTranspose", "pads").ints.pop(), "do not fit its input"),
    "a number as pads": (lambda m: setattr(attribute(m, "ConvTranspose", "pads"), "i", 1), "another type or range"),
    "no epsilon": (lambda m: node(m, "BatchNormalization").attribute.pop(), "other attributes than it needs"),
    "another product": (lambda m: setattr(attribute(m, "Gemm", "transB"), "i", 0), "do not fit its input"),
}  # fmt: skip


def test_the_exporters_own_file_passes(content):
    check_onnx(content, [latents(8)], (3, 16, 16), None)


@pytest.mark.parametrize("edit", EDITS)
def test_anything_else_is_refused(content, edit):
    change, message = EDITS[edit]
    model = onnx.ModelProto.FromString(content)
    change(model)
    with pytest.raises(Malformed, match=message):
        check_onnx(model.SerializeToString(), [latents(8)], (3, 16, 16), None)


@pytest.mark.parametrize("width, shape, batch", [(9, (3, 16, 16), None), (8, (3, 16, 8), None), (8, (3, 16, 16), 4)])
def test_a_card_of_another_generator_is_refused(content, width, shape, batch):
    with pytest.raises(Malformed, match="which its card describes"):
        check_onnx(content, [latents(width)], shape, batch)


@pytest.fixture(scope="module")
def branched(device):
    """The ONNX file of a generator of latents and labels, with a residual block and a concatenation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "READERS", {**layers.READERS, **READERS})
        graph = read_graph(small_network("conditional"), Conditional.inputs)
    return make_model(graph, Conditional.image_shape, None, {}).SerializeToString()


def take_labels_as_latents(model):
    model.graph.input[1].type.tensor_type.elem_type = onnx.TensorProto.FLOAT


def swap_inputs(model):
    model.graph.input.append(model.graph.input[0])
    del model.graph.input[0]


def add_unused(model):
    model.graph.node.insert(0, onnx.helper.make_node("Tanh", ["latents"], ["unused"]))


def name_twice(model):
    model.graph.node.insert(0, onnx.helper.make_node("Tanh", ["latents"], [node(model, "Gemm").output[0]]))


def name_as_weight(model):
    model.graph.node.insert(0, onnx.helper.make_node("Tanh", ["latents"], [model.graph.initializer[0].name]))


def keep_much(model):
    """Results that are each within what is allowed, and all needed at the end."""
    largest = 1 << 15
    tensor = onnx.numpy_helper.from_array(np.array([1, 1, largest, largest], np.float32), "scales")
    model.graph.initializer.append(tensor)
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([-1, 1, 1, 1], np.int64), "shape"))
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([0], np.int64), "zero"))
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([1], np.int64), "one"))
    made = [onnx.helper.make_node("Slice", ["latents", "zero", "one", "one"], ["number"])]
    made += [onnx.helper.make_node("Reshape", ["number", "shape"], ["pixel"])]
    for index in range(5):
        made.append(onnx.helper.make_node("Resize", ["pixel", "", "scales"], [f"much{index}"]))
    made.append(onnx.helper.make_node("Concat", [f"much{index}" for index in range(5)], ["all"], axis=1))
    for new in reversed(made):
        model.graph.node.insert(0, new)


BRANCHES = {
    "labels of another type": (take_labels_as_latents, r"its labels are not int32 \[None\]"),
    "inputs in another order": (swap_inputs, "its latents are not float32"),
    "an unused node": (add_unused, "a node whose result nothing takes"),
    "two results of one name": (name_twice, "without a result of its own"),
    "a result named as a weight": (name_as_weight, "without a result of its own"),
    "a result without a name": (lambda m: node(m, "Add").output.__setitem__(0, ""), "without a result of its own"),
    "a weight without a name": (lambda m: setattr(m.graph.initializer[0], "name", ""), "two values with the same name"),
    "labels as numbers": (lambda m: node(m, "Gemm").input.__setitem__(0, "labels"), "without the values and tensors"),
    "numbers as labels": (lambda m: node(m, "Gather").input.__setitem__(1, "latents"), "without the values"),
    "another axis": (lambda m: setattr(attribute(m, "Concat", "axis"), "i", 0), "do not fit its input"),
    "text as a number": (lambda m: setattr(attribute(m, "Concat", "axis"), "s", b"1"), "another type or range"),
    "a region": (lambda m: node(m, "Resize").input.__setitem__(1, "latents"), "without the values and tensors"),
    "too much at once": (keep_much, "results of .* numbers at once"),
}  # fmt: skip


def test_a_graph_that_branches_passes(branched):
    check_onnx(branched, Conditional.inputs, Conditional.image_shape, None)


@pytest.mark.parametrize("edit", BRANCHES)
def test_any_other_graph_that_branches_is_refused(branched, edit):
    change, message = BRANCHES[edit]
    model = onnx.ModelProto.FromString(branched)
    change(model)
    with pytest.raises(Malformed, match=message):
        check_onnx(model.SerializeToString(), Conditional.inputs, Conditional.image_shape, None)
