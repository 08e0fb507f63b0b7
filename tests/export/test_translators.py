"""Generators of pictures from pictures in ONNX and MindIR: the same pictures, in files that are read as strangers'."""

import mindspore as ms
import numpy as np
import pytest

from ms_gan.config.translation_sections import TranslatorConfig
from ms_gan.export import onnx
from ms_gan.export.graph import read_graph
from ms_gan.export.mindir import write_mindir
from ms_gan.formats.mindir import check_mindir
from ms_gan.formats.onnx_graph import check_onnx
from ms_gan.models.translators import build_translator
from tests.graph_inputs import pictures

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.usefixtures("device")
SHAPE, MADE = (4, 24, 16), (3, 24, 16)
NETWORKS = {
    "unet": TranslatorConfig(name="unet", channels=4, halvings=2, norm="batch", init="he_normal"),
    "resnet": TranslatorConfig(name="resnet", channels=4, blocks=1, norm="instance", init="he_normal"),
}


@pytest.mark.parametrize("name, kernels", [("unet", False), ("resnet", True)], indirect=["kernels"])
def test_files_make_the_same_pictures(name, kernels, tmp_path):
    network = build_translator(NETWORKS[name], SHAPE[0], MADE[0], np.random.default_rng(0)).set_train(False)
    for parameter in network.get_parameters():
        if "moving" in parameter.name:
            spread = np.random.default_rng(1).uniform(0.5, 1.5, parameter.shape)
            parameter.set_data(ms.Tensor(spread.astype(np.float32)))
    given = np.random.default_rng(2).uniform(-1, 1, (2, *SHAPE)).astype(np.float32)
    expected = network(ms.Tensor(given)).asnumpy()
    assert expected.shape == (2, *MADE) and expected.std() > 0.1

    graph = read_graph(network, [pictures(SHAPE)])
    content = onnx.make_model(graph, MADE, None, {}).SerializeToString()
    check_onnx(content, graph.inputs, MADE, None)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (found,) = session.run(["images"], {"pictures": given})
    # A norm divides by the deviation of few pixels, and rounding grows with it.
    assert np.abs(graph.compute(given) - expected).max() < 1e-4 and np.abs(found - expected).max() < 1e-4

    path = tmp_path / "g.mindir"
    write_mindir(network, graph.inputs, path, 2)
    check_mindir(path.read_bytes(), graph.inputs, MADE, 2)
    found = ms.nn.GraphCell(ms.load(str(path)))(ms.Tensor(given)).asnumpy()
    assert np.abs(found - expected).max() < 1e-5
