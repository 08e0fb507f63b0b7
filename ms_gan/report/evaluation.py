"""The numbers of evaluation.json as a table."""

import math
import re
from typing import Any, Dict, List, Optional, Tuple

from ms_gan.metrics.measures import BY_CLASS, MEASURES, named
from ms_gan.report.curves import number
from ms_gan.report.markup import Markup, join, table, tag
from ms_gan.tasks.task import Measure

MOST_PARTS, MOST_ROWS = 8, 100  # of a file that a stranger may have written
FORM = re.compile(r"\.\d{1,2}[fg]")


def evaluation_table(evaluation: Dict[str, Any]) -> Markup:
    """The measures beside what real images reach, or what needs no network, and how they were measured."""
    if "parts" in evaluation:
        return _translations(evaluation)
    columns = [_group(evaluation, name) for name in ("generated", "floor")]
    rows: List[Tuple[Any, ...]] = []
    for one in MEASURES:
        values = [number(column.get(one.key)) for column in columns]
        if math.isfinite(values[0]):
            shown = (_shown(one, value) for value in values)
            better = tag("small", f"{one.better} is better") if one.better else None
            rows.append((join([named(one, "these features"), " ", better]), *shown))
    protocol = _group(evaluation, "protocol")
    features, used = _group(protocol, "features"), _group(protocol, "generator")
    facts = [
        f"{number(protocol.get('generated')):,.0f} images of seed {protocol.get('seed')}, "
        f"{used.get('kind')} weights of epoch {number(used.get('epoch')):.4g}.",
        f"Compared with {protocol.get('data')}, by {features.get('name')}.",
        f"Real images: {protocol.get('floor')}; what a perfect generator would reach.",
    ]
    notes = evaluation.get("notes")
    facts += [str(note) for note in notes] if isinstance(notes, list) else []
    return join(
        [
            table(("measure", "generated", "real images"), rows, class_="numbers"),
            _by_class(evaluation),
            tag("ul", *(tag("li", fact) for fact in facts), class_="facts"),
        ]
    )


def _translations(evaluation: Dict[str, Any]) -> Markup:
    """Pictures made of pictures: a table for each direction, of the measures that the file names."""
    tables = []
    for part in _mappings(evaluation.get("parts"))[:MOST_PARTS]:
        columns = part.get("columns")
        columns = [str(name) for name in columns] if isinstance(columns, list) else []
        rows: List[Tuple[Any, ...]] = []
        for one in _mappings(part.get("measures"))[:MOST_ROWS]:
            form, factor, values = str(one.get("form")), number(one.get("factor")), one.get("values")
            form, factor = form if FORM.fullmatch(form) else ".4g", 1.0 if math.isnan(factor) else factor
            measure = Measure("", str(one.get("name")), str(one.get("better") or ""), form, factor)
            cells = values if isinstance(values, list) else []
            shown = [_shown(measure, number(value)) for value in cells[: len(columns)]]
            better = tag("small", f"{measure.better} is better") if measure.better else None
            rows.append((join([measure.name, " ", better]), *shown))
        tables.append(table((str(part.get("title")), *columns), rows, class_="numbers"))
    protocol = _group(evaluation, "protocol")
    facts = [
        f"{one.get('column')}: {one.get('network')} of {one.get('run')}, {one.get('recipe')}, {one.get('kind')} "
        f"weights of epoch {number(one.get('epoch')):.4g}."
        for one in _mappings(protocol.get("generators"))
    ]
    facts.append(f"On {protocol.get('data')}, by {_group(protocol, 'features').get('name')}.")
    facts += [f"{column}: {about}." for column, about in _group(protocol, "columns").items()]
    notes = evaluation.get("notes")
    facts += [str(note) for note in notes] if isinstance(notes, list) else []
    return join([*tables, tag("ul", *(tag("li", fact) for fact in facts), class_="facts")])


def _mappings(values: Any) -> List[Dict[str, Any]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _by_class(evaluation: Dict[str, Any]) -> Optional[Markup]:
    """What is known of each class that was asked for, to be opened; None where nothing is."""
    names = evaluation.get("asked")
    if not isinstance(names, list) or not names:
        return None
    columns = []
    for one in BY_CLASS:
        for column, of in (("generated", "generated"), ("floor", "real images")):
            values = _group(evaluation, column).get(one.key)
            if isinstance(values, list) and len(values) == len(names):
                columns.append((f"{one.name}, {of}", [_shown(one, number(value)) for value in values]))
    if not columns:
        return None
    rows = zip(names, *(values for _, values in columns))
    return tag("details", tag("summary", "By class"), table(("class", *(head for head, _ in columns)), rows))


def _shown(one: Measure, value: float) -> str:
    return "–" if math.isnan(value) else format(one.factor * value, one.form)


def _group(values: Dict[str, Any], name: str) -> Dict[str, Any]:
    found = values.get(name)
    return found if isinstance(found, dict) else {}
