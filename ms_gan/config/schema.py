"""Options as fields of dataclasses that carry what a person needs to know about them."""

import copy
import functools
import operator
from dataclasses import asdict, field, fields, is_dataclass
from typing import Any, Callable, Dict, Iterator, Optional, Sequence, Tuple

from ms_gan.errors import UsageError

MAX_SEED = 2**63 - 1
ABOVE_ZERO = ("above 0",)  # for `only`: any number but 0
GIVEN = ("set",)  # for `only`: any value but None


def option(
    default: Any,
    help: str,
    low=None,
    high=None,
    unit: str = "",
    short: str = "",
    may_change: bool = False,
    only: Optional[Dict[str, Tuple]] = None,
    instead_of: str = "",
    spelling: Optional[Callable[[str], str]] = None,
):
    """A dataclass field that carries what a person needs to know about it.

    Args:
        default: its value where nobody sets it.
        help: one clause for `--help`.
        low, high: the allowed range, both ends included; for a list, the range of each element.
        unit: what the number counts, for `--help` and for error messages.
        short: an everyday flag beside the full name, such as `--epochs`.
        may_change: True where a resumed run may be given another value.
        only: the options beside it, by name, of which one must have one of these values for this option to be read, the
            same for all: `{"name": ("dcgan", "cnn")}`, or `{"r1": ABOVE_ZERO}`; None: it is always read.
        instead_of: the option beside it that does not count where this one is set.
        spelling: turns a text into the one that is meant, such as GPU for cuda; a ValueError where it means nothing.
            Its attribute `names` are those to show.
    """
    about = {
        "help": help, "low": low, "high": high, "unit": unit, "short": short, "may_change": may_change, "only": only,
        "instead_of": instead_of, "spelling": spelling,
    }  # fmt: skip
    if isinstance(default, (list, dict)):
        return field(default_factory=lambda: copy.copy(default), metadata=about)
    return field(default=default, metadata=about)


def leaves(options: Any, prefix: str = "") -> Iterator[Tuple[str, Any, Any]]:
    """Walk an options dataclass: (dotted key, dataclass field, value) of every option."""
    for f in fields(options):
        value = getattr(options, f.name)
        if f.metadata.get("no_option"):
            continue
        if is_dataclass(value):
            yield from leaves(value, f"{prefix}{f.name}.")
        else:
            yield prefix + f.name, f, value


def instead(options: Any) -> Iterator[Tuple[str, str]]:
    """Each option that stands in place of another one, and that other one, both as dotted keys."""
    for key, f, _ in leaves(options):
        if f.metadata["instead_of"]:
            yield key, _beside(key, f.metadata["instead_of"])


def unread(options: Any) -> Dict[str, Any]:
    """The dataclass fields, by dotted key, of the options that nothing reads because of others' values."""
    values = {key: value for key, _, value in leaves(options)}
    return {
        key: f
        for key, f, _ in leaves(options)
        if f.metadata["only"]
        and not any(_meets(values[_beside(key, name)], wanted) for name, wanted in f.metadata["only"].items())
    }


def _beside(key: str, name: str) -> str:
    """The dotted key of an option in the same group."""
    return f"{key.rpartition('.')[0]}.{name}".lstrip(".")


def _meets(value: Any, wanted: Tuple) -> bool:
    if wanted is GIVEN:
        return value is not None
    return value > 0 if wanted is ABOVE_ZERO else value in wanted


def needs(key: str, f: Any) -> str:
    """What an option needs to be read, in words: "generator.name mlp or cnn", "train.a or train.b above 0"."""
    names = [_beside(key, name) for name in f.metadata["only"]]
    (wanted,) = set(f.metadata["only"].values())
    return f"{_either(names)} {_either([plain(value) for value in wanted])}"


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def allowed(f: Any) -> str:
    """What an option accepts, in words: "1 to 65536 images", or "" where anything of its type goes."""
    low, high, unit = f.metadata["low"], f.metadata["high"], f.metadata["unit"]
    if low is None:
        return ""
    span = f"{plain(low)} or more" if high is None else f"{plain(low)} to {plain(high)}"
    return f"{span} {unit}".strip()


def plain(value: Any) -> str:
    """A value as a person types it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, list):
        return f"[{', '.join(map(plain, value))}]"
    return "2^63 - 1" if value == MAX_SEED else str(value)


def check_ranges(options: Any) -> None:
    """Refuse a value out of its range.

    Raises:
        UsageError: naming the key, the value and what is allowed.
    """
    for key, f, value in leaves(options):
        low, high = f.metadata["low"], f.metadata["high"]
        for number in _numbers(value):
            if number is None or low is None:
                continue
            if not low <= number or (high is not None and not number <= high):
                raise UsageError(f"{key}: {number} is out of range; allowed: {allowed(f)}")


def _numbers(value: Any) -> Sequence[Any]:
    """What an option's range holds for: a list's elements, both sides of a size such as "48x64", or the value."""
    if isinstance(value, str):
        return [int(part) for part in value.split("x") if part.isdecimal()]
    return value if isinstance(value, list) else [value]


def completed(base: Any, given: Dict[str, Any]) -> Any:
    """Options with some of them set anew.

    Args:
        base: an options dataclass; it stays as it is.
        given: {dotted key: value}; keys that are no options are passed over.

    Raises:
        UsageError: a value out of its range.
    """
    values = asdict(base)
    for key, _, _ in leaves(base):
        if key in given:
            *groups, name = key.split(".")
            functools.reduce(operator.getitem, groups, values)[name] = given[key]
    options = fill(type(base), values)
    check_ranges(options)
    return options


def fill(cls: type, values: Dict[str, Any], group: str = "") -> Any:
    """Build an options dataclass from nested dictionaries that are complete.

    Raises:
        UsageError: a plain value where a group of options should be.
    """
    if not isinstance(values, dict):
        raise UsageError(
            f"{group or 'the configuration'}: {values!r} is a single value; it should be a group of options"
        )
    blank = cls()
    nested = {f.name: getattr(blank, f.name) for f in fields(cls)}
    return cls(
        **{
            name: fill(type(old), values[name], f"{group}.{name}".lstrip(".")) if is_dataclass(old) else values[name]
            for name, old in nested.items()
        }
    )
