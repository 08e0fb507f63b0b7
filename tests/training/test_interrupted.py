"""Trainings in processes of their own that are signalled, met by a second one, and killed."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from ms_gan.cli.train import main
from ms_gan.generators.weights import load_weights
from ms_gan.runs.events import read_events
from ms_gan.training.checkpoint import newest_checkpoint
from tests.conftest import TINY_FLAGS
from tests.killing import TRAIN, Run, differences


def wait_for(found, process):
    """Wait until a function finds something while a process runs."""
    while not found():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return found()


@pytest.fixture
def begin(tmp_path):
    """Starts train.py; what still runs at the end is killed."""
    started = []

    def begin(*flags):
        process = subprocess.Popen(
            [sys.executable, str(TRAIN), *flags], cwd=tmp_path, env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def test_signals_save_and_stop_and_nobody_else_trains_there_meanwhile(device, tmp_path, begin, capsys):
    run = tmp_path / "run"
    process = begin(*TINY_FLAGS, "--epochs", "1000000", "--train.checkpoint_every", "1000000", "--output", str(run))
    wait_for((run / "samples" / "epoch-00002.png").exists, process)
    assert main(["--resume", str(run)]) == 1
    assert f"error: {run}: another process is already training in this folder" in capsys.readouterr().err
    assert main([*TINY_FLAGS, "--output", str(run)]) == 2
    assert "holds another run" in capsys.readouterr().err

    process.send_signal(signal.SIGUSR1)
    first = wait_for(lambda: newest_checkpoint(run / "checkpoints"), process)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and time.monotonic() - asked < 10
    assert "finishing the step, then saving; a second signal ends it at once" in errors
    last = newest_checkpoint(run / "checkpoints")
    step = load_weights(last)[1].step
    assert last > first and f"stopped at step {step:,} of 2,000,000; the run is saved" in out and "--resume" in out
    assert read_events(run / "log.jsonl")[-1]["event"] == "stop"

    assert main(["--resume", str(run), "--max-hours", "0.0001"]) == 0
    assert "resume with  python train.py --resume" in capsys.readouterr().out
    assert load_weights(newest_checkpoint(run / "checkpoints"))[1].step >= step

    process = begin("--resume", str(run), "--max-hours", "1")
    wait_for(lambda: read_events(run / "log.jsonl")[-1]["event"] == "start", process)  # now it compiles
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) in (143, -signal.SIGTERM)  # both are 143 to a shell
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


def test_a_killed_training_ends_like_an_unbroken_one(device, tmp_path):
    chance = random.Random(2)
    broken, unbroken = (Run(tmp_path / name, 16, 4, chance) for name in ("broken", "unbroken"))
    for _ in range(3):
        assert not broken.live()
    for run in (broken, unbroken):
        run.end()
    assert not differences(broken.folder, unbroken.folder)
