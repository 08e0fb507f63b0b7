"""Every layer: numpy, onnxruntime and, where MindSpore has a cell for it, MindSpore compute the same."""

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.export import layers
from ms_gan.export.graph import Graph
from ms_gan.export.layers import LAYERS, READERS
from ms_gan.export.onnx import make_model
from ms_gan.formats.graph_input import GraphInput
from ms_gan.formats.onnx_graph import check_onnx
from ms_gan.formats.onnx_rules import OPERATORS
from tests.graph_inputs import labels
from tests.refusals import failed

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.usefixtures("device")

RANDOM = np.random.default_rng(0)


def numbers(*shape):
    return RANDOM.uniform(0.5, 1.5, shape).astype(np.float32)


VECTOR, IMAGE = GraphInput("x", (6,)), GraphInput("x", (4, 5, 5))
OTHER, BY_CHANNEL = GraphInput("y", (4, 5, 5)), GraphInput("y", (4, 1, 1))
# A layer and what it takes.
MADE = {
    "dense": (layers.Dense(numbers(3, 6), None), VECTOR),
    "convolution": (layers.Convolution(numbers(2, 4, 3, 3), numbers(2), 2, (0, 1)), IMAGE),
    "transposed": (layers.TransposedConvolution(numbers(4, 2, 3, 3), numbers(2), 2, (0, 1)), IMAGE),
    "batch_norm": (layers.BatchNorm(*numbers(4, 4), 1e-3), IMAGE),
    "batch_norm_of_vectors": (layers.BatchNorm(*numbers(4, 6), 1e-3), VECTOR),
    "instance_norm": (layers.InstanceNorm(numbers(4), numbers(4), 1e-3), IMAGE),
    "plain_instance_norm": (LAYERS["instance_norm"](channels=4, epsilon=1e-3), IMAGE),
    "relu": (LAYERS["rectifier"](slope=0.0), IMAGE),
    "leaky": (LAYERS["rectifier"](slope=0.3), IMAGE),
    "tanh": (LAYERS["tanh"](), IMAGE),
    "sigmoid": (LAYERS["sigmoid"](), IMAGE),
    "reshape": (LAYERS["reshape"](shape=(2, 50)), IMAGE),
    "add": (LAYERS["add"](), IMAGE, OTHER),
    "add_by_channel": (LAYERS["add"](), IMAGE, BY_CHANNEL),
    "multiply": (LAYERS["multiply"](), BY_CHANNEL, IMAGE._replace(name="z")),
    "scale": (LAYERS["scale"](factor=0.7), IMAGE),
    "concat": (LAYERS["concat"](), IMAGE, OTHER),
    "concat_of_vectors": (LAYERS["concat"](), VECTOR, GraphInput("y", (2,)), GraphInput("z", (3,))),
    "channels": (LAYERS["channels"](start=1, stop=3), IMAGE),
    "upsample": (LAYERS["upsample"](factor=3), IMAGE),
    "average_pool": (LAYERS["average_pool"](kernel=3, stride=2), IMAGE),
    "max_pool": (LAYERS["max_pool"](kernel=2, stride=2), IMAGE),
    "zeros": (LAYERS["pad"](rows=(0, 2), columns=(1, 0), mode="constant"), IMAGE),
    "reflect": (LAYERS["pad"](rows=(0, 2), columns=(1, 4), mode="reflect"), IMAGE),
    "edge": (LAYERS["pad"](rows=(1, 2), columns=(3, 4), mode="edge"), IMAGE),
    "embedding": (layers.Embedding(numbers(3, 5)), labels()),
    "embedding_of_maps": (layers.Embedding(numbers(3, 5)), GraphInput("maps", (4, 6), whole=True)),
    "channels_first": (LAYERS["channels_first"](), IMAGE),
}
# A cell that is read as one layer.
CELLS = {
    "dense": (lambda: nn.Dense(6, 3), VECTOR),
    "convolution": (lambda: nn.Conv2d(4, 2, 3, 2, pad_mode="pad", padding=1, has_bias=True), IMAGE),
    "transposed": (lambda: nn.Conv2dTranspose(4, 2, 4, 2, pad_mode="pad", padding=1), IMAGE),
    "batch_norm": (lambda: nn.BatchNorm2d(4), IMAGE),
    "relu": (nn.ReLU, IMAGE),
    "leaky": (lambda: nn.LeakyReLU(0.3), IMAGE),
    "sigmoid": (nn.Sigmoid, IMAGE),
    "upsample": (lambda: nn.Upsample(scale_factor=2.0, mode="nearest", recompute_scale_factor=True), IMAGE),
    "average_pool": (lambda: nn.AvgPool2d(3, 2), IMAGE),
    "max_pool": (lambda: nn.MaxPool2d(2, 2), IMAGE),
    "zeros": (lambda: nn.ZeroPad2d((1, 0, 0, 2)), IMAGE),
    "zeros_all_around": (lambda: nn.ZeroPad2d(2), IMAGE),
    "reflect": (lambda: nn.ReflectionPad2d((1, 4, 0, 2)), IMAGE),
    "embedding": (lambda: nn.Embedding(3, 5), labels()),
}


