"""Tells whether the Python that runs this file has what setup.py asks for: exit code 0 where it has, 1 where not.

    python scripts/check_env.py [EXTRA,...]

What is missing or unsuitable is printed, one a line. Only the packages' metadata is read, since importing MindSpore
takes seconds.
"""

import platform
import runpy
import sys
from importlib import metadata
from pathlib import Path
from typing import List

try:
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
except ImportError:  # MindSpore itself requires it, so MindSpore is missing too
    sys.exit("packaging is missing")

SETUP = Path(__file__).resolve().parent.parent / "setup.py"
# scripts/lib.sh keeps this file while pip runs, and deletes it when pip has succeeded.
UNFINISHED = Path(sys.prefix) / "ms_gan-setup.log"


def requirements(asked: dict, extras: List[str]) -> List[Requirement]:
    """What setup.py asks for on this platform, with those extras."""
    lines = list(asked["REQUIREMENTS"])
    for extra in extras:
        if extra not in asked["EXTRAS"]:
            sys.exit(f"setup.py has no extra '{extra}'; it has {', '.join(asked['EXTRAS'])}")
        lines += asked["EXTRAS"][extra]
    found = [Requirement(line) for line in lines]
    return [requirement for requirement in found if requirement.marker is None or requirement.marker.evaluate()]


def python_complaint(allowed: str) -> str:
    """What is wrong with this Python, or an empty string. An environment outlives the range that it was made for."""
    version = platform.python_version()
    if SpecifierSet(allowed).contains(version, prereleases=True):
        return ""
    return f"Python is {version}, wanted is {allowed}"


def complaint(requirement: Requirement) -> str:
    """What is wrong with the installed package, or an empty string."""
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return f"{requirement.name} is {version}, wanted is {requirement.specifier}"


def main() -> int:
    extras = [extra for argument in sys.argv[1:] for extra in argument.split(",") if extra]
    asked = runpy.run_path(str(SETUP))
    found = [python_complaint(asked["PYTHON"]), *map(complaint, requirements(asked, extras))]
    complaints = [line for line in found if line]
    if UNFINISHED.exists():
        complaints.append(f"an installation did not end, see {UNFINISHED}")
    for line in complaints:
        print(line)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
