"""Options dataclasses from YAML and the command line, and back to YAML.

jsonargparse does the parsing; this module declares the dataclasses' options to it and turns its complaints into one
sentence that names the key, the value and what is allowed.
"""

import argparse
import dataclasses
import difflib
import re
import textwrap
from pathlib import Path
from typing import Any, Dict, List, Literal, Optional, Tuple, get_args, get_origin

import yaml
from jsonargparse import ArgumentParser

from ms_gan.errors import UsageError
from ms_gan.schema import allowed, check_ranges, fill, leaves

LONGEST_YAML = 1_000_000  # bytes; a configuration is about a hundred lines
WIDEST_CHOICES = 45  # characters that fit beside an option in its help


class _Help(argparse.HelpFormatter):
    """Help texts that fit a narrow screen and keep the line breaks of the examples."""

    def __init__(self, prog: str):
        super().__init__(prog, max_help_position=28)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(
            indent + (line if line.startswith("  ") else textwrap.fill(line, width - len(indent)))
            for line in text.splitlines()
        )

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(f"{self._prog} [options]", actions, groups, prefix)


def make_parser(cls: type, prog: str, description: str, examples: str = "", yaml_files: bool = False) -> ArgumentParser:
    """A parser for all options of a dataclass, nested ones as dotted keys, grouped as the dataclass nests them.

    Args:
        cls: the options dataclass; each field made by `ms_gan.schema.option`.
        prog, description, examples: texts for `--help`.
        yaml_files: also take `--config FILE` and `--print_config`.
    """
    parser = ArgumentParser(
        prog=prog,
        description=description,
        epilog=f"examples:\n{examples}" if examples else None,
        exit_on_error=False,
        allow_abbrev=False,
        formatter_class=_Help,
    )
    if yaml_files:
        parser.add_argument("--config", action="config", help="YAML file with options; the command line wins over it")
    for f in dataclasses.fields(cls):
        if dataclasses.is_dataclass(f.type):
            _add_group(parser, f.name, f.type)
        else:
            _add_option(parser, f.name, f)
    return parser


def _add_group(parser: ArgumentParser, name: str, cls: type) -> None:
    group = parser.add_argument_group(name, cls.__doc__.strip())
    for key, f, _ in leaves(cls()):
        _add_option(group, f"{name}.{key}", f)


def _add_option(parser: Any, key: str, f: dataclasses.Field) -> None:
    default = f.default if f.default is not dataclasses.MISSING else f.default_factory()
    choices = _choices(f.type)
    notes = [", ".join(choices), allowed(f)] + ([] if default is None else [f"default: {_plain(default)}"])
    text = f"{f.metadata['help']} ({'; '.join(filter(None, notes))})" if any(notes) else f.metadata["help"]
    names = [f"--{key}"] + ([f.metadata["short"]] if f.metadata["short"] not in ("", f"--{key}") else [])
    given = {} if f.type is bool or (get_origin(f.type) is Literal and not choices) else {"metavar": _metavar(f.type)}
    parser.add_argument(*names, type=f.type, default=default, help=text.replace("%", "%%"), **given)


