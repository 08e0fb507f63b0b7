"""The numbers of evaluation.json as a table."""

import math
from typing import Any, Dict, List, Tuple

from ms_gan.report.curves import number
from ms_gan.report.markup import Markup, join, table, tag

# A measure, its name, which values are better, how it is shown, and by what it is multiplied: as eval.py prints it.
# ms_gan.metrics.table has the same for the terminal, but needs MindSpore, which a page must do without.
MEASURES = (
    ("frechet", "Fréchet distance", "lower", ".3f", 1),
    ("kernel", "kernel distance × 1000", "lower", ".2f", 1000),
    ("precision", "precision, %", "higher", ".1f", 100),
    ("recall", "recall, %", "higher", ".1f", 100),
    ("density", "density", "higher", ".3f", 1),
    ("coverage", "coverage, %", "higher", ".1f", 100),
    ("nearest", "distance to the nearest training image, median", "", ".2f", 1),
    ("score", "score by these features", "higher", ".3f", 1),
    ("confident", "samples with a clear class, %", "higher", ".1f", 100),
    ("class_distance", "samples off the data's class shares, %", "lower", ".1f", 100),
    ("covered", "classes covered", "higher", ".0f", 1),
    ("smallest_class", "share of the rarest class, %", "", ".1f", 100),
    ("largest_class", "share of the commonest class, %", "", ".1f", 100),
)


def evaluation_table(evaluation: Dict[str, Any]) -> Markup:
    """The measures beside what real images reach, and how they were measured."""
    columns = [_group(evaluation, name) for name in ("generated", "floor")]
    rows: List[Tuple[Any, ...]] = []
    for key, name, better, form, factor in MEASURES:
        values = [number(column.get(key)) for column in columns]
        if math.isfinite(values[0]):
            shown = ("–" if math.isnan(value) else format(factor * value, form) for value in values)
            rows.append((join([name, " ", tag("small", f"{better} is better") if better else None]), *shown))
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
            tag("ul", *(tag("li", fact) for fact in facts), class_="facts"),
        ]
    )


def _group(values: Dict[str, Any], name: str) -> Dict[str, Any]:
    found = values.get(name)
    return found if isinstance(found, dict) else {}
