import sys

import numpy as np
import pytest
from PIL import Image

from ms_gan.config.data_section import DataConfig
from ms_gan.metrics.features import open_features
from ms_gan.metrics.features.onnx_file import open_onnx, resized
from tests.refusals import refused

GREY = np.random.default_rng(0).integers(0, 256, (5, 1, 12, 10), np.uint8)
RGB = np.random.default_rng(1).integers(0, 256, (5, 3, 12, 10), np.uint8)


@pytest.fixture
def model(tmp_path):
    """Writes a network: the mean of each channel, and as logits the same means twice."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    helper, FLOAT = onnx.helper, onnx.TensorProto.FLOAT

    def write(shape, axes=(2, 3), keep=0, logits=False, kind=FLOAT, inputs=1):
        axes = onnx.numpy_helper.from_array(np.array(axes, np.int64), "axes")
        nodes = [helper.make_node("ReduceMean", ["images", "axes"], ["features"], keepdims=keep)]
        outputs = [helper.make_tensor_value_info("features", kind, None)]
        if logits:
            nodes.append(helper.make_node("Concat", ["features", "features"], ["logits"], axis=1))
            outputs.append(helper.make_tensor_value_info("logits", kind, None))
        names = ["images", "more"][:inputs]
        taken = [helper.make_tensor_value_info(name, kind, shape) for name in names]
        graph = helper.make_graph(nodes, "means", taken, outputs, [axes])
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
        onnx.save(made, str(tmp_path / "means.onnx"))
        return str(tmp_path / "means.onnx")

    return write


def means(images):
    return images.astype(np.float64).mean(axis=(2, 3)) / 127.5 - 1


@pytest.mark.parametrize("batch", [2, "N"])
@pytest.mark.parametrize("keep", [0, 1])
def test_channels_first(model, batch, keep):
    features = open_features(DataConfig(), None, model([batch, 3, 12, 10], keep=keep))
    values, probabilities = features(RGB)
    assert np.allclose(values, means(RGB), atol=1e-5) and probabilities is None
    assert features.width == 3 and features.name.startswith("means-") and "3x12x10" in features.description
    assert np.allclose(features(GREY)[0], np.repeat(means(GREY), 3, axis=1), atol=1e-5)


def test_channels_last_logits_and_another_range(model):
    path = model([None, 12, 10, 1], axes=(1, 2), logits=True)
    features = open_onnx(path, (0, 1))
    values, probabilities = features(GREY)
    assert np.allclose(values, (means(GREY) + 1) / 2, atol=1e-5)
    assert probabilities.shape == (5, 2) and np.allclose(probabilities, 0.5)
    assert features.name != open_onnx(path, (0, 255)).name
    assert features(RGB)[0].shape == (5, 1)


def test_images_are_scaled_by_pillow(model):
    features = open_onnx(model(["N", 1, 40, 50]))
    assert np.allclose(features(GREY)[0], means(resized(GREY, (40, 50))), atol=1e-5)
    dull = GREY // 2 + 64  # no value is clipped on the way
    for image, plane in zip(dull[:, 0], resized(dull, (40, 50))[:, 0]):
        expected = np.asarray(Image.fromarray(image).resize((50, 40), Image.Resampling.BICUBIC))
        assert np.abs(plane - expected).max() < 1.2  # rounded to bytes, once for each axis


@pytest.mark.parametrize(
    "options, message",
    [
        ({"shape": ["N", 3, "H", "W"]}, "with 1 or 3 channels and a fixed size"),
        ({"shape": ["N", 4, 12, 10]}, "with 1 or 3 channels and a fixed size"),
        ({"shape": ["N", 3], "axes": (1,)}, "with 1 or 3 channels and a fixed size"),
        ({"shape": ["N", 3, 12, 10], "kind": 11}, r"takes 1 input, tensor\(double\)"),
        ({"shape": ["N", 3, 12, 10], "inputs": 2}, "takes 2 inputs"),
        ({"shape": ["N", 3, 12, 10], "axes": (1, 2, 3)}, "the first output is float32 .* should be float32"),
    ],
)
def test_other_networks_are_refused(model, options, message):
    with refused(code="mismatch", says=message):
        open_onnx(model(**options))


def test_files_that_are_none(tmp_path, model):
    (tmp_path / "text.onnx").write_text("text")
    for path, code in [
        (tmp_path / "text.onnx", "damaged"),
        (tmp_path / "absent.onnx", "missing"),
        (tmp_path, "missing"),
    ]:
        with refused(code=code):
            open_onnx(str(path))
    with refused(code="malformed"):
        open_onnx(model(["N", 1, 12, 10]), (1, 0))


def test_a_missing_onnxruntime_names_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    (tmp_path / "network.onnx").write_bytes(b"")
    with refused(code="uninstalled", says=r'pip install "ms_gan\[metrics\]"'):
        open_onnx(str(tmp_path / "network.onnx"))
