"""Command lines: help that fits the screen, and complaints of one sentence that suggest what was meant.

Needs nothing but Python's own library: the doctor runs where the project's packages are missing.
"""

import argparse
import difflib
import re
import sys
import textwrap
from pathlib import Path
from typing import Iterable, List, NoReturn

from ms_gan.errors import UsageError

HELP_COLUMN = 28
CALLS = re.compile(
    r"(?:python )?\b(?P<door>train|infer|eval|export)\.py\b|python -m ms_gan\.(?:cli|data)\.(?P<module>\w+)"
    r"|(?:bash scripts/)?run_distribute_train\.sh"
)
SET_UP = re.compile(r"bash scripts/setup_env\.sh(?: (gpu|metrics|bench)\b)?")


class Help(argparse.HelpFormatter):
    """Help texts that fit a narrow screen, keep the line breaks of the examples, and show each option's value once."""

    def __init__(self, prog: str):
        super().__init__(prog, max_help_position=HELP_COLUMN)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(
            _command(line, width + 2)
            if line.startswith("  ")
            else textwrap.fill(line, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
            for line in text.splitlines()
        )

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return super()._format_action_invocation(action)
        # jsonargparse adds `--list+`, which appends to a list.
        names = ", ".join(name for name in action.option_strings if not name.endswith("+"))
        value = "" if action.nargs == 0 else self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{names} {value}".strip()

    def add_usage(self, usage, actions, groups, prefix=None):
        """One line in place of all options, which follow anyway."""
        positional = [action.metavar or action.dest.upper() for action in actions if not action.option_strings]
        super().add_usage(usage or " ".join([self._prog, *positional, "[options]"]), actions, groups, prefix)


def _command(line: str, width: int) -> str:
    """A line that holds a command, continued as a shell allows where it is too long: before an option."""
    if len(line) <= width:
        return line
    first, *options = re.split(r" (?=--)", line)
    lines = [first]
    for option in options:
        if len(lines[-1]) + 1 + len(option) <= width - 2:
            lines[-1] += f" {option}"
        else:
            lines.append(f"      {option}")
    return " \\\n".join(lines)


class Parser(argparse.ArgumentParser):
    """A plain command line whose complaints are UsageErrors.

    Args:
        prog: how the command is called in a clone.
        description, examples: texts for `--help`.
        usage: the line of usage where `prog [options]` does not tell it.
    """

    def __init__(self, prog: str, description: str, examples: str, usage: str = ""):
        super().__init__(
            prog=as_called(prog),
            usage=as_called(usage) or None,
            description=as_called(description),
            epilog=f"examples:\n{as_called(examples)}",
            formatter_class=Help,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: one sentence.
        """
        raise UsageError(self._explained(message))

    def _explained(self, message: str) -> str:
        strange = re.match(r"unrecognized arguments: (\S+)", message)
        if strange:
            return unknown(strange.group(1).split("=")[0], option_names(self))
        flag, _, complaint = message.removeprefix("argument ").partition(": ")
        value = re.match(r"invalid choice: '(.*?)'", complaint)
        if value:
            action = next(one for one in self._actions if flag.split("/")[-1] in (*one.option_strings, one.dest))
            return f"{flag}: {value.group(1)!r} is not allowed; {choices(value.group(1), map(str, action.choices))}"
        return f"{message.removeprefix('argument ')}; --help explains it"


def option_names(parser: argparse.ArgumentParser) -> List[str]:
    """All options of a parser as they are typed."""
    return [text for action in parser._actions for text in action.option_strings if not text.endswith("+")]


def unknown(name: str, names: List[str]) -> str:
    """A sentence about an option that does not exist, with suggestions."""
    meant = closest_name(name, names)
    return f"unknown option {name}; " + (f"did you mean {meant}?" if meant else "--help lists them all")


def choices(value: str, names: Iterable[str], kind: str = "") -> str:
    """What is allowed in place of a value, with the one that may have been meant; `kind`: such as "a list of "."""
    names = list(names)
    meant = closest_name(value.strip("[]'\""), names)
    return f"allowed: {kind}{', '.join(names)}" + (f"; did you mean {meant}?" if meant else "")


def spelt(name: str, names: Iterable[str]) -> str:
    """The one of several names that is this one but for its case, gpu for GPU; `name` itself where none is."""
    return next((other for other in names if other.lower() == name.lower()), name)


def closest_name(name: str, names: List[str]) -> str:
    """The names that someone may have meant, as part of a question; "" where none is near.

    Beside those that are spelt alike these are the ones of the same last part: for `--lr`, `--optimizer.generator.lr`.
    """
    spelt = {other.lower(): other for other in names}
    same_end = [other for other in spelt if _last_part(other) == _last_part(name)]
    for candidates, count, cutoff in ((list(spelt), 1, 0.8), (same_end, 2, 0.0), (list(spelt), 1, 0.5)):
        near = difflib.get_close_matches(name.lower(), candidates, count, cutoff)
        if near:
            return " or ".join(spelt[one] for one in near)
    return ""


def _last_part(name: str) -> str:
    return name.lstrip("-").split(".")[-1].replace("-", "_").lower()


def as_called(text: str) -> str:
    """A text with its commands as they are called here.

    Texts name the commands of a clone: `python train.py`. Installed, the same one is `ms-gan-train`; and what a clone
    is set up by is pip's work there.
    """
    if not Path(sys.argv[0]).name.startswith("ms-gan-"):
        return text
    text = SET_UP.sub(lambda found: f'pip install "ms_gan[{found[1]}]"' if found[1] else "pip install ms_gan", text)
    return CALLS.sub(lambda found: f"ms-gan-{found['door'] or found['module'] or 'launch'}", text)
