"""Tables in Markdown that a terminal shows in columns too, printed a row at a time."""

from typing import Any, List


class Table:
    """Prints its head at once.

    Args:
        columns: their titles.
        first: characters of the first column, whose cells stand to the left.
        others: least characters of the other columns.
    """

    def __init__(self, columns: List[str], first: int, others: int = 6):
        self._widths = [max(first, len(columns[0]))] + [max(others, len(title)) for title in columns[1:]]
        self.row(*columns)
        self.row("-" * self._widths[0], *("-" * (width - 1) + ":" for width in self._widths[1:]))

    def row(self, first: Any, *others: Any) -> None:
        """Print one row."""
        cells = [f"{first!s:{self._widths[0]}}"]
        cells += [f"{cell!s:>{width}}" for cell, width in zip(others, self._widths[1:])]
        print("| " + " | ".join(cells) + " |", flush=True)
