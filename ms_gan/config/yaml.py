"""Options from nested dictionaries that came from outside: YAML files, and the JSON of cards.

Neither may do harm: texts are short, without aliases and tags, and not nested deeper than options are; and every value
is of its option's type before anything looks at it.
"""

import math
import reprlib
from dataclasses import Field, is_dataclass
from typing import Any, Dict, Iterator, List, Literal, Tuple, Union, get_args, get_origin

import yaml

from ms_gan.config import help
from ms_gan.config.schema import allowed, leaves
from ms_gan.errors import UsageError

DEEPEST = 8  # levels; options have four
MOST_EVENTS = 20_000  # keys, values, beginnings and ends in a YAML text
MOST_BITS = 64  # of a whole number
NAMES = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 100


def parse_yaml(text: bytes) -> Any:
    """A YAML text of plain values, lists and mappings; {} for an empty one.

    Raises:
        ValueError: it is not YAML, or has aliases, anchors or tags, or is nested too deeply.
        UsageError: a key stands there twice; names it and both lines.
    """
    depth = 0
    try:
        for count, event in enumerate(yaml.parse(text, yaml.SafeLoader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST or count > MOST_EVENTS:
                raise ValueError("nested more deeply, or longer, than options are")
            if getattr(event, "anchor", None) or getattr(event, "tag", None):
                raise ValueError("aliases (*), anchors (&) and tags (!) are not allowed here")
        _refuse_twice(yaml.compose(text, yaml.SafeLoader), "", {})
        tree = yaml.safe_load(text)
        return {} if tree is None else tree
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from None


def _refuse_twice(node: Any, prefix: str, lines: Dict[str, int]) -> None:
    """Refuse a key that stands twice in a tree of YAML, also once as `a.b:` and once as `b:` below `a:`; `lines`: of
    the keys so far. Otherwise the last one would silently count."""
    if not isinstance(node, yaml.MappingNode):
        return
    for name, value in node.value:
        key, line = f"{prefix}{name.value}", name.start_mark.line + 1
        if key in lines:
            raise UsageError(f"{shown(key)} is set in line {lines[key]} and again in line {line}; remove one of them")
        lines[key] = line
        _refuse_twice(value, f"{key}.", lines)


def flat_options(cls: type, tree: Any) -> Dict[str, Any]:
    """What a tree sets, as {dotted key: value}; every value has its option's type, ranges are not checked.

    Args:
        cls: the options dataclass.
        tree: nested dictionaries; a key may be dotted, and a group None: nothing is set in it.

    Raises:
        UsageError: an unknown option, a value of another type; names the key and what is allowed.
    """
    if not isinstance(tree, dict):
        raise UsageError("not a mapping of options to values", code="malformed")
    blank = cls()
    known = {key: f for key, f, _ in leaves(blank)}
    return dict(_walk(tree, "", known, set(_groups(blank))))


def _groups(options: Any, prefix: str = "") -> Iterator[str]:
    """The dotted keys of the groups of options."""
    for name, value in vars(options).items():
        if is_dataclass(value):
            yield prefix + name
            yield from _groups(value, f"{prefix}{name}.")


def _walk(tree: Dict, prefix: str, known: Dict[str, Field], groups: Any) -> Iterator[Tuple[str, Any]]:
    for name, value in tree.items():
        key = f"{prefix}{name}" if isinstance(name, str) else f"{prefix}{shown(name)}"
        if key in groups:
            if not isinstance(value, dict) and value is not None:
                raise UsageError(f"{key}: {shown(value)} is a single value; it should be a group of options")
            yield from _walk(value or {}, f"{key}.", known, groups)
        elif key in known:
            try:
                typed = _typed(value, known[key].type)
            except ValueError:
                raise UsageError(refusal(key, shown(value), known[key])) from None
            yield key, spelt(key, typed, known[key])
        else:
            raise UsageError(unknown(key, list(known)))


def spelt(key: str, value: Any, f: Field) -> Any:
    """An option's value as it is meant: GPU for cuda.

    Raises:
        UsageError: it means nothing; names the key and what is allowed.
    """
    spelling = f.metadata["spelling"]
    try:
        return spelling(value) if spelling else value
    except ValueError:
        raise UsageError(refusal(key, shown(value), f)) from None


def _typed(value: Any, kind: Any) -> Any:
    """A value of a type, one of Literal, List, Union, int, float, bool and str; ValueError where it is none."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Union:
        return _first_typed(value, args)
    if origin is Literal and isinstance(value, str):
        value = help.spelt(value, args)
        if value in args:
            return value
    if origin is list and isinstance(value, list):
        return [_typed(element, args[0]) for element in value]
    if kind is float:
        return _float(value)
    if kind is int and type(value) is int and value.bit_length() <= MOST_BITS:
        return value
    if kind in (bool, str, type(None)) and type(value) is kind:
        return value
    raise ValueError


def _first_typed(value: Any, kinds: Any) -> Any:
    for kind in kinds:
        try:
            return _typed(value, kind)
        except ValueError:
            continue
    raise ValueError


def _float(value: Any) -> float:
    # YAML 1.1 takes 1e-4 for text.
    if type(value) not in (int, float, str) or (isinstance(value, int) and value.bit_length() > MOST_BITS):
        raise ValueError
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def refusal(key: str, value: str, f: Field) -> str:
    """A sentence about a value of the wrong type: what is allowed, and where that is a few names, the nearest of them.

    Args:
        key: the option's, as it was given.
        value: as it is shown.
    """
    return f"{key}: {value} is not allowed; {_allowed(value, f)}"


def _allowed(value: str, f: Field) -> str:
    kind = f.type
    if f.metadata["spelling"] and f.metadata["spelling"].names:
        return help.choices(value, f.metadata["spelling"].names)
    if type(None) in get_args(kind):
        kind = next(arg for arg in get_args(kind) if arg is not type(None))
    if get_origin(kind) is Literal:
        return help.choices(value, get_args(kind))
    if get_origin(kind) is list and get_origin(get_args(kind)[0]) is Literal:
        return help.choices(value, get_args(get_args(kind)[0]), "a list of ")
    return f"allowed: {_described(kind, f)}"


def _described(kind: Any, f: Field) -> str:
    """What an option of no few names accepts, by type and range."""
    if get_origin(kind) is list:
        if f.metadata["low"] is None:
            return "a list in brackets, such as [1] or [a, b]"
        return f"a list such as [1, 2], each {NAMES[get_args(kind)[0]]} {allowed(f)}"
    two = ", or two of them, such as 48x64" if kind is int and str in get_args(f.type) else ""
    return f"{NAMES[kind]} {allowed(f)}".strip() + two


def unknown(name: str, names: List[str]) -> str:
    """A sentence about an option that does not exist."""
    return help.unknown(_short.repr(name)[1:-1], names)


def shown(value: Any) -> str:
    """A value in an error message: short, in one line, with nothing that a terminal would obey."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return "a number with too many digits"
    return _short.repr(value)
