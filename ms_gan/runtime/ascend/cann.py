"""CANN, the software by which MindSpore drives an Ascend: where it is, which version, and whether it is set up."""

import ast
import importlib.util
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional, Tuple

NAMED_BY = ("ASCEND_HOME_PATH", "ASCEND_TOOLKIT_HOME")
# What MindSpore's own check looks for: a variable that set_env.sh sets, and a part of its value.
SET_UP = (
    ("ASCEND_HOME_PATH", ""),
    ("ASCEND_OPP_PATH", "/opp"),
    ("PYTHONPATH", "opp/built-in/op_impl/ai_core/tbe"),
    ("LD_LIBRARY_PATH", "/lib64"),
)
# What CANN's own Python code imports and MindSpore does not bring: pip's name and the module.
PACKAGES = {"absl-py": "absl", "attrs": "attr", "cffi": "cffi", "decorator": "decorator", "sympy": "sympy"}


@dataclass(frozen=True)
class Cann:
    """An installed CANN.

    Attributes:
        folder: the one that ASCEND_HOME_PATH names after set_env.sh.
        version: such as 8.5, as MindSpore compares it; "" where no file tells.
        script: its set_env.sh, or None where it has none.
    """

    folder: Path
    version: str
    script: Optional[Path]


def find_cann(system: Path = Path("/")) -> Optional[Cann]:
    """The CANN that the environment names, else the first of the places where its installer puts it.

    Args:
        system: the root of the file system.
    """
    named = [Path(value) for value in map(os.environ.get, NAMED_BY) if value]
    return next((_cann(folder) for folder in [*named, *known_places(system)] if is_cann(folder)), None)


def misnamed() -> Tuple[str, str]:
    """A variable that names a folder without CANN, and that folder; two empty strings where none does."""
    named = ((name, os.environ.get(name, "")) for name in NAMED_BY)
    return next(((name, folder) for name, folder in named if folder and not is_cann(Path(folder))), ("", ""))


def known_places(system: Path) -> Iterator[Path]:
    """Where CANN's installer puts it, for all users and for one; with 8.5 the names changed.

    scripts/ascend_env.sh has the same list.
    """
    for base in (system / "usr/local/Ascend", Path(os.path.expanduser("~/Ascend"))):
        yield base / "cann"
        if os.path.isdir(base):  # not where this user may not look
            yield from sorted(base.glob("cann-*"), key=_numbers, reverse=True)
        yield base / "ascend-toolkit" / "latest"


def is_cann(folder: Path) -> bool:
    """Whether a folder holds CANN's operators, as far as this user can tell: the home folder may be another's."""
    return os.path.isdir(folder / "opp")


def not_set_up() -> Tuple[str, ...]:
    """The variables that are not as set_env.sh would have left them."""
    return tuple(name for name, part in SET_UP if not os.environ.get(name) or part not in os.environ[name])


def missing_packages() -> Tuple[str, ...]:
    """The packages that CANN's own Python code would import in vain, by pip's names."""
    return tuple(name for name, module in PACKAGES.items() if importlib.util.find_spec(module) is None)


def accepted_versions(mindspore: Path) -> Tuple[str, ...]:
    """The versions of CANN for which an installed MindSpore was made, in ascending order.

    They are read out of the source of its own check: importing that would start MindSpore.

    Args:
        mindspore: the package's folder.

    Returns:
        such as ("8.2", "8.3", "8.5"); empty where the source is missing or says nothing.
    """
    try:
        source = (mindspore / "run_check" / "_check_version.py").read_text(encoding="utf-8")
    except OSError:
        return ()
    # A class of Ascend's own, in whose __init__ stands: self.version = [...]
    body = source.partition("class AscendEnvChecker")[2]
    found = re.search(r"^\s+self\.version = (\[[^\]]*\])", body, re.MULTILINE)
    return tuple(ast.literal_eval(found.group(1))) if found else ()


def as_numbers(version: str) -> Tuple[int, ...]:
    """A version that can be compared: 8.5 is older than 8.10."""
    return tuple(map(int, re.findall(r"\d+", version)))


def _cann(folder: Path) -> Cann:
    # In the older layout the script lies beside the folder of the version.
    scripts = (folder / "set_env.sh", folder.parent / "set_env.sh")
    return Cann(folder, _version(folder), next((script for script in scripts if script.is_file()), None))


def _version(folder: Path) -> str:
    # MindSpore reads the first file; the second tells the package's version, which may differ from that of its parts.
    for file in (folder / "compiler" / "version.info", *sorted(folder.glob("*-linux/ascend_toolkit_install.info"))):
        try:
            found = re.search(r"^version=(\d+\.\d+)", file.read_text(errors="replace"), re.MULTILINE | re.IGNORECASE)
        except OSError:
            continue
        if found:
            return found.group(1)
    return ""


def _numbers(folder: Path) -> Tuple[int, ...]:
    return as_numbers(folder.name)
