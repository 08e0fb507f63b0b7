"""Options dataclasses from YAML and the command line, and back to YAML.

jsonargparse does the parsing; this module declares the dataclasses' options to it and turns its complaints into one
sentence that names the key, the value and what is allowed.
"""

import argparse
import dataclasses
import re
from pathlib import Path
from typing import Any, Callable, Dict, List, Literal, Optional, Tuple, Union, get_args, get_origin

import yaml
from jsonargparse import ArgumentParser

from ms_gan.config import help
from ms_gan.config.help import Help, as_called, closest_name, option_names
from ms_gan.config.paths import home_for_tilde, kind_at
from ms_gan.config.schema import allowed, completed, leaves, plain, unread
from ms_gan.config.sources import last_typed, merged, refuse_both, refuse_unread, without_nulls
from ms_gan.config.yaml import flat_options, parse_yaml, refusal, spelt, unknown
from ms_gan.errors import UsageError

YAML_BYTES = 100_000  # a configuration is about a hundred lines
COMPLAINT_CHARACTERS = 500
# Where the recipes lie: in a package that was installed as a wheel; beside it in a clone.
RECIPES = tuple(Path(__file__).resolve().parents[up] / "configs" for up in (1, 2))
CHOICES_CHARACTERS = 45  # that fit beside an option in its help


def make_parser(cls: type, prog: str, description: str, examples: str = "", yaml_files: bool = False) -> ArgumentParser:
    """A parser for all options of a dataclass, nested ones as dotted keys, grouped as the dataclass nests them.

    Args:
        cls: the options dataclass; each field made by `ms_gan.config.schema.option`.
        prog, description, examples: texts for `--help`, with commands as they are called in a clone.
        yaml_files: also take `--config FILE` and `--print_config`.
    """
    parser = ArgumentParser(
        prog=as_called(prog),
        description=as_called(description),
        epilog=f"examples:\n{as_called(examples)}" if examples else None,
        exit_on_error=False,
        allow_abbrev=False,
        formatter_class=Help,
    )
    if yaml_files:
        about = "YAML file with options, or the name of a recipe; the command line overrides it"
        parser.add_argument("--config", metavar="FILE", help=about)
        parser.add_argument("--print_config", action="store_true", help="print all options as YAML, and exit")
    for f in dataclasses.fields(cls):
        if dataclasses.is_dataclass(f.type):
            _add_group(parser, f.name, f.type)
        else:
            _add_option(parser, f.name, f)
    return parser


def _add_group(parser: ArgumentParser, name: str, cls: type) -> None:
    """A group of options; of several sub-groups with the same options the first one is shown in the help."""
    blank = cls()
    subgroups = [f.name for f in dataclasses.fields(cls) if dataclasses.is_dataclass(f.type)]
    alike = [other for other in subgroups[1:] if getattr(blank, other) == getattr(blank, subgroups[0])]
    about = [cls.__doc__.strip(), *(f"{name}.{other}.* are the same as {name}.{subgroups[0]}.*" for other in alike)]
    group = parser.add_argument_group(name, "\n".join(about))
    for key, f, _ in leaves(blank):
        _add_option(group, f"{name}.{key}", f, hidden=key.split(".")[0] in alike)


def _add_option(parser: Any, key: str, f: dataclasses.Field, hidden: bool = False) -> None:
    default = f.default if f.default is not dataclasses.MISSING else f.default_factory()
    choices = _choices(f.type)
    notes = [", ".join(choices), allowed(f)] + ([] if default is None else [f"default: {plain(default)}"])
    text = f"{f.metadata['help']} ({'; '.join(filter(None, notes))})" if any(notes) else f.metadata["help"]
    names = [f"--{key}"] + ([f.metadata["short"]] if f.metadata["short"] not in ("", f"--{key}") else [])
    given = {} if f.type is bool or (get_origin(f.type) is Literal and not choices) else {"metavar": _metavar(key, f)}
    about = argparse.SUPPRESS if hidden else text.replace("%", "%%")
    parser.add_argument(*names, type=f.type, default=default, help=about, **given)


