"""What becomes of signals, in processes of their own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

# As in a training: a thread that was there before MindSpore, which then sets a handler of its own for SIGINT.
PROGRAM = """
import ctypes, signal, sys, threading, time
from ms_gan.runtime.signals import Signals
with Signals() as signals:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    libc = ctypes.CDLL(None)
    handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(lambda number: libc.kill(libc.getpid(), signal.SIGTERM))
    libc.signal(int(signal.SIGINT), handler)
    signals.patient = sys.argv[1] == "patient"
    try:
        print("ready", flush=True)
        while signals.stop is None or not signals.patient:  # who is not waited for does not look
            time.sleep(0.01)
            if signals.save:
                signals.save = False
                print("saved", flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    if len(sys.argv) > 2:
        while True:  # until the second signal
            time.sleep(1)
    sys.exit(128 + signals.stop)
"""


# What a debugger or a numpy that was imported first leaves: a thread in which nothing is blocked.
EARLY = """
import signal, sys, threading, time
from ms_gan.runtime.signals import Signals
early = threading.Thread(target=time.sleep, args=(60,), daemon=True)
early.start()
with Signals() as signals:
    signals.patient = sys.argv[1] == "patient"
    try:
        for number in sys.argv[2:]:
            signal.pthread_kill(early.ident, int(number))
            time.sleep(0.05)
        print("saves" if signals.save else "goes on", signals.stop)
    except KeyboardInterrupt:
        print("interrupted", signals.stop)
"""


CUT = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.5)
except BaseException:
    raise AttributeError("cut in two")
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def start(tmp_path):
    """Starts the program and waits until it is ready; what still runs at the end is killed."""
    (tmp_path / "program.py").write_text(PROGRAM)
    started = []

    def start(*argv, before=()):
        command = [*before, sys.executable, str(tmp_path / "program.py"), *argv]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_is_known_whatever_handlers_there_are(start, number):
    process = start("patient")
    process.send_signal(signal.SIGUSR1)
    assert process.stdout.readline() == "saved\n"
    process.send_signal(number)
    out, errors = process.communicate(timeout=10)
    assert (process.returncode, out) == (128 + number, "")
    assert errors == (
        "" if number == signal.SIGHUP else "finishing the step, then saving; a second signal ends it at once\n"
    )


def test_who_is_not_waited_for_is_interrupted(start):
    process = start("at once")
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10)[0] == "interrupted\n"
    assert process.returncode == 143


def test_the_second_signal_ends_the_process(start):
    process = start("patient", "deaf")
    for _ in range(2):  # a launcher may pass on what has come already
        process.send_signal(signal.SIGTERM)
        time.sleep(0.05)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 130


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("patient", signal.SIGTERM), "goes on 15"),
        (("patient", signal.SIGINT), "goes on 2"),
        (("patient", signal.SIGUSR1), "saves None"),
        (("at once", signal.SIGTERM), "interrupted 15"),
        (("at once", signal.SIGINT), "interrupted 2"),
    ],
)
def test_what_a_thread_from_before_takes_is_known_too(arguments, said):
    command = [sys.executable, "-c", EARLY, *(str(int(a)) if isinstance(a, int) else a for a in arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, said + "\n")


def test_no_thread_is_there_before_signals_of_a_training_are_blocked():
    """Numpy starts one for each core when it is imported, and a signal that one takes would end the process."""
    program = """
import os, sys
from ms_gan.cli.train import read_options
from ms_gan.runtime import signals, workers
read_options([])
print(len(os.listdir("/proc/self/task")), "numpy" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "1 False\n", done.stderr


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("train", "--data.source", "synthetic", "--data.limit", "200"), "interrupted before the first step\n"),
        (("infer", "--ckpt", "there"), "interrupted\n"),
    ],
)
def test_an_import_of_mindspore_is_not_cut_in_two(tmp_path, command, said):
    """It catches what interrupts it, goes on with half of its modules, and the process crashes."""
    (tmp_path / "mindspore.py").write_text(CUT)
    (tmp_path / "there").touch()
    done = subprocess.run(
        [sys.executable, "-m", f"ms_gan.cli.{command[0]}", *command[1:], "--device", "CPU"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, said)


def test_nohup_is_respected(start):
    process = start("patient", before=("nohup",))
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    assert process.poll() is None
