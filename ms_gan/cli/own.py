"""The command of a task of one's own: python FILE, with all options of train.py."""

import sys
from typing import List, Optional

from ms_gan import tasks
from ms_gan.cli import launch, train
from ms_gan.tasks.task import Task


def run(task: Task, argv: Optional[List[str]] = None) -> int:
    """Train a task that a program brings with it; returns the exit code.

    The program is a file that calls this as its last line: `python FILE` trains, with the options of train.py and those
    of the task, and `python FILE --workers 2` trains in several processes.

    Args:
        task: which need not be named by --task then.
        argv: the command line; None: this process's.
    """
    argv = sys.argv[1:] if argv is None else argv
    tasks.add(task)
    if not any(argument.startswith(("--task", "--resume")) for argument in argv):
        argv = ["--task", task.name, *argv]
    if any(argument.split("=")[0] == "--workers" for argument in argv):
        return launch.main(argv, [sys.argv[0]])
    return train.main(argv)
