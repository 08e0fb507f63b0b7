"""Jobs that take too long for every check of a change: python -m pytest tests/soak/test_workers.py."""

import os
import subprocess
import sys

import numpy as np
import pytest

from ms_gan.cli.train import main
from ms_gan.runtime.job import free_port
from tests.paths import ROOT
from tests.training.jobs import ENVIRONMENT, PLAIN, final_values, run


@pytest.fixture(scope="module")
def expected(device, tmp_path_factory):
    """The parameters after five steps of one worker."""
    folder = tmp_path_factory.mktemp("one") / "run"
    assert main([*PLAIN, "--output", str(folder)]) == 0
    return final_values(folder)


@pytest.fixture
def agree(expected, tmp_path):
    """Compares what a job left in a folder with it."""

    def compare():
        for name, value in final_values(tmp_path / "run").items():
            assert np.allclose(value, expected[name], atol=1e-5), name

    return tmp_path / "run", compare


def test_two_machines_train_like_one(agree):
    folder, compare = agree
    meeting = ["--workers", "1", "--nodes", "2", "--master", f"127.0.0.1:{free_port()}"]
    command = [sys.executable, "-m", "ms_gan.cli.launch", *meeting, *PLAIN, "--output", str(folder)]
    machines = [subprocess.Popen([*command, "--node-rank", str(i)], env=ENVIRONMENT) for i in range(2)]
    assert [machine.wait(900) for machine in machines] == [0, 0]
    compare()


def test_msrun_starts_a_training_too(agree, tmp_path):
    folder, compare = agree
    options = ["--worker_num=2", "--local_worker_num=2", f"--master_port={free_port()}", "--join=True"]
    run(
        ["-m", "mindspore.parallel.cluster.run", *options, f"--log_dir={tmp_path}", str(ROOT / "train.py")]
        + [*PLAIN, "--output", str(folder)],
        PATH=f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
    )
    compare()


def test_worker_0_may_be_long_about_its_own_work(tmp_path):
    """MindSpore before 2.10 lets workers on CPUs wait for half a minute only; measuring is refused there."""
    code = """
import sys, time
from ms_gan.runtime import start
device = start("CPU")
if device.workers.leads:
    time.sleep(45)
device.workers.wait()
"""
    run(["-c", f"import sys\nfrom ms_gan.runtime.job import *\nsys.exit(Job(JobPlan([sys.executable, '-c', {code!r}], "
         "2, 2, 0, '127.0.0.1', free_port())).run())"])  # fmt: skip
