"""scripts/run_distribute_train.sh: what it refuses, what it hands on, and a real job whose worker is killed."""

import json
import os
import subprocess
import sys
import time

import psutil
import pytest

from ms_gan.cli import launch
from ms_gan.generators.weights import load_weights
from ms_gan.runtime.finding import Finding
from tests.conftest import TINY_FLAGS
from tests.paths import ROOT
from tests.scripts.test_scripts import DOOR, Project


def test_arguments_folder_and_exit_code_pass_through(tmp_path):
    project = Project(tmp_path)
    door = project.root / "ms_gan/cli/launch.py"
    door.parent.mkdir(parents=True)
    door.write_text(DOOR)
    done = project.run("run_distribute_train.sh", "--workers", "2", "--output", "a b")
    assert json.loads(done.stdout) == [str(project.elsewhere), ["--workers", "2", "--output", "a b"]]
    assert done.returncode == 7


@pytest.fixture
def jobs(monkeypatch):
    """Notes the plans of jobs in place of running them."""
    plans = []

    class Job:
        def __init__(self, plan):
            plans.append(plan)

        def run(self):
            return 0

    monkeypatch.setattr(launch, "Job", Job)
    return plans


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--workers", "0"], "--workers: 0 is out of range; allowed: 1 to 1024"),
        (["--workers", "two"], "error: --workers: invalid int value: 'two'"),
        (["--nodes", "2", "--master", "alpha"], "--nodes 2: also give --node-rank"),
        (["--nodes", "2", "--node-rank", "2", "--master", "alpha"], "--node-rank: 2 is out of range; allowed: 0 to 1"),
        (["--node-rank", "1"], "--node-rank: 1 is out of range; allowed: 0 to 0"),
        (["--master", "127.0.0.1:80"], "--master 127.0.0.1:80: 80 is not a port; allowed: 1024 to 65535"),
        (["--master", "no such host"], "--master no such host: the name no such host cannot be resolved"),
        (["--epoch", "2"], "unknown option --epoch; did you mean --epochs?"),
        (["--resume", "nonesuch"], "--resume nonesuch: not a run folder"),
        (["--workers", "3"], "train.batch_size: a batch of 128 cannot be split evenly among 3 workers"),
        (
            ["--workers", "4", "--train.accumulate", "5"],
            "among 4 workers and 5 parts (at least 2 images each); the nearest size that can: 120",
        ),
        (["--workers", "4", "--batch-size", "4"], "a batch of 4 cannot be split evenly among 4 workers"),
        (["--batch-size", "8", "--local-batch-size", "4"], "--local-batch-size cannot be combined with --batch-size"),
    ],
)
def test_usage_errors_are_one_line_before_any_process_starts(capsys, jobs, argv, message):
    assert launch.main(["--device", "CPU", *argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert jobs == []


def test_what_is_planned(jobs, capsys):
    rest = ["--device", "CPU", "--local-batch-size", "8"]
    assert launch.main(["--workers", "2", *rest]) == 0
    assert launch.main(["--nodes", "3", "--node-rank", "2", "--master", "127.0.0.1:9000", "--workers", "2", *rest]) == 0
    alone, third = jobs
    assert alone.command == third.command == [sys.executable, "-m", "ms_gan.cli.train", *rest]
    assert (alone.count, alone.local, alone.first, alone.host) == (2, 2, 0, "127.0.0.1")
    assert (third.count, third.local, third.first, third.host, third.port) == (6, 2, 4, "127.0.0.1", 9000)
    assert "workers   2 of 6 workers on this machine, CPU; they meet at 127.0.0.1:9000" in capsys.readouterr().out


@pytest.mark.parametrize("device, count", [("GPU", 8), ("Ascend", 4), ("CPU", 3)])
def test_a_worker_for_each_device_unless_told_otherwise(jobs, monkeypatch, device, count):
    monkeypatch.setattr(launch, "choose", lambda asked: Finding(asked, "", True, "", ""))
    monkeypatch.setattr(launch, "look_for_driver", lambda: type("Driver", (), {"cards": range(8)}))
    monkeypatch.setattr(launch, "look", lambda: type("Machine", (), {"left": 4}))
    monkeypatch.setattr(os, "cpu_count", lambda: 64)  # of which a batch system left it six
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: range(6))
    assert launch.main(["--device", device, "--local-batch-size", "8"]) == 0
    assert (jobs[0].local, jobs[0].threads) == (count, 2 if device == "CPU" else 0)


def test_a_killed_worker_ends_the_job_and_spares_the_checkpoint(tmp_path, device):
    run = tmp_path / "run"
    flags = [*TINY_FLAGS, "--steps", "1000000", "--train.cadence", "steps", "--train.sample_every", "1000000"]
    process = subprocess.Popen(
        ["bash", str(ROOT / "scripts/run_distribute_train.sh"), "--workers", "2", *flags]
        + ["--train.checkpoint_every", "5", "--output", str(run)],
        cwd=tmp_path, env={**os.environ, "MS_GAN_PYTHON": sys.executable, "TMPDIR": str(tmp_path)}, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        while not list(run.glob("checkpoints/step-*.ckpt")):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.2)
        workers = psutil.Process(process.pid).children()
        (second,) = [worker for worker in workers if worker.environ().get("MS_NODE_ID") == "1"]
        second.kill()
        _, error = process.communicate(timeout=60)
    finally:
        process.terminate()
    assert process.returncode == 128 + 9
    assert "error: worker 1 was ended by signal 9 (Killed); all workers here have been stopped" in error
    assert not any(worker.is_running() for worker in workers)
    _, card = load_weights(sorted(run.glob("checkpoints/step-*.ckpt"))[-1])
    assert card.step % 5 == 0
