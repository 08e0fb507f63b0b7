"""The processes of one training on this machine, from their start to the end of the last one."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, List, Optional

from ms_gan.runtime.workers import place

GRACE_SECONDS = 10  # that the others have to end by themselves once one has ended badly, or all are done
SHOWN_LINES = 15  # lines of a failed worker's output
SCHEDULER = -1  # in place of its rank
# What MindSpore's libraries say while they shut down, whatever the level of their log is.
CHATTER = re.compile(r"\[(INFO|WARNING)\] [A-Z_]+\(\d+,")


@dataclass(frozen=True)
class JobPlan:
    """What is started here.

    Attributes:
        command: of every process.
        count: workers of the whole job.
        local: how many of them run here.
        first: the rank of the first one here; machine 0 has the scheduler too.
        host, port: where the scheduler listens.
        threads: of each worker on a CPU; 0: as many as there are cores.
    """

    command: List[str]
    count: int
    local: int
    first: int
    host: str
    port: int
    threads: int = 0


class Job:
    """Runs a plan. Worker 0's output is this process's own; the others' goes to files, shown where one fails.

    A signal to this process goes to all workers: SIGINT and SIGTERM let a training save itself and stop, SIGUSR1 lets
    it save itself and go on.
    """

    def __init__(self, plan: JobPlan):
        self._plan = plan
        self._logs = Path(tempfile.mkdtemp(prefix="ms_gan-workers-"))
        self._workers: List[subprocess.Popen] = []
        self._scheduler: Optional[subprocess.Popen] = None
        self._readers: List[threading.Thread] = []
        self._signals = 0

    def run(self) -> int:
        """Start all processes, wait for all of them, and leave none behind.

        Returns:
            0, or the exit code of the process that failed first: 128 + n where signal n ended it.
        """
        handled = signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1
        previous = {number: signal.signal(number, self._pass_on) for number in handled}
        failed = None
        try:
            self._start()
            failed = self._wait()
            if failed is not None:
                self._let_end()
            if failed == SCHEDULER and all(process.poll() == 0 for process in self._workers):
                failed = None  # it missed workers that had left, all being done
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
            own_end = [process.poll() is not None for process in self._workers]
            self._end_all()
        if failed is None:
            shutil.rmtree(self._logs, ignore_errors=True)
            return 0
        return self._report(failed, own_end)

    def _start(self) -> None:
        plan = self._plan
        if plan.first == 0:
            self._scheduler = self._spawn(SCHEDULER, 0)
        for local_rank in range(plan.local):
            if not self._signals:
                self._workers.append(self._spawn(plan.first + local_rank, local_rank))

    def _spawn(self, rank: int, local_rank: int) -> subprocess.Popen:
        plan = self._plan
        environment = place(rank, plan.count, plan.host, plan.port, local_rank, plan.threads)
        # A session of its own: a terminal's Ctrl-C reaches the workers through this process alone, once.
        common = {"env": environment, "stdin": subprocess.DEVNULL, "start_new_session": True}
        if rank != 0:
            with open(self._log(rank), "wb") as log:
                return subprocess.Popen(plan.command, stdout=log, stderr=subprocess.STDOUT, **common)
        process = subprocess.Popen(plan.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **common)
        for source, target in ((process.stdout, sys.stdout), (process.stderr, sys.stderr)):
            self._readers.append(threading.Thread(target=_pass_lines, args=(source, target), daemon=True))
            self._readers[-1].start()
        return process

    def _log(self, rank: int) -> Path:
        return self._logs / ("scheduler.log" if rank == SCHEDULER else f"worker-{rank}.log")

    def _wait(self) -> Optional[int]:
        """Wait for all workers; returns the rank of the first process that failed, or None."""
        while True:
            codes = [process.poll() for process in self._workers]
            bad = next((i for i, code in enumerate(codes) if code), None)
            if bad is not None:
                return self._plan.first + bad
            if None not in codes:
                return None
            if self._scheduler is not None and self._scheduler.poll():
                return SCHEDULER
            time.sleep(0.1)

    def _let_end(self) -> None:
        """Give all workers time to end by themselves: what ended one of them may end the others too."""
        until = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < until and any(process.poll() is None for process in self._workers):
            time.sleep(0.1)

    def _end_all(self) -> None:
        for process in self._workers:
            if process.poll() is None:
                process.kill()
            process.wait()
        if self._scheduler is not None:
            try:
                # Those here need it no more. On GPU and Ascend, workers on other machines may still take leave of it.
                self._scheduler.wait(GRACE_SECONDS if self._plan.count > self._plan.local else 0)
            except subprocess.TimeoutExpired:
                self._scheduler.kill()
                self._scheduler.wait()
        for reader in self._readers:
            reader.join(GRACE_SECONDS)

    def _pass_on(self, number: int, frame: object) -> None:
        """Pass a signal on to all workers; the third one that asks them to stop ends them at once."""
        self._signals += number != signal.SIGUSR1
        for process in self._workers:
            if process.poll() is None:
                process.send_signal(number if self._signals < 3 else signal.SIGKILL)

    def _report(self, failed: int, own_end: List[bool]) -> int:
        """Show what the person has not seen yet of a failure; returns the exit code."""
        process = self._scheduler if failed == SCHEDULER else self._workers[failed - self._plan.first]
        code = process.returncode if process.returncode > 0 else 128 - process.returncode
        worker_0_told = self._plan.first == 0 and own_end[:1] == [True] and self._workers[0].returncode > 0
        if worker_0_told or self._signals:
            shutil.rmtree(self._logs, ignore_errors=True)
            return code
        name = "the scheduler" if failed == SCHEDULER else f"worker {failed}"
        how = f"ended with exit code {code}"
        if process.returncode < 0:
            how = f"was ended by signal {-process.returncode} ({signal.strsignal(-process.returncode)})"
        print(f"error: {name} {how}; all workers here have been stopped", file=sys.stderr)
        lines = self._log(failed).read_text(errors="replace").splitlines() if self._log(failed).exists() else []
        shown = [line for line in lines if not CHATTER.match(line)][-SHOWN_LINES:]
        if shown:
            print("its last lines:", *(f"  {line}" for line in shown), sep="\n", file=sys.stderr)
        print(
            f"the full output is in {self._logs}; a run that has saved can be continued with --resume", file=sys.stderr
        )
        return code


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as free:
        free.bind(("", 0))
        return free.getsockname()[1]


def _pass_lines(source: IO[bytes], target: IO[str]) -> None:
    """Write what comes from a pipe, line by line, as soon as it comes."""
    for line in source:
        text = line.decode(errors="replace")
        if not CHATTER.match(text):
            target.write(text)
            target.flush()
