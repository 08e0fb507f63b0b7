"""The page to paint on as one file: opened from disk, it makes pictures without a server or a request."""

from pathlib import Path
from typing import Any

from ms_gan.explorer.alone import SHOWN, described, one_file, page_graph
from ms_gan.explorer.painting import about
from ms_gan.export.graph import Graph
from ms_gan.files import write_text
from ms_gan.generators.opened import Opened
from ms_gan.generators.painter import Painter

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
        GanError: the difference is above alone.LEVELS, or the file cannot be written.
    """
    graph, levels = page_graph(source, path)
    write_text(path, _page(Painter(source), graph))
    return levels


def _page(painter: Painter, graph: Graph) -> str:
    """The page to paint on in one file."""
    nodes, weights = described(graph.nodes, {one.name: place for place, one in enumerate(graph.inputs)})
    description: Any = {"about": about(painter), "graph": nodes}
    return one_file(PAINT / "page.html", PAINT / "paint.css", SCRIPTS, description, weights)
