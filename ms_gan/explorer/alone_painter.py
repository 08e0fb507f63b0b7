"""The page to paint on as one file: opened from disk, it makes pictures without a server or a request."""

import base64
import html
from pathlib import Path
from typing import Any

import numpy as np

from ms_gan.errors import GanError, UsageError
from ms_gan.explorer.alone import MOST_PRODUCTS, SHOWN, described, halved, in_one_scope, products
from ms_gan.explorer.painting import about
from ms_gan.export.graph import Graph, read_graph
from ms_gan.export.read_back import images_of_both
from ms_gan.files import write_text
from ms_gan.generators.opened import Opened
from ms_gan.generators.painter import Painter
from ms_gan.report.inlined import policy, script_json

LEVELS = 4.0  # largest difference between two pixels of one picture, of 255: many layers of float16
PAINT, ALONE, ALONE_PAINT = (Path(__file__).parent / name for name in ("paint_page", "alone_page", "alone_paint_page"))
# In the order of their use; what they import of each other stands in one scope here.
SCRIPTS = (
    ALONE / "network.js", ALONE_PAINT / "server.js", SHOWN / "ask.js", PAINT / "board.js", PAINT / "paint.js",
)  # fmt: skip


def export_painter(source: Opened, path: Path) -> float:
    """Write a generator of pictures of maps as a page to paint on.

    Its weights are float16. What the page computes is computed here, with the same numbers, and compared.

    Args:
        source: the generator.
        path: the file to write, ending in .html.

    Returns:
        the largest difference between its pixels and those of the source, in levels of 255.

    Raises:
        UsageError: a layer that the page does not compute, or a generator that is too large for a browser.
        GanError: the difference is above LEVELS, or the file cannot be written.
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
        expected, found = images_of_both(source, graph.compute)
    levels = 127.5 * float(np.abs(expected - found).max())
    if not levels <= LEVELS:
        raise GanError(
            f"{path}: not written; its pixels differ from the source's by {levels:.1f} of 255, allowed: {LEVELS:.0f}; "
            "16 bits are too few for these weights, use --format ONNX"
        )
    write_text(path, _page(Painter(source), graph))
    return levels


def _page(painter: Painter, graph: Graph) -> str:
    """The page with style, scripts, description and weights in one file, and nothing else allowed to run."""
    nodes, weights = described(graph.nodes, {one.name: place for place, one in enumerate(graph.inputs)})
    description: Any = {"about": about(painter), "graph": nodes}
    style = "\n".join(file.read_text(encoding="utf-8") for file in (SHOWN / "page.css", PAINT / "paint.css"))
    script = f'(() => {{\n"use strict";\n{"".join(map(in_one_scope, SCRIPTS))}}})();\n'
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy(style, script, "blob: data:"))}">\n'
        f'<meta name="referrer" content="no-referrer">\n<style>{style}</style>\n</head>'
    )
    carried = (
        f'<script type="application/json" id="description">{script_json(description)}</script>\n'
        f'<script type="text/plain" id="weights">{base64.b64encode(weights).decode()}</script>\n'
        f"<script>{script}</script>\n</body>"
    )
    lines = (PAINT / "page.html").read_text(encoding="utf-8").splitlines(keepends=True)
    page = "".join(line for line in lines if not line.startswith(("<link", "<script")))
    return page.replace("</head>", head).replace("</body>", carried)