def _plain(value: Any) -> str:
    """A value as a person types it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _choices(kind: Any) -> Tuple[str, ...]:
    """The values that the help text names because they do not fit beside the option."""
    if get_origin(kind) is list:
        kind = get_args(kind)[0]
    names = get_args(kind) if get_origin(kind) is Literal else ()
    return names if len(",".join(names)) > WIDEST_CHOICES else ()


def _metavar(kind: Any) -> str:
    if kind in (int, Optional[int]):
        return "N"
    if kind in (float, Optional[float]):
        return "X"
    if get_origin(kind) is Literal:
        return "NAME"
    if get_origin(kind) is list:
        return "[N,...]" if get_args(kind)[0] is int else "[NAME,...]"
    return "TEXT"


def parse(parser: ArgumentParser, cls: type, argv: List[str]) -> Tuple[Any, Dict[str, Any]]:
    """Read options from the command line and the YAML files that it names.

    Returns:
        The options, complete and within their ranges; and those that the command line itself or its YAML files set, as
        {dotted key: value}.

    Raises:
        UsageError: an unknown option, a value of the wrong type or out of its range, an unreadable YAML file.
        SystemExit: after `--help` and `--print_config` have printed.
    """
    try:
        given = parser.parse_args(argv, defaults=False)
        values = parser.parse_args(argv).as_dict()
    except argparse.ArgumentError as error:
        raise UsageError(_explain(parser, cls, str(error))) from None
    options = fill(cls, values)
    check_ranges(options)
    return options, {key: value for key, value in vars(given.as_flat()).items() if key != "config"}


def read_yaml(cls: type, path: Path) -> Any:
    """Read an options dataclass that `write_yaml` wrote.

    Raises:
        UsageError: the file is missing, is not YAML, or holds something that the dataclass does not accept.
    """
    try:
        text = Path(path).read_bytes()
        if len(text) > LONGEST_YAML:
            raise UsageError(f"{path}: {len(text)} bytes are too many for a configuration; allowed: {LONGEST_YAML}")
        values = yaml.safe_load(text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not YAML ({_one_line(error)})") from None
    return from_dict(cls, values, str(path))


def from_dict(cls: type, values: Any, where: str) -> Any:
    """Build an options dataclass from nested dictionaries that came from outside; what is missing has its default.

    Raises:
        UsageError: naming `where`, the key, the value and what is allowed.
    """
    parser = make_parser(cls, prog="", description="")
    try:
        if not isinstance(values, dict):
            raise UsageError("not a mapping of options to values")
        options = fill(cls, parser.parse_object(values).as_dict())
        check_ranges(options)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
    except argparse.ArgumentError as error:
        raise UsageError(f"{where}: {_explain(parser, cls, str(error))}") from None
    return options


def write_yaml(options: Any) -> str:
    """All options as YAML text, in the order of their declaration."""
    return yaml.safe_dump(dataclasses.asdict(options), sort_keys=False, default_flow_style=None)


def _one_line(text: Any) -> str:
    return " ".join(str(text).split())


def _explain(parser: ArgumentParser, cls: type, complaint: str) -> str:
    """One sentence for a person out of jsonargparse's complaint."""
    known = {key: f for key, f, _ in leaves(cls())}
    unknown = re.search(r"unrecognized arguments: (\S+)|[Oo]ption '([^']+)' is not accepted", complaint)
    if unknown:
        if unknown.group(1):
            name = unknown.group(1).split("=")[0]
            names = [text for action in parser._actions for text in action.option_strings]
        else:
            name, names = unknown.group(2), list(known)
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        return f"unknown option {name}; " + (f"did you mean {near[0]}?" if near else "--help lists them all")
    bad = re.search(r'[Pp]arser key "([^"]+)"', complaint)
    if bad and bad.group(1) in known:
        f = known[bad.group(1)]
        value = re.search(r"Got value: (.*?)(?:\n|$)", complaint)
        shown = f"{value.group(1)!r} is" if value else "the value is"
        return f"{bad.group(1)}: {shown} not allowed; allowed: {_describe(f)}"
    return _one_line(complaint).replace('Parser key "config": ', "--config: ")


def _describe(f: dataclasses.Field) -> str:
    """What an option accepts, by type and range."""
    if get_origin(f.type) is Literal:
        return ", ".join(get_args(f.type))
    names = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    kind = f.type
    if type(None) in get_args(kind):
        kind = next(arg for arg in get_args(kind) if arg is not type(None))
    if get_origin(kind) is list:
        if get_origin(get_args(kind)[0]) is Literal:
            return "a list of " + ", ".join(get_args(get_args(kind)[0]))
        if f.metadata["low"] is None:
            return "a list in brackets, such as [1] or [a, b]"
        return f"a list such as [1, 2], each {names[get_args(kind)[0]]} {allowed(f)}"
    return f"{names[kind]} {allowed(f)}".strip()
