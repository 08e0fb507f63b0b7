"""A generator as an ONNX file, built layer by layer: MindSpore's own exporter writes transposed convolutions wrongly.

The graph has opset 17, one input `latents` (N, width) and one output `images` (N, C, H, W), both float32. The
generator's card stands in its metadata under `ms_gan.generators.card`.
"""

from functools import partial
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np

from ms_gan.errors import GanError
from ms_gan.export.chain import BatchNorm, Convolution, Dense, Rectifier, Reshape, Tanh, read_chain
from ms_gan.export.read_back import write_compared
from ms_gan.extras import need
from ms_gan.formats.onnx_graph import CARD_KEY, INPUT, LARGEST, OPSET, OUTPUT
from ms_gan.generators.sampling import Sampler

IR_VERSION = 8  # the file format that came with opset 17
# Beyond 3 and -3 MindSpore's Tanh on CPUs is off by up to 1.01e-4, and 1 from 5 on; onnxruntime's is right.
SATURATED_TOLERANCE = 1.1e-4


def export_onnx(source: Sampler, path: Path, batch_size: Optional[int] = None) -> float:
    """Write a generator as ONNX, and `<name>.json` with its card beside it.

    Args:
        source: the generator.
        path: the file to write, ending in .onnx.
        batch_size: images the graph makes at once; None: any number.

    Returns:
        the largest difference between the images of the file in onnxruntime and those of the source, on [-1, 1].

    Raises:
        UsageError: onnx or onnxruntime is not installed.
        GanError: the difference is above the tolerance, a layer has no rule, the weights are more than an ONNX file
            can hold, or a file cannot be written. Nothing is written then.
    """
    need("--format ONNX", "export", "onnx", "onnxruntime")
    write = partial(_write, source, batch_size)
    return write_compared(source, path, batch_size, write, SATURATED_TOLERANCE)


def _write(source: Sampler, batch_size: Optional[int], path: Path) -> None:
    import onnx

    onnx.save(_make_model(source, batch_size), str(path))


def _make_model(source: Sampler, batch_size: Optional[int]) -> Any:
    """The generator as an onnx.ModelProto."""
    from onnx import checker, helper

    graph = _Graph()
    for layer in read_chain(source.network):
        RULES[type(layer)](graph, layer)
    if sum(array.nbytes for array in graph.arrays.values()) > LARGEST:
        raise GanError(f"the generator's weights are more than an ONNX file holds: {LARGEST:,} bytes")
    model = graph.model(batch_size or "N", source.card.latent.width, source.card.image.shape)
    helper.set_model_props(model, {CARD_KEY: source.card.to_json()})
    checker.check_model(model, full_check=True)
    return model


class _Graph:
    """Nodes in a row, each of which takes what the one before it gives."""

    def __init__(self):
        self.nodes: List[Dict[str, Any]] = []
        self.arrays: Dict[str, np.ndarray] = {}

    def add(self, operator: str, arrays: Optional[Dict[str, Optional[np.ndarray]]] = None, **attributes: Any) -> None:
        """Add a node; arrays that are None are left out."""
        name = f"{len(self.nodes)}_{operator}"
        named = {f"{name}.{key}": array for key, array in (arrays or {}).items() if array is not None}
        self.arrays.update(named)
        taken = self.nodes[-1]["outputs"] if self.nodes else [INPUT]
        self.nodes.append({"op_type": operator, "inputs": [*taken, *named], "outputs": [name], **attributes})

    def model(self, batch: Any, latent_width: int, image_shape: Any) -> Any:
        """The graph as an onnx.ModelProto; `batch` is a number, or the name of one that is free."""
        from onnx import TensorProto, helper, numpy_helper

        self.nodes[-1]["outputs"] = [OUTPUT]
        graph = helper.make_graph(
            [helper.make_node(name=node["outputs"][0], **node) for node in self.nodes],
            "generator",
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [batch, latent_width])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [batch, *image_shape])],
            [numpy_helper.from_array(array, name) for name, array in self.arrays.items()],
        )
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(graph, producer_name="ms_gan", opset_imports=[opset], ir_version=IR_VERSION)


def _dense(graph: _Graph, layer: Dense) -> None:
    graph.add("Gemm", {"weight": layer.weight, "bias": layer.bias}, transB=1)


def _convolution(graph: _Graph, layer: Convolution) -> None:
    before, after = layer.borders
    graph.add(
        "ConvTranspose" if layer.transposed else "Conv",
        {"weight": layer.weight, "bias": layer.bias},
        kernel_shape=layer.weight.shape[2:],
        strides=[layer.stride] * 2,
        pads=[before, before, after, after],
    )


def _batch_norm(graph: _Graph, layer: BatchNorm) -> None:
    arrays = {name: getattr(layer, name) for name in ("scale", "offset", "mean", "variance")}
    graph.add("BatchNormalization", arrays, epsilon=layer.epsilon)


def _rectifier(graph: _Graph, layer: Rectifier) -> None:
    if layer.slope:
        graph.add("LeakyRelu", alpha=layer.slope)
    else:
        graph.add("Relu")


def _tanh(graph: _Graph, layer: Tanh) -> None:
    graph.add("Tanh")


def _reshape(graph: _Graph, layer: Reshape) -> None:
    graph.add("Reshape", {"shape": np.array([-1, *layer.shape], np.int64)})


RULES = {
    Dense: _dense, Convolution: _convolution, BatchNorm: _batch_norm, Rectifier: _rectifier, Tanh: _tanh,
    Reshape: _reshape,
}  # fmt: skip
