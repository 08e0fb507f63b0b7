import json

import pytest

from ms_gan.export import export_mindir
from ms_gan.formats.mindir import check_mindir
from ms_gan.formats.wire import Malformed
from ms_gan.generators.card import Card
from ms_gan.generators.sampling import Sampler
from tests.graph_inputs import latents

SHAPE, WIDTH = (1, 8, 8), 4


def sampler(name="mlp", slope=0.0):
    card = Card()
    card.latent.width, card.generator.name, card.generator.slope = WIDTH, name, slope
    card.generator.hidden, card.generator.channels = [6, 5], 4
    card.image.height = card.image.width = 8
    return Sampler.from_card(card)


@pytest.fixture(scope="module")
def exported(device, tmp_path_factory):
    """An exported generator, for changing it."""
    path = tmp_path_factory.mktemp("mindir") / "g.mindir"
    export_mindir(sampler(), path, 3)
    return path.read_bytes()


@pytest.mark.parametrize("name, slope", [("mlp", 0.2), ("dcgan", 0.0), ("cnn", 0.3)])
@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("products", [True, False], ids=["products", "native"])
def test_every_family_passes(device, choose_kernels, tmp_path, name, slope, batch_size, products):
    """The export itself reads back what it wrote."""
    choose_kernels(products)
    source = sampler(name, slope)
    export_mindir(source, tmp_path / "g.mindir", batch_size)
    described = json.loads((tmp_path / "g.json").read_text())
    assert len(described["sha256"]) == 64 and described["batch_size"] == batch_size


def change_operator(model):
    model.primitives[0].op_type = "PyExecute"


def change_file(model):
    external = model.graph.parameter[0].external_data
    external.location, external.offset, external.length = "/etc/passwd", 0, 100


def change_size(model):
    del model.graph.parameter[0].dims[:]
    model.graph.parameter[0].dims.extend([2**31, 2**31])


def change_shorter(model):
    model.graph.parameter[0].raw_data = model.graph.parameter[0].raw_data[:-4]


def change_compression(model):
    model.graph.parameter[0].compression_type = 1


def change_order(model):
    nodes = [node for node in model.graph.node if node.op_type != "Constant"]
    nodes[0].input[0] = nodes[-1].output[0]


def change_arity(model):
    next(node for node in model.graph.node if len(node.input) > 1).input.pop()


def change_result(model):
    model.graph.node[1].output[0] = model.graph.node[0].output[0]


def change_constant(model):
    node = next(node for node in model.graph.node if node.op_type == "Constant" and node.attribute[0].HasField("i"))
    node.attribute[0].type = 19


def change_shape(model):
    next(node for node in model.graph.node if node.op_type != "Constant").attribute[0].tensors[0].dims[0] = -5


def change_input(model):
    model.graph.input[0].tensor[0].dims[1] = 5


def change_output(model):
    model.graph.output[0].name = "x"


def change_functions(model):
    model.functions.add().name = "f"


@pytest.mark.parametrize(
    "change, says",
    [
        (change_operator, "operator that no generator of ours needs: 'PyExecute'"),
        (change_file, "unknown field 12"),
        (change_size, "impossible dimensions"),
        (change_shorter, "size differs from its header"),
        (change_compression, "of a type that no generator"),
        (change_order, "computed nowhere, or after it"),
        (change_arity, "wrong number of inputs"),
        (change_result, "without a result of its own"),
        (change_constant, "another type than it states"),
        (change_shape, "impossible dimensions"),
        (change_input, r"its input is not float32 \[3, 4\]"),
        (change_output, "no node computes the output"),
        (change_functions, "unknown field 8"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_graph_of_another_kind_is_refused(exported, change, says):
    pb2 = pytest.importorskip("mindspore.train.mind_ir_pb2")
    model = pb2.ModelProto()
    model.ParseFromString(exported)
    check_mindir(exported, [latents(WIDTH)], SHAPE, 3)
    change(model)
    with pytest.raises(Malformed, match=says):
        check_mindir(model.SerializeToString(), [latents(WIDTH)], SHAPE, 3)


@pytest.mark.parametrize("width, shape, batch", [(5, SHAPE, 3), (WIDTH, (3, 8, 8), 3), (WIDTH, SHAPE, None)])
def test_another_generator_than_the_card_describes_is_refused(exported, width, shape, batch):
    with pytest.raises(Malformed, match="which its card describes"):
        check_mindir(exported, [latents(width)], shape, batch)


@pytest.mark.parametrize("content", [b"", b"x" * 1000])
def test_what_is_no_mindir_at_all(content):
    with pytest.raises(Malformed):
        check_mindir(content, [latents(WIDTH)], SHAPE, 3)
