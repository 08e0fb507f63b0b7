"""Options dataclasses from YAML and the command line, and back to YAML.

jsonargparse does the parsing; this module declares the dataclasses' options to it and turns its complaints into one
sentence that names the key, the value and what is allowed.
"""

import argparse
import dataclasses
import functools
import operator
import re
import textwrap
from pathlib import Path
from typing import Any, Dict, List, Literal, Optional, Tuple, get_args, get_origin

import yaml
from jsonargparse import ArgumentParser

from ms_gan.errors import UsageError
from ms_gan.schema import allowed, check_ranges, fill, leaves
from ms_gan.trees import described, flat_options, parse_yaml, unknown

LONGEST_YAML = 100_000  # bytes; a configuration is about a hundred lines
LONGEST_COMPLAINT = 500  # characters
# Where the recipes lie: in a package that was installed as a wheel; beside it in a clone.
RECIPES = (Path(__file__).resolve().parent / "configs", Path(__file__).resolve().parents[1] / "configs")
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
        about = "YAML file with options, or the name of a recipe; the command line wins over it"
        parser.add_argument("--config", metavar="FILE", help=about)
        parser.add_argument("--print_config", action="store_true", help="print all options as YAML, and stop")
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
    """Read options from the command line and the YAML files that it names; the command line wins over them.

    Returns:
        The options, complete and within their ranges; and those that the command line itself or its YAML files set, as
        {dotted key: value}.

    Raises:
        UsageError: an unknown option, a value of the wrong type or out of its range, an unreadable YAML file.
        SystemExit: after `--help` and `--print_config` have printed.
    """
    files, prints, argv = _split_off_files(argv) if "config" in _destinations(parser) else ([], False, argv)
    given: Dict[str, Any] = {}
    for file in files:
        given.update(_flat_yaml(cls, find_config(file)))
    try:
        given.update(vars(parser.parse_args(argv, defaults=False).as_flat()))
    except argparse.ArgumentError as error:
        raise UsageError(_explain(parser, cls, str(error))) from None
    options = _filled(cls, given)
    if prints:
        print(write_yaml(options), end="")
        parser.exit()
    return options, given


def _destinations(parser: ArgumentParser) -> List[str]:
    return [action.dest for action in parser._actions]


def _split_off_files(argv: List[str]) -> Tuple[List[str], bool, List[str]]:
    """What `--config` names, whether there is `--print_config`, and the other arguments, which are for jsonargparse."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--config", action="append", default=[])
    parser.add_argument("--print_config", action="store_true")
    try:
        found, others = parser.parse_known_args(argv)
    except argparse.ArgumentError as error:
        raise UsageError(f"{error.argument_name}: {error.message}; --help explains it") from None
    return found.config, found.print_config, others


def find_config(name: str) -> Path:
    """The YAML file of a name: a path, or a recipe that comes with this package, with or without `.yaml`.

    Raises:
        UsageError: there is neither.
    """
    path = Path(name)
    if path.is_file() or path.parent not in (Path("."), Path("configs")):
        return path
    folder = next((folder for folder in RECIPES if folder.is_dir()), RECIPES[0])
    recipes = {file.stem: file for file in folder.glob("*.yaml")}
    found = recipes.get(path.stem if path.suffix == ".yaml" else path.name)
    if found is None:
        raise UsageError(f"--config {name}: no such file, nor a recipe; recipes: {', '.join(sorted(recipes))}")
    return found


def _flat_yaml(cls: type, path: Path) -> Dict[str, Any]:
    """What a YAML file sets, as {dotted key: value}. Raises UsageError naming the file."""
    try:
        with open(path, "rb") as file:
            text = file.read(LONGEST_YAML + 1)
        if len(text) > LONGEST_YAML:
            raise UsageError(f"{path}: too long for a configuration; allowed: {LONGEST_YAML:,} bytes")
        return flat_options(cls, parse_yaml(text))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise UsageError(f"{path}: not YAML ({error})") from None
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def read_yaml(cls: type, path: Path) -> Any:
    """Read an options dataclass that `write_yaml` wrote.

    Raises:
        UsageError: the file is missing, is not YAML, or holds something that the dataclass does not accept.
    """
    given = _flat_yaml(cls, Path(path))
    try:
        return _filled(cls, given)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def from_dict(cls: type, values: Any, where: str) -> Any:
    """Build an options dataclass from nested dictionaries that came from outside; what is missing has its default.

    Raises:
        UsageError: naming `where`, the key, the value and what is allowed.
    """
    try:
        return _filled(cls, flat_options(cls, values))
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _filled(cls: type, given: Dict[str, Any]) -> Any:
    """The options with their defaults but for those given as {dotted key: value}. Raises UsageError: out of range."""
    values = dataclasses.asdict(cls())
    for key, _, _ in leaves(cls()):
        if key in given:
            *groups, name = key.split(".")
            functools.reduce(operator.getitem, groups, values)[name] = given[key]
    options = fill(cls, values)
    check_ranges(options)
    return options


def write_yaml(options: Any) -> str:
    """All options as YAML text, in the order of their declaration."""
    return yaml.safe_dump(dataclasses.asdict(options), sort_keys=False, default_flow_style=None)


def _one_line(text: Any) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= LONGEST_COMPLAINT else line[:LONGEST_COMPLAINT] + " ..."


def _explain(parser: ArgumentParser, cls: type, complaint: str) -> str:
    """One sentence for a person out of jsonargparse's complaint."""
    known = {key: f for key, f, _ in leaves(cls())}
    strange = re.search(r"unrecognized arguments: (\S+)|[Oo]ption '([^']+)' is not accepted", complaint)
    if strange:
        if strange.group(1):
            name = strange.group(1).split("=")[0]
            names = [text for action in parser._actions for text in action.option_strings]
        else:
            name, names = strange.group(2), list(known)
        return unknown(name, names)
    bad = re.search(r'[Pp]arser key "([^"]+)"', complaint)
    if bad and bad.group(1) in known:
        f = known[bad.group(1)]
        value = re.search(r"Got value: (.*?)(?:\n|$)", complaint)
        shown = f"{value.group(1)!r} is" if value else "the value is"
        return f"{bad.group(1)}: {shown} not allowed; allowed: {described(f)}"
    return _one_line(complaint).replace('Parser key "config": ', "--config: ")
