"""What every command does around its work."""

import os
import sys
from typing import Callable, List, Optional

from ms_gan.errors import GanError, UsageError


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


def check_checkpoint(path: Optional[str]) -> None:
    """Refuse a missing --ckpt before MindSpore is imported.

    Raises:
        UsageError: it was not given, or there is nothing at that path.
    """
    if path is None:
        raise UsageError("--ckpt is missing; name a run folder or a file that a run or an export left")
    if not os.path.exists(path):
        raise UsageError(f"--ckpt {path}: no such file or folder")
