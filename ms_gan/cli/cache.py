"""python -m ms_gan.cli.cache: list what the user's cache keeps, and remove what is old."""

import sys
from typing import List, Optional

from ms_gan.config.help import Parser
from ms_gan.data.cache import DAY_SECONDS, everything_kept, prune
from ms_gan.errors import UsageError
from ms_gan.files import as_size
from ms_gan.runtime.paths import cache_dir
from ms_gan.runtime.run_command import run_command

PROGRAM = "python -m ms_gan.cli.cache"
ABOUT = """\
List what the user's cache keeps to save computing it again: decoded pictures, feature extractors, statistics of \
real images. What is removed is computed again when it is needed. Downloaded data sets are never removed."""
EXAMPLES = f"""\
  {PROGRAM}               list the contents, the longest unused first
  {PROGRAM} --prune 30    remove what has not been used for 30 days"""


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_cache, argv)


def _cache(argv: List[str]) -> int:
    parser = Parser(PROGRAM, ABOUT, EXAMPLES)
    parser.add_argument(
        "--prune", type=float, metavar="DAYS", help="remove what has not been used for DAYS days; 0: all"
    )
    days = parser.parse_args(argv).prune
    if days is not None and not days >= 0:
        raise UsageError(f"--prune: {days:g} is not allowed; allowed: 0 or more days")
    found = everything_kept() if days is None else list(prune(days))
    for kept in found:
        print(f"{as_size(kept.size):>12}  {kept.unused / DAY_SECONDS:6.1f} days  {kept.about}")
    what = "kept" if days is None else "removed"
    print(f"{as_size(sum(kept.size for kept in found))} {what} in {cache_dir()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
