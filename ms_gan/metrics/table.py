"""Evaluations as text of at most 100 columns."""

import textwrap
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from ms_gan.metrics.images import PICTURES
from ms_gan.metrics.measures import BY_CLASS, MEASURES, named
from ms_gan.metrics.protocol import GeneratorUsed, Protocol, differences
from ms_gan.metrics.report import Evaluation, Measures
from ms_gan.metrics.translation import REAL, Part, Translations, rows_of
from ms_gan.tasks.task import Measure

WIDTH, INDENT = 100, 11  # characters of a line of text, and of what stands before it
CLASS = 24  # characters of a class's name
NAME, NUMBER, NUMBERS = 50, 12, 4  # characters of a row's name and of a number, and how many numbers a row has room for
TRANSLATED = 36  # characters of a row's name beside as many as five numbers
MOST_CLASSES = 100  # of which each gets a row
LESS, MORE = "↓", "↑"
ARROWS = {"lower": LESS, "higher": MORE, "": " "}  # which values are better
PLAIN_ARROWS = str.maketrans({LESS: "v", MORE: "^"})


def single(report: Evaluation) -> str:
    """The table of one evaluation, and how it was measured."""
    protocol = report.protocol
    made = "measured" if protocol.generator.kind == PICTURES else "generator"
    head = [f"{made:<10} {_describe(protocol.generator)}", *_head(protocol)]
    column = "measured" if protocol.generator.kind == PICTURES else "generated"
    body = _body([report], [(column, report.generated), ("floor", report.floor)])
    return _text(head, body, report.notes, _by_class(report, column))


def side_by_side(names: Sequence[str], reports: Sequence[Evaluation]) -> str:
    """The table of several evaluations, a column each, with the best value of a row marked.

    Where their protocols differ, the table says in what, and marks nothing.
    """
    unlike = differences([report.protocol for report in reports])
    head = [
        f"[{number}]        {name}: {_describe(report.protocol.generator)}"
        for number, (name, report) in enumerate(zip(names, reports), 1)
    ]
    columns = [(f"[{number}]", report.generated) for number, report in enumerate(reports, 1)]
    if unlike:
        head += ["These were measured in different ways, so that the numbers do not compare:", *unlike]
        body = _body(reports, columns)
    else:
        head += _head(reports[0].protocol)
        body = _body(reports, [*columns, ("floor", reports[0].floor)], len(reports))
    return _text(head, body, list(dict.fromkeys(_notes(reports))))


def translated(report: Translations) -> str:
    """The tables of pictures made of pictures, one for each direction, and how they were measured."""
    protocol = report.protocol
    head = [
        *map(_of_run, protocol["generators"]),
        f"data       {protocol['data']}",
        f"features   {protocol['features']['name']}, {protocol['features']['width']} wide",
        *(f"{column:10} {about}" for column, about in protocol["columns"].items()),
    ]
    body = [line for part in report.parts for line in ("", *_of_part(part))][1:]
    return _text(head, body, report.notes)


def _of_run(used: Dict[str, Any]) -> str:
    """A line about the generator of a column."""
    about = f"{used['recipe']}, {used['kind']} weights, epoch {used['epoch']:.4g}, step {used['step']:,}"
    return f"{used['column']:10} {used['network']} of {used['run']}: {about}"


def _of_part(part: Part) -> List[str]:
    """A direction's table; the best value of each row is marked, but that of training pictures."""
    lines = [f"{part.title:{TRANSLATED}}  " + "".join(f"{one.name:>{NUMBER - 1}} " for one in part.columns).rstrip()]
    for row, values in rows_of(part):
        rivals = [value for one, value in zip(part.columns, values) if value is not None and one.name != REAL]
        best = (min if row.better == "lower" else max)(rivals, default=None)
        marks = ["*" if one.name != REAL and value == best else " " for one, value in zip(part.columns, values)]
        cells = "".join(f"{_text_of(row, value):>{NUMBER - 1}}{mark}" for value, mark in zip(values, marks))
        lines.append(f"{row.plain[:TRANSLATED]:{TRANSLATED}} {ARROWS[row.better]}{cells}".rstrip())
    return lines


def for_terminal(text: str, encoding: Optional[str]) -> str:
    """The text in characters that a terminal's encoding has."""
    try:
        text.encode(encoding or "ascii")
        return text
    except UnicodeEncodeError:
        return text.translate(PLAIN_ARROWS).encode("ascii", "replace").decode()


def _describe(used: GeneratorUsed) -> str:
    if used.kind == PICTURES:
        return used.recipe
    return f"{used.recipe}, {used.kind} weights, epoch {used.epoch:.4g}, step {used.step:,}"