def _choices(kind: Any) -> Tuple[str, ...]:
    """The values that the help text names because they do not stand beside the option."""
    if get_origin(kind) is list:
        element = get_args(kind)[0]
        return get_args(element) if get_origin(element) is Literal else ()
    names = get_args(kind) if get_origin(kind) is Literal else ()
    return names if len(",".join(names)) > CHOICES_CHARACTERS else ()


def _metavar(key: str, f: dataclasses.Field) -> str:
    """What stands for an option's value in its help."""
    kind = f.type
    if f.metadata["spelling"] and f.metadata["spelling"].names:
        return "{" + ",".join(f.metadata["spelling"].names) + "}"
    if f.metadata["spelling"] and int not in get_args(kind):  # a size such as 48x64 may be a number
        return "PATH"
    if get_origin(kind) is Union:
        kind = get_args(kind)[0]  # of Optional[...] and of Union[int, str]
    if get_origin(kind) is list:
        element = get_args(kind)[0]
        return "[N,...]" if element is int else "[X,...]" if element is float else "[NAME,...]"
    return {int: "N", float: "X", str: "TEXT"}.get(kind, "NAME")


def parse(
    parser: ArgumentParser, cls: type, argv: List[str], before: Optional[Callable[[Dict[str, Any]], Any]] = None
) -> Tuple[Any, Dict[str, Any]]:
    """Read options from the command line and the YAML files that it names; the command line overrides them.

    Args:
        parser: as of `make_parser`.
        cls: the options dataclass.
        argv: the command line.
        before: where options that have no effect are refused: from what is set, the options before that, such as those
            of a run that is resumed. Others that have no effect then have their defaults.

    Returns:
        The options, complete and within their ranges; and those that the command line itself or its YAML files set, as
        {dotted key: value}.

    Raises:
        UsageError: an unknown option, a value of the wrong type or out of its range, an unreadable YAML file.
        SystemExit: after `--help` and `--print_config` have printed.
    """
    files, prints, argv = _split_off_files(argv) if "config" in _destinations(parser) else ([], False, argv)
    sources = without_nulls([_given_yaml(cls, find_config(file)) for file in files])
    try:
        typed = vars(parser.parse_args(_in_their_case(parser, cls, argv), defaults=False).as_flat())
    except argparse.ArgumentError as error:
        raise UsageError(_explain(parser, cls, str(error))) from None
    known = {key: f for key, f, _ in leaves(cls())}
    typed = {key: spelt(key, value, known[key]) if key in known else value for key, value in typed.items()}
    sources.append(last_typed(cls, typed, _order(parser, argv)))
    given = merged(cls, sources)
    options = completed(cls(), given)
    if before is not None:
        refuse_unread(before(given), sources)
        defaults = {key: value for key, _, value in leaves(cls())}
        options = completed(options, {key: defaults[key] for key in unread(options)})
    if prints:
        print(write_yaml(options), end="")
        parser.exit()
    return options, given


def _order(parser: ArgumentParser, argv: List[str]) -> List[str]:
    """The keys of the options on a command line, in the order in which the last of each stand there."""
    keys = {flag: action.dest for action in parser._actions for flag in action.option_strings}
    named = [keys[flag] for flag in (text.split("=")[0] for text in argv) if flag in keys]
    return list(dict.fromkeys(reversed(named)))[::-1]


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


def _in_their_case(parser: ArgumentParser, cls: type, argv: List[str]) -> List[str]:
    """The arguments with each choice among names as it is declared: `--device GPU` for `--device gpu`."""
    kinds = {key: f.type for key, f, _ in leaves(cls())}
    choices = {
        flag: get_args(kinds[action.dest])
        for action in parser._actions
        for flag in action.option_strings
        if get_origin(kinds.get(action.dest)) is Literal
    }
    result, before = [], ""
    for text in argv:
        flag, equals, value = text.partition("=")
        if equals and flag in choices:
            text = f"{flag}={help.spelt(value, choices[flag])}"
        elif before in choices:
            text = help.spelt(text, choices[before])
        result.append(text)
        before = text
    return result


def known_recipes() -> Dict[str, Path]:
    """The recipes that come with this package: the YAML file of each name."""
    folder = next((folder for folder in RECIPES if folder.is_dir()), RECIPES[0])
    return {file.stem: file for file in folder.glob("*.yaml")}


