"""The doctor: its table and its JSON, here, on machines that are told to it, and where nothing is installed."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ms_gan.cli import doctor
from ms_gan.cli.doctor import main
from ms_gan.runtime.finding import Finding
from ms_gan.runtime.trial import Trial

ROOT = Path(__file__).parents[2]
ABSENT = Finding("Ascend", "", False, "there is no Ascend NPU here", "install its driver")
CARD = Finding("GPU", "driver 535.104, 1 card: NVIDIA A100", True, notices=("the first start takes minutes",))
CPU = Finding("CPU", "a processor, 2 cores", True)
RUNS, CRASHES = Trial(True, True, "", 5.0), Trial(True, False, "the process crashed (SIGSEGV)", 1.5)
REFUSES = Trial(False, False, "MindSpore does not load its plugin", 1.0)


@pytest.fixture
def machine(monkeypatch):
    """A machine with a card and a processor; what becomes of them when they are tried is to be set in what it gives."""
    trials = {"GPU": RUNS, "CPU": RUNS}
    monkeypatch.setattr(doctor, "examine_ascend", lambda: ABSENT)
    monkeypatch.setattr(doctor, "examine_gpu", lambda: CARD)
    monkeypatch.setattr(doctor.checkup, "examine_cpu", lambda: CPU)
    monkeypatch.setattr(doctor.trial, "try_out", trials.__getitem__)
    return trials


def lines_of(capsys, *argv):
    code = main(list(argv))
    return code, capsys.readouterr().out.splitlines()


def test_this_machine_with_the_cpu_tried(capsys, monkeypatch):
    monkeypatch.setattr(doctor, "examine_gpu", lambda: Finding("GPU", "", False, "not looked for"))
    assert main(["--device", "CPU", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    cpu = next(one for one in told["devices"] if one["finding"]["device"] == "CPU")
    assert cpu["trial"]["loads"] and cpu["trial"]["runs"] and cpu["trial"]["precision"]
    assert told["usable"] and told["device"] == "CPU" and told["memory"]["total"] > 0
    assert [package["name"] for package in told["packages"][:3]] == ["Python", "mindspore", "numpy"]
    assert {one["source"] for one in told["data"]} == {"mnist", "fashion_mnist", "cifar10"}


def test_the_best_device_that_starts_is_taken(machine, capsys):
    code, lines = lines_of(capsys)
    assert code == 0 and lines[-1] == "--device auto takes GPU"
    machine["GPU"] = REFUSES
    code, lines = lines_of(capsys)
    assert code == 0 and lines[-1] == "--device auto takes CPU"
    machine["GPU"] = CRASHES
    code, lines = lines_of(capsys)
    assert code == 1 and lines[-1] == "--device auto takes GPU, which fails"
    text = "\n".join(lines)
    assert "GPU     yes    no     driver 535.104, 1 card: NVIDIA A100 (tried in 1.5 s)" in text
    assert "why     the process crashed (SIGSEGV)" in text and "note    the first start takes minutes" in text


@pytest.mark.parametrize(
    "argv, code, verdict",
    [
        (["--device", "GPU"], 1, "--device GPU takes GPU, which fails"),
        (["--device", "GPU", "--quick"], 0, "--device GPU takes GPU"),
        (["--device", "Ascend"], 1, "--device Ascend cannot be used here"),
        (["--device", "cpu"], 0, "--device CPU takes CPU"),
        (["--device", "npu"], 1, "--device Ascend cannot be used here"),
    ],
)
def test_the_exit_code_is_that_of_the_device_asked_for(machine, capsys, argv, code, verdict):
    machine["GPU"] = CRASHES
    found, lines = lines_of(capsys, *argv)
    assert (found, lines[-1]) == (code, verdict)


def test_quick_tries_nothing(machine, capsys, monkeypatch):
    monkeypatch.setattr(doctor.trial, "try_out", lambda device: pytest.fail(f"{device} was tried"))
    code, lines = lines_of(capsys, "--quick")
    assert code == 0 and "  CPU     -      -      a processor, 2 cores" in lines


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_table_fits_the_screen(machine, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    _, lines = lines_of(capsys)
    # Beyond the edge there is nothing but the end of a word, such as a path, that is too long for any line.
    assert not [line for line in lines if " " in line[columns:]]
    assert columns / 2 < max(map(len, lines))


def test_data_that_cannot_be_told(machine, capsys, monkeypatch):
    monkeypatch.setenv("MS_GAN_DATA", "/no/such/folder")
    code, lines = lines_of(capsys, "--quick")
    assert code == 0 and any("MS_GAN_DATA: /no/such/folder does not exist" in line for line in lines)


def test_where_nothing_is_installed_it_says_so():
    # -S: this Python, without any installed package
    command = [sys.executable, "-S", "-m", "ms_gan.cli.doctor"]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert "mindspore     no  missing, allowed: >=2.8" in done.stdout
    assert "remedy        run bash scripts/setup_env.sh" in done.stdout
    assert done.stdout.endswith("--device auto cannot be used here\n")


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--device", "gpus"], "--device: 'gpus' is not allowed; allowed: auto, CPU, GPU, Ascend; did you mean GPU?"),
        (["--devise", "GPU"], "unknown option --devise; did you mean --device?"),
    ],
)
def test_wrong_usage_is_one_line(capsys, argv, message):
    assert main(argv) == 2
    assert capsys.readouterr().err == f"error: {message}\n"


def test_why_a_device_that_was_tried_fails_does_not_repeat_the_device(machine, capsys):
    machine["GPU"] = Trial(False, False, f"--device GPU ({CARD.found}): MindSpore sees no device", 1.0)
    _, lines = lines_of(capsys)
    assert "          why     MindSpore sees no device" in lines


def test_folders_that_this_user_may_not_enter_are_lines_of_the_table(machine, capsys, monkeypatch, tmp_path):
    locked, look = tmp_path / "locked", os.stat

    def stat(path, *args, **kwargs):
        if str(path).startswith(str(locked / "")):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path, *args, **kwargs)

    locked.mkdir()
    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setenv("MS_GAN_CACHE", str(locked / "cache"))
    code, lines = lines_of(capsys, "--quick")
    assert code == 0 and any("free for" in line for line in lines)
    monkeypatch.setenv("MS_GAN_DATA", str(locked))
    code, lines = lines_of(capsys, "--quick")
    assert code == 0 and any("permission denied" in line for line in lines)