def _head(protocol: Protocol) -> List[str]:
    features, given = protocol.features, protocol.generator.kind == PICTURES
    accuracy = "" if features.accuracy is None else f", right about {features.accuracy:.2%} of the test split"
    some = ""
    if protocol.compared < protocol.generated:
        some = f"; {protocol.compared:,} of them for the kernel distance to coverage, and for the score"
    return [
        f"data       {protocol.data}",
        f"features   {features.name}, {features.width} wide{accuracy}",
        f"pictures   {protocol.generated:,}{some}"
        if given
        else f"samples    {protocol.generated:,} of seed {protocol.seed}{some}",
        f"floor      {protocol.floor}: what a perfect generator would reach",
    ]


def _text(head: Sequence[str], body: Sequence[str], notes: Sequence[str], more: Sequence[str] = ()) -> str:
    """The parts of a table with a blank line between them, and long sentences on several lines."""

    def wrapped(lines: Iterable[str]) -> List[str]:
        indent = " " * INDENT
        options = {"subsequent_indent": indent, "break_long_words": False, "break_on_hyphens": False}
        return [part for line in lines for part in textwrap.wrap(line, WIDTH, **options)]

    parts = [wrapped(head), body, more, wrapped(f"note:      {note}" for note in notes)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _body(reports: Sequence[Evaluation], columns: Sequence[Tuple[str, Measures]], rivals: int = 0) -> List[str]:
    """The rows that have a value; the best of the first `rivals` columns is marked.

    Columns that a screen has no room for follow in another table.
    """
    rows = [one for one in MEASURES if any(getattr(found, one.key) is not None for _, found in columns)]
    lines = []
    for start in range(0, len(columns), NUMBERS):
        shown = columns[start : start + NUMBERS]
        lines.append(" " * (NAME + 2) + "".join(f"{name:>{NUMBER - 1}} " for name, _ in shown).rstrip())
        for row in rows:
            best = _best(row, [measures for _, measures in columns[:rivals]])
            cells = [
                _cell(row, measures, best if start + i < rivals else None) for i, (_, measures) in enumerate(shown)
            ]
            lines.append(f"{_name(row, reports):{NAME}} {ARROWS[row.better]}{''.join(cells)}".rstrip())
    return lines


def _notes(reports: Sequence[Evaluation]) -> Iterator[str]:
    """The notes of several evaluations; of images of asked classes, those that are not of all name their column."""
    for number, report in enumerate(reports, 1):
        for note in report.notes:
            shared = report.asked is None or all(note in other.notes for other in reports)
            yield note if shared else f"[{number}] {note}"


def _by_class(report: Evaluation, column: str) -> List[str]:
    """A row for each class that was asked for; none where there are too many of them, or nothing is known of one."""
    columns = []
    for one in BY_CLASS:
        for name, found in ((column, report.generated), ("floor", report.floor)):
            values = getattr(found, one.key)
            if values is not None:
                columns.append([one.plain, name, *(_text_of(one, value) for value in values)])
    if not columns or len(report.asked) > MOST_CLASSES:
        return []
    wide = max(len(one.plain) for one in BY_CLASS) + 2
    rows = zip(("class", "", *report.asked), *columns)
    return [f"{name[:CLASS]:{CLASS}}{''.join(f'{cell:>{wide}}' for cell in cells)}".rstrip() for name, *cells in rows]


def _best(measure: Measure, found: Sequence[Measures]) -> Optional[float]:
    values = [value for value in (getattr(one, measure.key) for one in found) if value is not None]
    if not measure.better or not values:
        return None
    return min(values) if measure.better == "lower" else max(values)


def _cell(measure: Measure, found: Measures, best: Optional[float]) -> str:
    value = getattr(found, measure.key)
    mark = "*" if best is not None and value == best else " "
    return f"{_text_of(measure, value):>{NUMBER - 1}}{mark}"


def _name(measure: Measure, reports: Sequence[Evaluation]) -> str:
    """A measure's name in a table of some evaluations."""
    networks = {report.protocol.features.name for report in reports}
    classes = {sum(count > 0 for count in report.data_histogram or ()) for report in reports}
    features = networks.pop() if len(networks) == 1 else "each one's features"
    name = named(measure, features, f", of {classes.pop()}" if len(classes) == 1 else "")
    return measure._replace(name=name).plain[:NAME]


def _text_of(measure: Measure, value: Optional[float]) -> str:
    """A value for people; "-" where there is none."""
    return "-" if value is None else format(measure.factor * value, measure.form)
