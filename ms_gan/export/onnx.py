"""A generator as an ONNX file, built layer by layer: MindSpore's own exporter writes transposed convolutions wrongly.

The graph has opset 17, the generator's inputs, such as `latents` (N, width), float32, and one output `images`
(N, C, H, W), float32. The generator's card stands in its metadata under `ms_gan.generators.card`.
"""

from functools import partial
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ms_gan.errors import GanError
from ms_gan.export.graph import Graph, read_graph
from ms_gan.export.read_back import write_compared
from ms_gan.extras import need
from ms_gan.formats.onnx_graph import CARD_KEY, LARGEST_FILE_BYTES, OPSET, OUTPUT
from ms_gan.generators.opened import Opened

IR_VERSION = 8  # the file format that came with opset 17
# Beyond 3 and -3 MindSpore's Tanh on CPUs is off by up to 1.01e-4, and 1 from 5 on; onnxruntime's is right.
SATURATED_TOLERANCE = 1.1e-4


def export_onnx(
    source: Opened, path: Path, batch_size: Optional[int] = None, pictures: Optional[np.ndarray] = None
) -> float:
    """Write a generator as ONNX, and `<name>.json` with its card beside it.

    Args:
        source: the generator.
        path: the file to write, ending in .onnx.
        batch_size: images the graph makes at once; None: any number.
        pictures: (N, C, H, W), float32, that a generator which takes pictures is compared on beside drawn ones.

    Returns:
        the largest difference between the images of the file in onnxruntime and those of the source, on [-1, 1].

    Raises:
        UsageError: onnx or onnxruntime is not installed.
        GanError: the difference is above the tolerance, a layer has no rule, the weights are more than an ONNX file
            can hold, or a file cannot be written. Nothing is written then.
    """
    need("--format ONNX", "export", "onnx", "onnxruntime")
    write = partial(_write, source, batch_size)
    return write_compared(source, path, batch_size, write, SATURATED_TOLERANCE, pictures)


def _write(source: Opened, batch_size: Optional[int], path: Path) -> None:
    import onnx

    card = source.card
    graph = read_graph(source.network, card.graph_inputs)
    onnx.save(make_model(graph, card.image.shape, batch_size, {CARD_KEY: card.to_json()}), str(path))


def make_model(graph: Graph, image_shape: Sequence[int], batch_size: Optional[int], properties: Dict[str, str]) -> Any:
    """A graph as an onnx.ModelProto.

    Args:
        graph: of the generator.
        image_shape: of what it makes, (C, H, W).
        batch_size: images that it makes at once; None: any number.
        properties: what stands in the file's metadata.

    Raises:
        GanError: the weights are more than an ONNX file can hold.
    """
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes, arrays = _onnx_nodes(graph)
    if sum(array.nbytes for array in arrays.values()) > LARGEST_FILE_BYTES:
        raise GanError(
            f"the generator's weights are more than an ONNX file holds: {LARGEST_FILE_BYTES:,} bytes",
            code="unsupported",
        )
    batch = batch_size or "N"
    made = helper.make_graph(
        [helper.make_node(name=node["outputs"][0], **node) for node in nodes],
        "generator",
        [
            helper.make_tensor_value_info(
                one.name, TensorProto.INT32 if one.whole else TensorProto.FLOAT, [batch, *one.shape]
            )
            for one in graph.inputs
        ],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [batch, *image_shape])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(made, producer_name="ms_gan", opset_imports=[opset], ir_version=IR_VERSION)
    helper.set_model_props(model, properties)
    checker.check_model(model, full_check=True)
    return model


def _onnx_nodes(graph: Graph) -> Tuple[List[Dict[str, Any]], Dict[str, np.ndarray]]:
    """The arguments of a graph's nodes, and the arrays that they name."""
    nodes: List[Dict[str, Any]] = []
    arrays: Dict[str, np.ndarray] = {}
    names = {one.name: one.name for one in graph.inputs}
    for index, node in enumerate(graph.nodes):
        written = node.layer.onnx(*(names[name] for name in node.inputs))
        name = f"{index}_{written.operator}"
        inputs = []
        for part in written.inputs:
            if isinstance(part, str):
                inputs.append(part)
            elif part.array is not None:
                inputs.append(f"{name}.{part.name}")
                arrays[inputs[-1]] = part.array
        names[node.name] = OUTPUT if node.name == graph.output else name
        nodes.append(
            {"op_type": written.operator, "inputs": inputs, "outputs": [names[node.name]], **written.attributes}
        )
    return nodes, arrays
