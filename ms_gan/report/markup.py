"""HTML out of Python, escaped unless it is markup already."""

from html import escape
from typing import Any, Iterable, Sequence

EMPTY = {"img", "input", "meta"}


class Markup(str):
    """Text that is HTML; every other text is escaped before it gets into a page."""


def tag(name: str, *children: Any, **attributes: Any) -> Markup:
    """An element.

    Args:
        name: of the element.
        children: markup, or text to be escaped; None is left out.
        attributes: an underscore stands for a hyphen, one at the end is dropped (`class_`); None and False leave the
            attribute out, True gives it no value.
    """
    texts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        texts.append(key if value is True else f'{key}="{escape(str(value))}"')
    opening = f"<{' '.join(texts)}>"
    return Markup(opening if name in EMPTY else f"{opening}{join(children)}</{name}>")


def join(children: Iterable[Any]) -> Markup:
    """Markup and texts one after another."""
    return Markup("".join(child if isinstance(child, Markup) else escape(str(child)) for child in children if child))


def table(head: Sequence[Any], rows: Iterable[Sequence[Any]], **attributes: Any) -> Markup:
    """A table; the first cell of a row is its heading. It scrolls sideways where the screen is too narrow."""
    top = tag("thead", tag("tr", *(tag("th", cell, scope="col") for cell in head)))
    body = tag("tbody", *(tag("tr", tag("th", row[0], scope="row"), *map(_cell, row[1:])) for row in rows))
    return tag("div", tag("table", top, body, **attributes), class_="wide")


def _cell(content: Any) -> Markup:
    return tag("td", content)
