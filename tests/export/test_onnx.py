import hashlib
import json

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.export import export_onnx, layers, onnx, read_back
from ms_gan.export.graph import read_graph
from ms_gan.export.layers.layer import OnnxNode
from ms_gan.formats.onnx_graph import check_onnx
from ms_gan.generators.card import read_card
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import card_path, open_generator
from tests.export.generators import BRANCHING, CONDITIONAL, FAMILIES, small_generator
from tests.export.networks import NETWORKS, READERS, examples, small_network
from tests.refusals import failed

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.usefixtures("device")


@pytest.mark.parametrize("family", [*FAMILIES, *BRANCHING])
def test_onnxruntime_makes_the_same_images(family, tmp_path):
    source, path = small_generator(family), tmp_path / "generator.onnx"
    assert export_onnx(source, path) <= onnx.SATURATED_TOLERANCE
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    latents = sample_latents(3, 0, 64, source.card.latent)
    expected = source.generate(latents)
    assert expected.std() > 0.05
    allowed = np.where(np.abs(expected) < read_back.SATURATION, 1e-5, onnx.SATURATED_TOLERANCE)
    for count in (1, 3, 64):
        (images,) = session.run(["images"], {"latents": latents[:count]})
        assert (np.abs(images - expected[:count]) <= allowed[:count]).all()
    assert session.get_modelmeta().custom_metadata_map["ms_gan.generators.card"] == source.card.to_json()
    # A value between two levels may be rounded to either.
    levels = [sampler.samples(3, 70).astype(int) for sampler in (open_generator(path), source)]
    assert np.abs(levels[0] - levels[1]).max() <= 1


@pytest.mark.parametrize("family", CONDITIONAL)
def test_a_file_of_a_conditional_generator_takes_labels(family, tmp_path):
    source, path = small_generator(family), tmp_path / "generator.onnx"
    assert export_onnx(source, path) <= onnx.SATURATED_TOLERANCE
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = [(one.name, one.type, one.shape) for one in session.get_inputs()]
    assert found == [("latents", "tensor(float)", ["N", 8]), ("labels", "tensor(int32)", ["N"])]
    latents = sample_latents(3, 0, 5, source.card.latent)
    expected = source.of_classes(latents, range(3))
    assert np.abs(expected[:5] - expected[5:10]).max() > 0.05
    assert np.abs(open_generator(path).of_classes(latents, range(3)) - expected).max() <= onnx.SATURATED_TOLERANCE


def test_a_batch_can_be_fixed(tmp_path):
    source, path = small_generator("mlp"), tmp_path / "generator.onnx"
    export_onnx(source, path, 3)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == [3, 8] and session.get_outputs()[0].shape == [3, 1, 28, 28]
    card = read_card(card_path(path).read_text(), "card")
    assert card.batch_size == 3 and card.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert np.array_equal(open_generator(path).samples(2, 7), source.samples(2, 7))


def spoil_a_weight(monkeypatch):
    def dense(cell):
        layer = layers.Dense.read(cell)
        layer.weight[0, 0] += 0.01
        return layer

    monkeypatch.setitem(layers.READERS, nn.Dense, dense)


def spoil_the_graph(monkeypatch):
    monkeypatch.setattr(layers.Rectifier, "onnx", lambda _, x: OnnxNode("LeakyRelu", [x], {"alpha": 0.01}))


@pytest.mark.parametrize("spoil", [spoil_a_weight, spoil_the_graph])
def test_what_differs_is_not_written(spoil, tmp_path, monkeypatch):
    spoil(monkeypatch)
    with failed("inexact", says=r"g.onnx: .* by \S+, allowed: "):
        export_onnx(small_generator("mlp"), tmp_path / "g.onnx")
    assert not list(tmp_path.iterdir())


def test_only_saturated_pixels_may_differ_more(tmp_path):
    images = np.array([0.5, 1.0], np.float32)

    def check(found):
        return read_back._check(images, found, read_back.TOLERANCE, 1.1e-4, tmp_path)

    assert check(images + np.float32([0, 1e-4])) == pytest.approx(1e-4, rel=1e-2)
    for wrong in ([1e-4, 0], [0, 2e-4], [np.nan, 0]):
        with failed("inexact"):
            check(images + np.float32(wrong))


def test_damaged_files_are_one_sentence(tmp_path):
    path = tmp_path / "g.onnx"
    export_onnx(small_generator("mlp"), path)
    content, card = path.read_bytes(), json.loads(card_path(path).read_text())
    path.write_bytes(content[:-50])
    with failed("damaged", says="g.onnx.json"):
        open_generator(path)
    # Its digest says that somebody meant the file to be like this.
    card_path(path).write_text(json.dumps({**card, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}))
    with failed("damaged", says="not the static graph of a generator: "):
        open_generator(path)


@pytest.mark.parametrize("batch_size", [None, 5])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_graph_that_branches_makes_the_same_images(name, batch_size, monkeypatch):
    monkeypatch.setattr(layers, "READERS", {**layers.READERS, **READERS})
    network = small_network(name)
    graph = read_graph(network, network.inputs)
    content = onnx.make_model(graph, network.image_shape, batch_size, {}).SerializeToString()
    check_onnx(content, network.inputs, network.image_shape, batch_size)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    given = examples(network, 5)
    (images,) = session.run(["images"], {one.name: values for one, values in zip(network.inputs, given)})
    expected = network(*map(ms.Tensor, given)).asnumpy()
    allowed = np.where(np.abs(expected) < read_back.SATURATION, 1e-5, onnx.SATURATED_TOLERANCE)
    assert (np.abs(images - expected) <= allowed).all()
