"""Blocks that networks with branches are built from: residual blocks, skip connections, cells with a condition.

They stand in chains, as convolutions do, and take and give images in the layout of the chain: a U-Net or a ResNet in
one chain transposes its images twice in all, however many skips it has. In the docstrings that is (N, C, H, W).

A cell with the attribute `conditional` takes a second input, the condition: labels for example, see
ms_gan.models.embeddings. Blocks hand theirs on to such cells among their own, and are conditional where they have any.
"""

from typing import Optional, Sequence

from mindspore import nn

from ms_gan.models import layers
from ms_gan.models.joined import Joined


class Row(nn.SequentialCell):
    """Cells in a row, some of which may be conditional.

    Inputs:
        x (N, C, H, W): what the first cell takes; condition (N, ...): what conditional cells are given beside it.

    Outputs:
        those of the last cell.
    """

    def __init__(self, cells: Sequence[nn.Cell]):
        super().__init__(list(cells))
        self.given = tuple(getattr(cell, "conditional", False) for cell in cells)
        self.conditional = any(self.given)

    def construct(self, x, condition=None):
        for index, cell in enumerate(self.cell_list):
            x = cell(x, condition) if self.given[index] else cell(x)
        return x

    def describe(self, graph, x, condition=None):
        """The same as layers of an ms_gan.export.graph.Graph."""
        for given, cell in zip(self.given, self.cell_list):
            x = graph.cell(cell, x, condition) if given else graph.cell(cell, x)
        return x


class ConditionalChannelsLast(Row):
    """A Row of cells that take and give channels last, for images (N, C, H, W) at both ends."""

    def construct(self, x, condition=None):
        return super().construct(x.transpose((0, 2, 3, 1)), condition).transpose((0, 3, 1, 2))

    def describe(self, graph, x, condition=None):
        """The same as layers of an ms_gan.export.graph.Graph, which has channels first throughout."""
        return super().describe(graph, x, condition)


def conditional_chain(cells: Sequence[nn.Cell]) -> nn.Cell:
    """`layers.chain` for cells of which some are conditional: (N, C, H, W), condition -> (N, C', H', W')."""
    return ConditionalChannelsLast(cells) if layers.channels_last() else Row(cells)


class Residual(nn.Cell):
    """shortcut(x) + inner(x): He et al. 2015 (arXiv:1512.03385), equations 1 and 2.

    Args:
        cells: the inner ones, in a row.
        shortcut: cells that give x the shape that the inner ones give it; none: x itself is added.

    Inputs:
        x (N, C, H, W), float32; condition: for conditional cells.

    Outputs:
        what the inner cells give.
    """

    def __init__(self, cells: Sequence[nn.Cell], shortcut: Optional[Sequence[nn.Cell]] = None):
        super().__init__()
        self.inner = Row(cells)
        self.shortcut = Row(shortcut) if shortcut else None
        self.conditional = self.inner.conditional or bool(shortcut and self.shortcut.conditional)

    def construct(self, x, condition=None):
        y = self.inner(x, condition)
        if self.shortcut is not None:
            x = self.shortcut(x, condition)
        return x + y

    def describe(self, graph, x, condition=None):
        """The same as layers of an ms_gan.export.graph.Graph."""
        y = self.inner.describe(graph, x, condition)
        if self.shortcut is not None:
            x = self.shortcut.describe(graph, x, condition)
        return graph.layer("add", x, y)


class Concatenated(nn.Cell):
    """x and inner(x), channels of the one after those of the other: a U-Net's skip (arXiv:1505.04597, figure 1).

    Args:
        cells: the inner ones, in a row. They keep the size of images.

    Inputs:
        x (N, C, H, W), float32; condition: for conditional cells.

    Outputs:
        (N, C + C', H, W), C' channels being what the inner cells give.
    """

    def __init__(self, cells: Sequence[nn.Cell]):
        super().__init__()
        self.inner = Row(cells)
        self.conditional = self.inner.conditional
        self.join = Joined(3 if layers.channels_last() else 1)

    def construct(self, x, condition=None):
        y = self.inner(x, condition)
        return self.join(x.astype(y.dtype), y)  # a convolution without a norm may have left x in half precision

    def describe(self, graph, x, condition=None):
        """The same as layers of an ms_gan.export.graph.Graph."""
        return graph.layer("concat", x, self.inner.describe(graph, x, condition))
