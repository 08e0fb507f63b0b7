"""Other processes on the same cores: a run notes them, and may keep its own (train.keep_cores). Linux only.

MindSpore's threads give up their core (sched_yield) whenever they wait for each other, hundreds of times a step. Alone
they lose nothing by it. Where another process is ready to run, of however low a priority, it has the core for
milliseconds each time: docs/performance.md has what that costs. A filter of system calls (seccomp) lets sched_yield
return at once. Nobody expects that of a training, so it is installed where it was asked for only.
"""

import ctypes
import platform
import time
from pathlib import Path
from typing import Dict, Tuple

from ms_gan.runtime.workers import announced

TASKS = Path("/proc/self/task")
CROWDED_SHARE = 0.5  # share of the time that a thread is ready to run and does not; below 0.2 where it is alone
SLICE_SECONDS = 0.001  # of that at a time, at least: other runs, which give up cores as well, make room at once
LOOK_SECONDS = 5  # between two looks
LOOKS = 2  # in a row that find a crowd, before anything is done: a moment's passes
CROWD = "note: other processes are using the same cores"
ADVICE = f"{CROWD}, which slows this run down; --train.keep_cores true may help (docs/performance.md)"
KEPT = f"{CROWD}; waiting threads now keep theirs (docs/performance.md)"
NOT_KEPT = f"{CROWD}, and this system does not let waiting threads keep theirs (docs/performance.md)"
# machine: its number in the audit interface, and those of the calls sched_yield and seccomp
NUMBERS = {"x86_64": (0xC000003E, 24, 317), "aarch64": (0xC00000B7, 124, 277)}
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # instructions of the filter: a 32-bit word, a comparison, the verdict
CALL, MACHINE = 0, 4  # where a filter finds the call's number and the machine's
ALLOW, SUCCEED = 0x7FFF0000, 0x00050000  # verdicts: make the call; return 0 without it
NO_NEW_PRIVILEGES = 38
SET_FILTER, ALL_THREADS, AS_FAST_AS_EVER = 1, 1, 4


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("then", ctypes.c_ubyte),
        ("otherwise", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def keep_cores() -> bool:
    """Let no thread of this process give up its core by sched_yield any more, for good.

    The price: processes that this one starts get no privileges beyond its own (sudo), and waiting threads keep a core
    from others of this process, which costs a tenth of a step of gan_mnist on an idle machine.

    Returns:
        whether that is so now; False where the system is not Linux, or does not let this process filter its calls.
    """
    if platform.system() != "Linux" or platform.machine() not in NUMBERS:
        return False
    machine, sched_yield, seccomp = NUMBERS[platform.machine()]
    instructions = (
        (LOAD, 0, 0, MACHINE), (EQUAL, 0, 3, machine), (LOAD, 0, 0, CALL), (EQUAL, 0, 1, sched_yield),
        (RETURN, 0, 0, SUCCEED), (RETURN, 0, 0, ALLOW),
    )  # fmt: skip
    program = _Program(len(instructions), (_Instruction * len(instructions))(*instructions))
    libc = ctypes.CDLL(None)
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return libc.syscall(seccomp, SET_FILTER, ALL_THREADS | AS_FAST_AS_EVER, ctypes.byref(program)) == 0


def delays() -> Dict[str, Tuple[float, int]]:
    """For each thread of this process the seconds that it was ready to run and waited for a core, and how many times it
    had one; {} if unknown."""
    found = {}
    for task in TASKS.glob("*/schedstat"):
        try:
            _, waited, times = task.read_text().split()
            found[task.parent.name] = int(waited) / 1e9, int(times)
        except (OSError, ValueError):
            continue  # it has ended meanwhile
    return found


class Crowd:
    """Looks every few seconds whether this process has to wait for cores.

    Not on other devices than CPUs, and not where there are several workers: on one machine they are each other's crowd,
    and gain by making room.

    Args:
        keep: whether this process then keeps its cores.

    Attributes:
        kept: whether this process keeps its cores.
    """

    kept = False

    def __init__(self, keep: bool):
        import mindspore as ms

        self._keep = keep
        self._delays, self._time = delays(), time.monotonic()
        self._looks = 0
        self._over = announced() > 1 or ms.get_context("device_target") != "CPU"

    def look(self) -> str:
        """To be called often, such as after each step; what to tell a person, once, where there is a crowd; else ""."""
        now = time.monotonic()
        if self._over or Crowd.kept or now - self._time < LOOK_SECONDS:
            return ""
        found = delays()
        since = [(found[task], self._delays[task]) for task in found if task in self._delays]
        waited, times = max(((new[0] - old[0], new[1] - old[1]) for new, old in since), default=(0.0, 0))
        crowded = waited > CROWDED_SHARE * (now - self._time) and waited > SLICE_SECONDS * times
        self._delays, self._time = found, now
        self._looks = self._looks + 1 if crowded else 0
        self._over = self._looks >= LOOKS
        if not self._over:
            return ""
        if not self._keep:
            return ADVICE
        Crowd.kept = keep_cores()
        return KEPT if Crowd.kept else NOT_KEPT