def given_to(inputs):
    return [
        RANDOM.integers(0, 3, (6, *one.shape)).astype(np.int32) if one.whole else numbers(6, *one.shape) - np.float32(1)
        for one in inputs
    ]


@pytest.mark.parametrize("name", MADE)
def test_onnxruntime_computes_what_numpy_does(name):
    layer, *inputs = MADE[name]
    graph, given = Graph(inputs), given_to(inputs)
    graph.output = graph.add(layer, *(one.name for one in inputs))
    expected = graph.compute(*given)
    content = make_model(graph, expected.shape[1:], None, {}).SerializeToString()
    check_onnx(content, inputs, expected.shape[1:], None)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {one.name: values for one, values in zip(inputs, given)})
    assert expected.dtype == np.float32 and expected.std() > 0
    assert np.allclose(found, expected, atol=2e-6)


@pytest.mark.parametrize("name", CELLS)
def test_numpy_computes_what_the_cell_does(name):
    make, *inputs = CELLS[name]
    cell, given = make().set_train(False), given_to(inputs)
    for parameter in cell.get_parameters():
        parameter.set_data(ms.Tensor(numbers(*parameter.shape)))
    graph = Graph(inputs)
    graph.output = graph.cell(cell, *(one.name for one in inputs))
    assert len(graph.nodes) == 1
    assert np.allclose(graph.compute(*given), cell(*map(ms.Tensor, given)).asnumpy(), atol=1e-5)


def test_every_operator_that_a_file_may_hold_is_one_of_a_layer():
    nodes = [layer.onnx(*(one.name for one in inputs)) for layer, *inputs in MADE.values()]
    assert {node.operator for node in nodes} == set(OPERATORS)
    for node in nodes:
        assert set(node.attributes) == set(OPERATORS[node.operator].attributes)


def test_every_name_and_every_reader_is_of_a_layer_above():
    kinds = {type(layer) for layer, *_ in MADE.values()}
    assert {LAYERS[name] for name in LAYERS if isinstance(LAYERS[name], type)} <= kinds
    assert {reader.__self__ for reader in READERS.values() if hasattr(reader, "__self__")} <= kinds


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: nn.Upsample(scale_factor=1.5, mode="nearest", recompute_scale_factor=True), "does not repeat pixels"),
        (lambda: nn.Upsample(size=(8, 8), mode="bilinear"), "does not repeat pixels"),
        (lambda: nn.AvgPool2d(3, 2, pad_mode="same"), "a pooling that is not square or pads"),
        (lambda: nn.MaxPool2d((3, 2), 2), "a pooling that is not square or pads"),
        (lambda: nn.Embedding(3, 5, use_one_hot=True), "an Embedding with use_one_hot"),
    ],
)
def test_a_cell_of_another_kind_is_refused(make, message):
    with failed("unsupported", says=f"{message} has no rule in ms_gan/export/layers"):
        Graph([IMAGE]).cell(make(), "x")


def test_a_cell_that_changes_nothing_adds_nothing():
    graph = Graph([IMAGE])
    assert graph.cell(nn.SequentialCell([nn.Identity(), nn.Dropout(p=0.5)]), "x") == "x" and not graph.nodes
