"""What every command does around its work. Needs nothing but Python's own library, as the doctor does."""

import sys
from typing import Callable, List, Optional

from ms_gan.config.help import as_called
from ms_gan.config.paths import refused
from ms_gan.errors import GanError
from ms_gan.runtime.streams import steady


def run_command(work: Callable[[List[str]], int], argv: Optional[List[str]]) -> int:
    """Run a command's work and turn an error into one line on stderr and an exit code.

    Args:
        work: takes the arguments, returns the exit code.
        argv: the arguments; None: the process's own.

    Returns:
        the exit code: 0 success, 1 failure, 2 wrong usage, 130 interrupted.
    """
    with steady():
        try:
            return work(sys.argv[1:] if argv is None else argv)
        except GanError as error:
            return _told(error)
        except OSError as error:
            return _told(refused(error))
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            return 130


def _told(error: GanError) -> int:
    print(f"error: {as_called(str(error))}", file=sys.stderr)
    return error.exit_code