def find_config(name: str) -> Path:
    """The YAML file of a name: a path, or a recipe that comes with this package, with or without `.yaml`.

    Raises:
        UsageError: there is neither.
    """
    path = Path(home_for_tilde(name))
    if kind_at(path, "--config") or path.parent not in (Path("."), Path("configs")):
        return path
    recipes = known_recipes()
    found = recipes.get(path.stem if path.suffix == ".yaml" else path.name)
    if found is None:
        meant = closest_name(path.stem, list(recipes))
        question = f"; did you mean {meant}?" if meant else ""
        raise UsageError(
            f"--config {name}: no such file, nor a recipe; recipes: {', '.join(sorted(recipes))}{question}"
        )
    return found


def _flat_yaml(cls: type, path: Path) -> Dict[str, Any]:
    """What a YAML file sets, as {dotted key: value}. Raises UsageError naming the file."""
    try:
        with open(path, "rb") as file:
            text = file.read(YAML_BYTES + 1)
        if len(text) > YAML_BYTES:
            raise UsageError(f"{path}: too long for a configuration; allowed: {YAML_BYTES:,} bytes", code="malformed")
        return flat_options(cls, parse_yaml(text))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})", code="unreadable") from None
    except ValueError as error:
        raise UsageError(f"{path}: not YAML ({error})", code="malformed") from None
    except UsageError as error:
        raise UsageError(f"{path}: {error}", code=error.code, option=error.option) from None


def _given_yaml(cls: type, path: Path) -> Dict[str, Any]:
    """What a YAML file of a user's sets. Raises UsageError naming the file."""
    given = _flat_yaml(cls, path)
    try:
        refuse_both(cls, given)
    except UsageError as error:
        raise UsageError(f"{path}: {error}", code=error.code, option=error.option) from None
    return given


def read_yaml(cls: type, path: Path) -> Any:
    """Read an options dataclass that `write_yaml` wrote.

    Raises:
        UsageError: the file is missing, is empty, is not YAML, or holds something that the dataclass does not accept.
    """
    given = _flat_yaml(cls, Path(path))
    if not given:  # not what `write_yaml` left there
        raise UsageError(f"{path}: is empty; restore it from a copy", code="damaged")
    try:
        return completed(cls(), given)
    except UsageError as error:
        raise UsageError(f"{path}: {error}", code=error.code, option=error.option) from None


def from_dict(cls: type, values: Any, where: str) -> Any:
    """Build an options dataclass from nested dictionaries that came from outside; what is missing has its default.

    Raises:
        UsageError: naming `where`, the key, the value and what is allowed.
    """
    try:
        return completed(cls(), flat_options(cls, values))
    except UsageError as error:
        raise UsageError(f"{where}: {error}", code=error.code, option=error.option) from None


def write_yaml(options: Any) -> str:
    """All options as YAML text, in the order of their declaration."""
    return yaml.safe_dump(dataclasses.asdict(options), sort_keys=False, default_flow_style=None)


def _one_line(text: Any) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= COMPLAINT_CHARACTERS else line[:COMPLAINT_CHARACTERS] + " ..."


def _explain(parser: ArgumentParser, cls: type, complaint: str) -> str:
    """One sentence for a person out of jsonargparse's complaint."""
    known = {key: f for key, f, _ in leaves(cls())}
    strange = re.search(r"unrecognized arguments: (\S+)|[Oo]ption '([^']+)' is not accepted", complaint)
    if strange:
        if strange.group(1):
            name = strange.group(1).split("=")[0]
            names = option_names(parser)
        else:
            name, names = strange.group(2), list(known)
        return unknown(name, names)
    bad = re.search(r'[Pp]arser key "([^"]+)"', complaint)
    if bad and bad.group(1) in known:
        value = re.search(r"Got value: (.*?)(?:\n|$)", complaint)
        return refusal(bad.group(1), repr(value.group(1)) if value else "the value", known[bad.group(1)])
    line = re.sub(r"^argument (\S*/)?(?=-)", "", _one_line(complaint))
    return f"{line}; --help explains it"
