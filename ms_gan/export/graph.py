"""A generator as a graph of plain layers with their numbers: what other programs than MindSpore are given.

A network describes itself. Beside its `construct` it has a method `describe` that says the same in layers:

    def describe(self, graph, latents):
        hidden = graph.layer("reshape", graph.cell(self.dense, latents), shape=self.start)
        return graph.cell(self.layers, hidden)

Blocks of networks do so too. Cells of MindSpore are read by ms_gan/export/layers. What has no rule is refused, and
every export is compared with its source, so that a description that is wrong cannot pass unnoticed.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from mindspore import nn

from ms_gan.errors import GanError
from ms_gan.export import layers
from ms_gan.export.layers.layer import Layer
from ms_gan.formats.graph_input import GraphInput


class Node(NamedTuple):
    """A layer in a graph.

    Attributes:
        name: of its result.
        layer: what it computes.
        inputs: names of earlier results, or of the graph's inputs.
    """

    name: str
    layer: Layer
    inputs: Tuple[str, ...]


class Graph:
    """Layers in the order of their computation, channels first; each may take any earlier result.

    Attributes:
        inputs: what the graph takes.
        nodes: its layers.
        output: the name of the result that is the graph's.
    """

    def __init__(self, inputs: Sequence[GraphInput]):
        self.inputs = tuple(inputs)
        self.nodes: List[Node] = []
        self.output = ""

    def add(self, layer: Layer, *inputs: str) -> str:
        """Add a layer that takes these results; returns the name of its own."""
        name = f"{len(self.nodes)}_{type(layer).__name__}"
        self.nodes.append(Node(name, layer, inputs))
        return name

    def layer(self, kind: str, *inputs: str, **options: Any) -> str:
        """Add a layer that no cell stands for, by its name in `layers.LAYERS`; returns the name of its result."""
        return self.add(layers.LAYERS[kind](**options), *inputs)

    def cell(self, cell: nn.Cell, *inputs: str) -> str:
        """Add what a cell computes in evaluation mode; returns the name of its result.

        Raises:
            GanError: there is no rule for it, and it does not describe itself.
        """
        if _describes_itself(type(cell)):
            return cell.describe(self, *inputs)
        parts = _nearest(layers.ROWS, cell)
        if parts is not None:
            (result,) = inputs
            for part in parts(cell):
                result = self.cell(part, result)
            return result
        read = _nearest(layers.READERS, cell)
        if read is None:
            raise GanError(
                f"export: {type(cell).__name__} has no rule in ms_gan/export/layers, and no describe()",
                code="unsupported",
            )
        return self.add(read(cell), *inputs)

    def compute(self, *inputs: np.ndarray) -> np.ndarray:
        """The graph's result in numpy, of its inputs (N, ...) in their order."""
        results: Dict[str, np.ndarray] = dict(zip((one.name for one in self.inputs), inputs))
        for node in self.nodes:
            results[node.name] = node.layer.compute(*(results[name] for name in node.inputs))
        return results[self.output]


def read_graph(network: nn.Cell, inputs: Sequence[GraphInput]) -> Graph:
    """The graph of a generator in evaluation mode.

    Args:
        network: a generator of ms_gan.models, or any other cell that describes itself.
        inputs: what it takes, in the order of its arguments.

    Raises:
        GanError: the network, or a layer of it, has no rule.
    """
    graph = Graph(inputs)
    graph.output = graph.cell(network, *(one.name for one in inputs))
    return graph


def _describes_itself(kind: type) -> bool:
    """Whether a class has a description of its `construct`, not only one of that which it stands in place of."""
    owner = next(one for one in kind.__mro__ if "construct" in vars(one))
    return any("describe" in vars(one) for one in kind.__mro__[: kind.__mro__.index(owner) + 1])


def _nearest(table: Dict[type, Callable], cell: nn.Cell) -> Optional[Callable]:
    return next((table[kind] for kind in type(cell).__mro__ if kind in table), None)
