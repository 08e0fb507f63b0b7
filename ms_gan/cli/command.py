"""What every command does around its work."""

import sys
from typing import Callable, List, Optional

from ms_gan.errors import GanError


def run_command(work: Callable[[List[str]], int], argv: Optional[List[str]]) -> int:
    """Run a command's work and turn an error into one line on stderr and an exit code.

    Args:
        work: takes the arguments, returns the exit code.
        argv: the arguments; None: the process's own.

    Returns:
        the exit code: 0 success, 1 failure, 2 wrong usage, 130 interrupted.
    """
    try:
        return work(sys.argv[1:] if argv is None else argv)
    except GanError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
