"""The page of a generator of pictures as one file: opened from disk, it translates without a server or a request."""

import base64
import html
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ms_gan.config.data_section import DataConfig
from ms_gan.data.folder import parse_colour
from ms_gan.errors import GanError, UsageError
from ms_gan.explorer.picture_studio import MOST_SIDE, PictureStudio, packed, with_opacity
from ms_gan.export.graph import Graph, Node, read_graph
from ms_gan.export.layers import (
    Add,
    BatchNorm,
    ChannelsFirst,
    Concat,
    Convolution,
    Dense,
    Embedding,
    InstanceNorm,
    Layer,
    MaxPool,
    Multiply,
    Pad,
    Rectifier,
    Reshape,
    Sigmoid,
    Tanh,
    TransposedConvolution,
    Upsample,
)
from ms_gan.export.read_back import images_of_both
from ms_gan.files import write_text
from ms_gan.generators.opened import Opened
from ms_gan.generators.translator import Translator
from ms_gan.report.inlined import policy, script_json

LEVELS = 4.0  # largest difference between two pixels of one picture, of 255: many layers of float16
MOST_PRODUCTS = 3_000_000_000  # multiplications for a picture: some seconds in a browser
LARGER = 4  # times the training's side: the largest picture that the page takes
SHOWN, PICTURE, ALONE = (Path(__file__).parent / name for name in ("page", "picture_page", "alone_page"))
# In the order of their use; what they import of each other stands in one scope here.
SCRIPTS = (
    PICTURE / "pixels.js", ALONE / "network.js", ALONE / "prepare.js", ALONE / "server.js", SHOWN / "ask.js",
    PICTURE / "stage.js", PICTURE / "painting.js", PICTURE / "camera.js", PICTURE / "pictures.js",
)  # fmt: skip
Described = Tuple[Dict[str, Any], List[np.ndarray]]  # options of a layer, and its numbers


def export_page(
    source: Translator,
    path: Path,
    pictures: Optional[np.ndarray] = None,
    examples: Sequence[np.ndarray] = (),
    data: Optional[DataConfig] = None,
) -> float:
    """Write a generator as a page that translates pictures by itself.

    Its weights are float16. What the page computes is computed here, with the same numbers, and compared.

    Args:
        source: the generator.
        path: the file to write, ending in .html.
        pictures: (N, C, H, W), float32, on which it is compared beside drawn ones.
        examples: pictures to begin with, uint8 (C, H, W) each.
        data: of the run, for the colour behind transparent pixels; None: the usual ones.

    Returns:
        the largest difference between its pixels and those of the source, in levels of 255.

    Raises:
        UsageError: a layer that the page does not compute, or a generator that is too large for a browser.
        GanError: the difference is above LEVELS, a layer has no rule, or the file cannot be written.
    """
    graph, levels = page_graph(source, path, pictures)
    write_text(path, _page(source, graph, examples, data or DataConfig()))
    return levels


def page_graph(source: Opened, path: Path, pictures: Optional[np.ndarray] = None) -> Tuple[Graph, float]:
    """The graph of a generator with weights in float16, compared with the generator.

    Args:
        source: the generator.
        path: names the file in an error.
        pictures: (N, C, H, W), float32, on which it is compared beside drawn ones.

    Returns:
        the graph, and the largest difference between its pixels and those of the source, in levels of 255.

    Raises:
        UsageError: a generator that is too large for a browser.
        GanError: the difference is above LEVELS, or a layer has no rule.
    """
    graph = read_graph(source.network, source.card.graph_inputs)
    count = products(graph)
    if count > MOST_PRODUCTS:
        raise UsageError(
            f"--format HTML: a picture takes {count / 1e6:,.0f} million multiplications of this generator, too many "
            f"for a page; allowed: {MOST_PRODUCTS / 1e6:,.0f} million; use --format ONNX"
        )
    with np.errstate(over="ignore", invalid="ignore"):  # what becomes infinite in float16 is found by the comparison
        graph.nodes = [node._replace(layer=halved(node.layer)) for node in graph.nodes]
        expected, found = images_of_both(source, graph.compute, pictures)
    levels = 127.5 * float(np.abs(expected - found).max())
    if not levels <= LEVELS:
        raise GanError(
            f"{path}: not written; its pixels differ from the source's by {levels:.1f} of 255, allowed: {LEVELS:.0f}; "
            "16 bits are too few for these weights, use --format ONNX"
        )
    return graph, levels


def products(graph: Graph) -> int:
    """Multiplications for one picture."""
    results = {one.name: one.zeros(1) for one in graph.inputs}
    total = 0
    for node in graph.nodes:
        given = [results[name] for name in node.inputs]
        made = results[node.name] = node.layer.compute(*given)
        if isinstance(node.layer, (Convolution, TransposedConvolution)):
            places = made if isinstance(node.layer, Convolution) else given[0]
            total += node.layer.weight.size * int(np.prod(places.shape[2:]))
    return total


def halved(layer: Layer) -> Layer:
    """A layer with weights that float16 holds exactly."""
    if not isinstance(layer, (Convolution, TransposedConvolution)):
        return layer
    return layer._replace(weight=layer.weight.astype("<f2").astype(np.float32))


def _convolution(layer: Convolution) -> Described:
    return _windowed(layer, layer.weight.transpose(2, 3, 1, 0))


