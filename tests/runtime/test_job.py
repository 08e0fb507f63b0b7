"""Jobs of processes that are no trainings: what their signals, their ends and their output become."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ms_gan.runtime import job
from ms_gan.runtime.job import Job, JobPlan

ROOT = Path(__file__).parents[2]
# What every process does: the scheduler waits, a worker does what the test says.
ACT = """
import os, signal, sys, time
if os.environ["MS_ROLE"] == "MS_SCHED":
    time.sleep({scheduler})
    sys.exit({scheduler_code})
rank = int(os.environ["MS_NODE_ID"])
{work}
"""


@pytest.fixture(autouse=True)
def short_grace_and_own_logs(monkeypatch, tmp_path_factory):
    monkeypatch.setattr(job, "GRACE_SECONDS", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("logs")))


def plan(work, scheduler=0.0, scheduler_code=0, **numbers):
    code = ACT.format(work=work, scheduler=scheduler, scheduler_code=scheduler_code)
    numbers = {"count": 3, "local": 3, "first": 0, **numbers}
    return JobPlan([sys.executable, "-c", code], host="127.0.0.1", port=1, **numbers)


def test_every_worker_is_told_its_place_and_worker_0_is_heard(capfd, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    names = "MS_NODE_ID MS_WORKER_NUM MS_SCHED_HOST MS_SCHED_PORT RANK_ID RANK_SIZE DEVICE_ID OMP_NUM_THREADS"
    work = f"""
print(*(os.environ[name] for name in "{names}".split()))
print("[INFO] DISTRIBUTED(7,abc): Event base dispatch success!", file=sys.stderr)
print("a word", file=sys.stderr)
"""
    assert Job(plan(work, threads=2)).run() == 0
    assert capfd.readouterr() == ("0 3 127.0.0.1 1 0 3 0 2\n", "a word\n")


def test_a_worker_that_fails_ends_all_and_its_last_lines_are_shown(capfd):
    work = "print(*range(99), sep='\\n') or sys.exit(7) if rank == 2 else time.sleep(60)"
    assert Job(plan(work, scheduler=60)).run() == 7
    _, error = capfd.readouterr()
    assert error.startswith(
        "error: worker 2 ended with exit code 7; all workers here have been stopped\nits last lines:"
    )
    assert "\n  98\nthe full output is in " in error and "\n  83\n" not in error
    logs = Path(error.split("full output is in ")[1].split(";")[0])
    assert (logs / "worker-2.log").read_text().startswith("0\n1\n")


def test_a_killed_worker_and_a_scheduler_that_gives_up(capfd):
    assert Job(plan("os.kill(os.getpid(), 9) if rank == 1 else time.sleep(60)")).run() == 128 + 9
    assert "error: worker 1 was ended by signal 9 (Killed); " in capfd.readouterr().err
    assert Job(plan("time.sleep(60)", scheduler_code=1)).run() == 1
    assert "error: the scheduler ended with exit code 1; " in capfd.readouterr().err


def test_a_scheduler_that_misses_workers_who_are_done_is_no_failure(capfd):
    started = time.monotonic()
    assert Job(plan("time.sleep(0.5 * rank)", scheduler_code=1)).run() == 0
    assert Job(plan("pass", scheduler=60)).run() == 0  # nor is one that does not
    assert capfd.readouterr().err == "" and time.monotonic() - started < 30


def test_what_all_workers_refuse_is_told_once(capfd):
    assert Job(plan("sys.exit(print('error: no', file=sys.stderr) or 2)")).run() == 2
    assert capfd.readouterr().err == "error: no\n"


def test_another_machine_has_no_scheduler_and_no_worker_0(capfd):
    assert Job(plan("print(rank) or sys.exit(rank - 2)", count=4, local=2, first=2)).run() == 1
    out, error = capfd.readouterr()
    assert out == "" and "worker 3 ended with exit code 1" in error and "\n  3\n" in error


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_every_worker_once(number, tmp_path):
    work = f"""
def stop(number, frame):
    open(rf"{tmp_path}/{{rank}}-{{number}}", "x").close()
    sys.exit(128 + number)
signal.signal({int(number)}, stop)
open(rf"{tmp_path}/{{rank}}", "x").close()
time.sleep(60)
"""
    code = f"import sys\nfrom tests.runtime.test_job import *\nsys.exit(Job(plan({work!r})).run())"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) < 3 and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    assert (process.communicate(timeout=30)[1], process.returncode) == (b"", 128 + number)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        name for rank in range(3) for name in (f"{rank}", f"{rank}-{number}")
    )
