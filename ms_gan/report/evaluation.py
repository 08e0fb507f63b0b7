"""The numbers of evaluation.json as a table."""

import math
from typing import Any, Dict, List, Optional, Tuple

from ms_gan.metrics.measures import BY_CLASS, MEASURES, named
from ms_gan.report.curves import number
from ms_gan.report.markup import Markup, join, table, tag
from ms_gan.tasks.task import Measure


def evaluation_table(evaluation: Dict[str, Any]) -> Markup:
    """The measures beside what real images reach, and how they were measured."""
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