def _transposed(layer: TransposedConvolution) -> Described:
    return _windowed(layer, layer.weight.transpose(2, 3, 0, 1))


def _windowed(layer: Any, weight: np.ndarray) -> Described:
    before, after = layer.borders
    kernel, _, _, outputs = weight.shape
    options = {"kernel": kernel, "stride": layer.stride, "before": before, "after": after, "outputs": outputs}
    return options, [weight] if layer.bias is None else [weight, layer.bias]


def _batch_norm(layer: BatchNorm) -> Described:
    scale = layer.scale / np.sqrt(layer.variance + np.float32(layer.epsilon))
    return {}, [scale, layer.offset - layer.mean * scale]


def _dense(layer: Dense) -> Described:
    bias = np.zeros(len(layer.weight), np.float32) if layer.bias is None else layer.bias
    return {"outputs": len(layer.weight)}, [layer.weight.T, bias]


def _picked(layer: MaxPool) -> Described:
    if layer.kernel != 1:
        raise UsageError("--format HTML: the page does not compute MaxPool; use --format ONNX")
    return {"stride": layer.stride}, []


def _pad(layer: Pad) -> Described:
    if layer.mode != "reflect":
        raise UsageError(f"--format HTML: the page has no padding of the kind {layer.mode}; use --format ONNX")
    return {"rows": layer.rows, "columns": layer.columns}, []


# What the page is told of a layer, by its type; ms_gan/explorer/alone_page/network.js computes it.
DESCRIBED: Dict[type, Callable[[Any], Described]] = {
    Convolution: _convolution,
    TransposedConvolution: _transposed,
    BatchNorm: _batch_norm,
    InstanceNorm: lambda layer: ({"epsilon": layer.epsilon}, [layer.scale, layer.offset]),
    Rectifier: lambda layer: ({"slope": layer.slope}, []),
    Pad: _pad,
    Upsample: lambda layer: ({"factor": layer.factor}, []),
    Dense: _dense,
    Embedding: lambda layer: ({"width": layer.table.shape[1]}, [layer.table]),
    MaxPool: _picked,
    Reshape: lambda layer: ({"shape": layer.shape}, []),
    **{kind: lambda layer: ({}, []) for kind in (Add, ChannelsFirst, Concat, Multiply, Sigmoid, Tanh)},
}


def described(nodes: Sequence[Node], places: Dict[str, int]) -> Tuple[List[Dict[str, Any]], bytes]:
    """The layers of a graph as the page takes them, and their numbers."""
    described, content = [], b""
    for node in nodes:
        kind = type(node.layer)
        if kind not in DESCRIBED:
            raise UsageError(f"--format HTML: the page does not compute {kind.__name__}; use --format ONNX")
        options, arrays = DESCRIBED[kind](node.layer)
        halved = [array.ndim == 4 for array in arrays]
        described.append(
            {
                "kind": kind.__name__,
                "inputs": [places[name] for name in node.inputs],
                "options": options,
                "numbers": [{"count": array.size, "halved": half} for array, half in zip(arrays, halved)],
            }
        )
        content += b"".join(array.astype("<f2" if half else "<f4").tobytes() for array, half in zip(arrays, halved))
        places[node.name] = len(places)
    return described, content


def _page(source: Translator, graph: Graph, examples: Sequence[np.ndarray], data: DataConfig) -> str:
    """The explorer's page of pictures in one file."""
    nodes, weights = described(graph.nodes, {one.name: place for place, one in enumerate(graph.inputs)})
    studio = PictureStudio({"": source}, data, {})
    side = max(source.card.image.shape[1:])
    degradation = source.degradation
    description = {
        "about": studio.about(min(MOST_SIDE, LARGER * side)),
        "examples": {"": [packed(with_opacity(picture, None)) for picture in examples]},
        "network": {
            "degrade": "" if degradation is None else degradation.name,
            "strength": None if degradation is None else degradation.strength,
            "channels": source.channels,
            "background": parse_colour(data.background),
            "outputs": source.card.image.channels,
            "multiple": source.multiple,
        },
        "graph": nodes,
    }
    return one_file(PICTURE / "page.html", PICTURE / "pictures.css", SCRIPTS, description, weights)


def one_file(page: Path, own_style: Path, scripts: Sequence[Path], description: Any, weights: bytes) -> str:
    """A page with style, scripts, description and weights in one file, and nothing else allowed to run.

    Args:
        page: its HTML, as it is served.
        own_style: its style beside the explorer's.
        scripts: its modules, in the order of their use.
        description: of the generator and its layers, as JSON.
        weights: the numbers of those layers.
    """
    style = "\n".join(file.read_text(encoding="utf-8") for file in (SHOWN / "page.css", own_style))
    script = f'(() => {{\n"use strict";\n{"".join(map(in_one_scope, scripts))}}})();\n'
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy(style, script, "blob: data:"))}">\n'
        f'<meta name="referrer" content="no-referrer">\n<style>{style}</style>\n</head>'
    )
    carried = (
        f'<script type="application/json" id="description">{script_json(description)}</script>\n'
        f'<script type="text/plain" id="weights">{base64.b64encode(weights).decode()}</script>\n'
        f"<script>{script}</script>\n</body>"
    )
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith(("<link", "<script")))
    return kept.replace("</head>", head).replace("</body>", carried)


def in_one_scope(file: Path) -> str:
    """A module without what it imports and exports."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line.removeprefix("export ") for line in lines if not line.startswith("import "))
