"""One measured activity in a process of its own: python -m benchmarks.worker TASK, where TASK is a Task as JSON.

Reads numbers of steps from standard input, a line each, takes that many and answers with a line of JSON: `ms`, the
milliseconds of one step, of the clock or on one core of the processor; `peak_mb`, the most memory the process has held
so far; `flops` and `note` of the Activity.
Everything else that is printed goes to standard error.
"""

import json
import os
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Tuple

ROOT = Path(__file__).parents[1]
THREADS = 2  # and cores, for each side
TRANSLATION = ("pix2pix", "cyclegan")  # the recipes from picture to picture
PRODUCT = 2048  # rows and columns of the matrices whose product shows the machine's peak


@dataclass(frozen=True)
class Task:
    """What a worker does.

    Attributes:
        kind: a key of KINDS.
        recipe: the name of a file under configs/.
        batch: images in one step.
        precision: fp32 or bf16; of PyTorch also autocast.
        compiled: under torch.compile.
        images: how many there are to train on, random bytes: the arithmetic is that of photographs.
        options: more options of train.py.
        path: a generator to sample from.
        cores: that it keeps to; with one, the processor's time counts in place of the clock's.
    """

    kind: str
    recipe: str = ""
    batch: int = 0
    precision: str = "fp32"
    compiled: bool = False
    images: int = 4096
    options: Tuple[str, ...] = ()
    path: str = ""
    cores: int = THREADS


@dataclass(frozen=True)
class Activity:
    """Something that can be measured.

    Attributes:
        take: does it so many times, and waits until it is done.
        flops: the arithmetic of one time, where it is known.
        note: one line: what a reader should know about it.
    """

    take: Callable[[int], None]
    flops: int = 0
    note: str = ""


# Where each kind is made. PyTorch's side runs where MindSpore may be missing, and the other way round.
KINDS = {
    "step": "benchmarks.mindspore_side",
    "product": "benchmarks.mindspore_side",
    "sampling": "benchmarks.mindspore_side",
    "features": "benchmarks.mindspore_side",
    "frechet": "benchmarks.mindspore_side",
    "torch_step": "benchmarks.torch_side",
    "torch_product": "benchmarks.torch_side",
}


def peak_mb() -> float:
    """The most memory that this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def take_cores(count: int = THREADS) -> None:
    """Keep this process to so many cores, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries print to standard output too
    task = Task(**json.loads(sys.argv[1]))
    take_cores(task.cores)
    clock = time.process_time if task.cores == 1 else time.perf_counter
    module = __import__(KINDS[task.kind], fromlist=[task.kind])
    activity = getattr(module, task.kind)(task)
    for line in sys.stdin:
        steps = int(line)
        started = clock()
        activity.take(steps)
        taken = 1000 * (clock() - started) / steps
        answer = {"ms": taken, "peak_mb": peak_mb(), "flops": activity.flops, "note": activity.note}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
