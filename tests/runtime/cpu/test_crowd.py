import platform
import subprocess
import sys

import pytest

from ms_gan.runtime.cpu import crowd
from ms_gan.runtime.cpu.crowd import Crowd, delays

ON_LINUX = pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() not in crowd.NUMBERS, reason="the filter is Linux's"
)
# 100 times giving up the one core that a process of equal priority wants too, in a thread that was there before.
GIVING_UP = """
import os, subprocess, sys, threading, time
from ms_gan.runtime.cpu.crowd import keep_cores
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
go, seconds = threading.Event(), []
def give_up():
    go.wait()
    since = time.monotonic()
    for _ in range(100):
        os.sched_yield()
    seconds.append(time.monotonic() - since)
thread = threading.Thread(target=give_up)
thread.start()
other = subprocess.Popen([sys.executable, "-c", "print(flush=True)\\nwhile True: pass"], stdout=subprocess.PIPE)
other.stdout.readline()
kept = keep_cores() if sys.argv[1] == "keep" else None
go.set()
thread.join()
other.kill()
print(kept, seconds[0], os.getppid() > 0)
"""


def give_up(how):
    done = subprocess.run(
        [sys.executable, "-c", GIVING_UP, how], capture_output=True, text=True, check=True, timeout=60
    )
    kept, seconds, calls_work = done.stdout.split()
    return kept, float(seconds), calls_work


@ON_LINUX
def test_cores_are_kept_by_all_threads():
    _, given_up, _ = give_up("yield")
    kept, seconds, calls_work = give_up("keep")
    assert (kept, calls_work) == ("True", "True")
    assert seconds < given_up / 3


def test_another_system_is_left_alone(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert not crowd.keep_cores()


@pytest.fixture
def machine(monkeypatch):
    """A clock, how long the one thread has waited, both in seconds, and how many times it had a core."""
    state = {"time": 0.0, "waited": 0.0, "times": 0, "kept": 0}

    def keep():
        state["kept"] += 1
        return True

    monkeypatch.setattr(crowd.time, "monotonic", lambda: state["time"])
    monkeypatch.setattr(crowd, "delays", lambda: {"1": (state["waited"], state["times"])})
    monkeypatch.setattr(crowd, "keep_cores", keep)
    monkeypatch.setattr(Crowd, "kept", False)
    return state


def looks(machine, *waits, seconds=5, times=1000, keep=True):
    """Whether each look says something, after so many seconds of which the thread waited so many for a core that it had
    `times`."""
    watched = Crowd(keep)
    said = []
    for waited in waits:
        machine["time"] += seconds
        machine["waited"] += waited
        machine["times"] += times
        notice = watched.look()
        assert notice in ("", crowd.KEPT if keep else crowd.ADVICE)
        said.append(bool(notice))
    return said


@pytest.mark.parametrize(
    "waits, said",
    [
        ((0.5, 1, 0.5), [False, False, False]),  # room
        ((4, 0, 4, 0), [False, False, False, False]),  # moments
        ((0, 4, 4, 4, 4), [False, False, True, False, False]),
    ],
)
def test_cores_are_kept_once_a_crowd_stays(machine, waits, said):
    assert looks(machine, *waits) == said
    assert machine["kept"] == sum(said)


def test_nothing_is_kept_unasked(machine):
    assert looks(machine, 0, 4, 4, 4, 4, keep=False) == [False, False, True, False, False]
    assert machine["kept"] == 0 and not Crowd.kept


def test_what_is_said_names_the_option_and_whether_it_worked(machine, monkeypatch):
    assert "--train.keep_cores true may help" in crowd.ADVICE
    monkeypatch.setattr(crowd, "keep_cores", lambda: False)
    watched, said = Crowd(True), []
    for _ in range(4):
        machine["time"] += 5
        machine["waited"] += 5
        said.append(watched.look())
    assert said == ["", crowd.NOT_KEPT, "", ""]


def test_those_who_make_room_at_once_are_no_crowd(machine):
    assert not any(looks(machine, 4, 4, 4, times=20_000))


def test_once_is_enough(machine):
    assert any(looks(machine, 5, 5))
    assert not any(looks(machine, 5, 5, 5))
    assert machine["kept"] == 1


@pytest.mark.parametrize("others, device", [(2, "CPU"), (1, "GPU"), (1, "Ascend")])
def test_workers_and_other_devices_are_left_alone(machine, monkeypatch, others, device):
    monkeypatch.setattr(crowd, "announced", lambda: others)
    monkeypatch.setattr("mindspore.get_context", lambda key: device)
    assert not any(looks(machine, 5, 5, 5))


def test_looks_are_seconds_apart(machine):
    assert looks(machine, *[1] * 9, seconds=1, times=9) == [False] * 9
    assert looks(machine, *[1] * 10, seconds=1, times=9) == [False] * 9 + [True]


@ON_LINUX
def test_threads_have_delays():
    assert delays() and all(waited >= 0 and times > 0 for waited, times in delays().values())


def test_no_delays_where_the_system_tells_none(monkeypatch, tmp_path):
    monkeypatch.setattr(crowd, "TASKS", tmp_path)
    assert delays() == {}
