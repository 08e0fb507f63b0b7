"""Workers that take turns: while one is measured the others wait, so that the machine's moods meet all of them."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any, Dict, List, Optional

from benchmarks.worker import ROOT, Task

WARM_UP = 3  # steps before the first measured turn; the first of them compiles


@dataclass
class Timing:
    """What was measured of one worker.

    Attributes:
        ms: milliseconds per step, one a round.
        flops: arithmetic of one step, 0 where it is not known.
        peak_mb: the most memory that its process held, in MB.
        note: what a reader should know about it, or "".
    """

    ms: List[float]
    flops: int = 0
    peak_mb: float = 0.0
    note: str = ""

    @property
    def median(self) -> float:
        """Milliseconds per step."""
        return statistics.median(self.ms)

    @property
    def gflops(self) -> float:
        """Arithmetic per second, 1e9 FLOPs."""
        return self.flops / self.median / 1e6


class Worker:
    """A process of benchmarks.worker.

    Args:
        name: for messages.
        task: what it does.
        python: the Python that runs it.
    """

    def __init__(self, name: str, task: Task, python: str = sys.executable):
        self.name = name
        self.process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", json.dumps(asdict(task))],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": str(task.cores)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def take(self, steps: int) -> Dict[str, Any]:
        """The worker's answer after that many steps.

        Raises:
            SystemExit: the worker has ended; its own message stands above.
        """
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(f"{steps}\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"error: {self.name} ended with code {self.process.wait()}")
        return json.loads(line)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


def take_turns(
    tasks: Dict[str, Task], rounds: int, seconds: float, torch_python: Optional[str] = None
) -> Dict[str, Timing]:
    """Measure tasks side by side.

    Args:
        tasks: by name.
        rounds: how many turns each has; every other round goes through them backwards.
        seconds: about how long a turn lasts, at least one step.
        torch_python: the Python for PyTorch's side.
    """
    timings = {name: Timing([]) for name in tasks}
    with contextlib.ExitStack() as stack:
        turns = []
        for name, task in tasks.items():
            python = torch_python if task.kind.startswith("torch") and torch_python else sys.executable
            worker = stack.enter_context(Worker(name, task, python))
            worker.take(WARM_UP)
            fastest = min(worker.take(1)["ms"] for _ in range(3))
            turns.append((worker, max(1, round(1000 * seconds / fastest))))
        for number in range(rounds):
            for worker, steps in turns if number % 2 == 0 else reversed(turns):
                answer = worker.take(steps)
                timing = timings[worker.name]
                timing.ms.append(answer["ms"])
                timing.flops, timing.peak_mb, timing.note = answer["flops"], answer["peak_mb"], answer["note"]
    return timings
