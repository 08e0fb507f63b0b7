"""The shell scripts, with a stand-in for Python that installs nothing: what they run, and what they say."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.paths import ROOT

TOOLS = ["bash", "cp", "dirname", "env", "find", "flock", "mkdir", "rm", "sleep", "tail", "du", "cut"]

# Notes each call; makes an environment out of a copy of itself; otherwise is the Python that runs the tests.
STAND_IN = """#!/bin/bash
echo "$*" >> "$CALLS"
home="$(dirname "$(dirname "$0")")"
case "$*" in
    *check_env.py*) [[ -e "$home/installed" && ! -e "$home/ms_gan-setup.log" ]] ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip --version") ;;
    "-m pip install --no-input pip"*) ;;
    "-m pip install "*) eval "${PIP:-:}" && : > "$home/installed" ;;
    "-m ruff "*) eval "${RUFF:-:}" ;;
    "-m pytest "*) ;;
    "-c import sys; print(sys.prefix)") echo "$home" ;;
    *) exec "$REAL_PYTHON" "$@" ;;
esac
"""
INSTALL = "-m pip install --no-input --editable"
DOOR = "import json, os, sys\nprint(json.dumps([os.getcwd(), sys.argv[1:]]))\nsys.exit(7)\n"


class Project:
    """A copy of the scripts in a folder of their own, whose name holds a space, and a PATH without a real Python."""

    def __init__(self, folder: Path):
        self.root = folder / "the project"
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        for name in ("train", "infer", "eval", "export"):
            (self.root / f"{name}.py").write_text(DOOR)
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.python = self.add_python(self.bin / "python3")
        self.elsewhere = folder / "elsewhere"
        self.elsewhere.mkdir()
        self.calls = folder / "calls"

    def add_python(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STAND_IN)
        path.chmod(0o755)
        return path

    def start(self, script: str, *arguments: str, **environment: str) -> subprocess.Popen:
        environment = {"PATH": self.bin, "CALLS": self.calls, "REAL_PYTHON": sys.executable, **environment}
        return subprocess.Popen(
            ["bash", self.root / "scripts" / script, *arguments],
            cwd=self.elsewhere, env={name: str(value) for name, value in environment.items()},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        process = self.start(script, *arguments, **environment)
        out, err = process.communicate(timeout=30)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def count(self, call: str) -> int:
        return sum(line.startswith(call) for line in self.calls.read_text().splitlines())


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize("name", ["train", "infer", "eval", "export"])
def test_arguments_folder_and_exit_code_pass_through(project, name):
    arguments = ["--output", "a b", "", "*", "$HOME", 'say "yes"', "it's", "--config", "configs/x.yaml"]
    done = project.run(f"run_{name}.sh", *arguments)
    assert json.loads(done.stdout) == [os.fspath(project.elsewhere), arguments]
    assert done.returncode == 7


def test_own_environment_is_made_once(project):
    project.run("run_train.sh")
    assert project.count("-m venv") == project.count(INSTALL) == 1
    assert (project.root / ".venv/bin/python").exists()

    started = time.monotonic()
    again = project.run("run_train.sh")
    assert time.monotonic() - started < 1
    assert again.stderr == ""
    assert project.count("-m venv") == project.count(INSTALL) == 1


def test_tests_need_more_than_training(project):
    project.run("run_tests.sh", "-k", "a name")
    assert project.count(f"{INSTALL} {project.root}[dev]") == 1
    assert project.count("-m pytest -n 2 --dist worksteal -k a name") == 1


def test_a_style_error_ends_the_tests(project):
    done = project.run("run_tests.sh", RUFF="false")
    assert done.returncode == 1
    assert "step failed: ruff check\nremedy: " in done.stderr
    assert project.count("-m pytest") == 0


def test_setup_env_prints_the_python_alone(project):
    done = project.run("setup_env.sh", "dev", "bench", PIP="echo chatter")
    assert done.stdout == f"{project.root}/.venv/bin/python\n"
    assert project.count(f"{INSTALL} {project.root}[dev,bench]") == 1


def test_failed_installation_names_step_and_remedy_and_is_repaired(project):
    done = project.run("run_train.sh", PIP="echo 'no route to the registry' && false")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "no route to the registry\nstep failed: 2 of 2: downloading and installing the packages (" in done.stderr
    assert "\nremedy: " in done.stderr

    assert project.run("run_train.sh").returncode == 7


def test_setting_up_tells_what_it_does_and_how_far_it_is(project):
    (project.bin / "sleep").unlink()
    (project.bin / "sleep").write_text(f"#!/bin/bash\nexec {shutil.which('sleep')} 0.1\n")
    (project.bin / "sleep").chmod(0o755)
    done = project.run("run_train.sh", PIP=f"{shutil.which('sleep')} 1")
    lines = [line.strip() for line in done.stderr.splitlines()]
    assert lines[0].startswith(f"setting up {project.root}/.venv: MindSpore")
    assert "2 of 2: downloading and installing the packages" in lines
    assert sum(re.fullmatch(r"\d+ s, \S+ of 3 GB:.*", line) is not None for line in lines) >= 2
    assert re.fullmatch(r"set up in \d+ s", lines[-1])


def test_killed_installation_is_repaired(project):
    installed_but_not_through = ': > "$home/installed"; kill -9 0'
    assert project.run("run_train.sh", PIP=installed_but_not_through).returncode == -9
    assert project.run("run_train.sh").returncode == 7
    assert project.count(INSTALL) == 2


def test_broken_environment_is_made_anew(project):
    project.run("run_train.sh")
    python = project.root / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nonexistent/python")
    assert project.run("run_train.sh").returncode == 7
    assert project.count("-m venv") == 2


def test_two_at_once_install_once(project):
    both = [project.start("run_train.sh", PIP="sleep 0.5") for _ in range(2)]
    errors = [process.communicate(timeout=30)[1] for process in both]
    assert [process.returncode for process in both] == [7, 7]
    assert project.count(INSTALL) == 1
    assert sum("waiting for another set-up" in text for text in errors) == 1


def test_named_and_active_environments_are_used_in_that_order(project, tmp_path):
    for name in ("named", "venv", "conda"):
        project.add_python(tmp_path / name / "bin/python")
    conda = {"CONDA_PREFIX": tmp_path / "conda"}
    venv = {"VIRTUAL_ENV": tmp_path / "venv", **conda}
    for name, environment in [
        ("named", {"MS_GAN_PYTHON": "../named/bin/python", **venv}),
        ("venv", venv),
        ("conda", conda),
    ]:
        done = project.run("setup_env.sh", **environment)
        assert Path(done.stdout.strip()).resolve() == tmp_path / name / "bin/python"
    assert not (project.root / ".venv").exists()
    # conda's base environment is active in every shell of many machines: nobody chose it for this
    project.run("setup_env.sh", CONDA_DEFAULT_ENV="base", **conda)
    assert (project.root / ".venv").exists()


def test_no_suitable_python(project):
    project.python.write_text("#!/bin/bash\nexit 1\n")
    done = project.run("run_train.sh")
    assert done.returncode == 1
    assert "step failed: finding a Python 3.10-3.12 with its module venv\nremedy: install one" in done.stderr


@pytest.mark.parametrize("named", ["nonesuch", "false"])
def test_unsuitable_named_python(project, named):
    (project.bin / "false").symlink_to(shutil.which("false"))
    done = project.run("run_train.sh", MS_GAN_PYTHON=named)
    assert done.returncode == 1
    assert "step failed: choosing the Python: " in done.stderr and "\nremedy: " in done.stderr


def test_later_python_is_found_where_the_first_is_unsuitable(project):
    project.python.write_text("#!/bin/bash\nexit 1\n")
    project.add_python(project.bin / "python3.10")
    assert project.run("run_train.sh").returncode == 7
