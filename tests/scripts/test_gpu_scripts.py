"""What the scripts install and say for a GPU, with the stand-in for Python of test_scripts.py."""

import json

import pytest

from tests.scripts.test_scripts import INSTALL, STAND_IN, Project

# Knows whether the extra `gpu` is installed, too.
WITH_EXTRAS = STAND_IN.replace(
    'case "$*" in\n',
    """case "$*" in
    *check_env.py*gpu*) [[ -e "$home/gpu" ]] ;;
    "-m pip install "*gpu]) : > "$home/gpu"; : > "$home/installed" ;;
""",
)
CUDA = """
import os, sys

def lacks_libraries():
    return os.environ.get("LACKS_LIBRARIES") == "yes"

def set_up():
    print("GPU: as found", file=sys.stderr)
"""


@pytest.fixture
def project(tmp_path) -> Project:
    project = Project(tmp_path)
    project.python.write_text(WITH_EXTRAS)
    package = project.root / "ms_gan" / "runtime"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "cuda.py").write_text(CUDA)
    return project


@pytest.mark.parametrize("arguments", [["--device", "gpu"], ["--epochs", "2", "--device=cuda:1", "--seed", "1"]])
def test_training_on_a_gpu_that_lacks_libraries_installs_them_once(project, arguments):
    done = project.run("run_train.sh", *arguments, LACKS_LIBRARIES="yes")
    assert (done.returncode, json.loads(done.stdout)[1]) == (7, arguments)
    assert f"setting up {project.root}/.venv: MindSpore and what ms_gan needs, with gpu; 6 GB" in done.stderr
    assert project.count(f"{INSTALL} {project.root}[gpu]") == 1

    again = project.run("run_train.sh", *arguments)
    assert (again.returncode, again.stderr) == (7, "")
    assert project.count(INSTALL) == 2  # the project, then its extra


@pytest.mark.parametrize(
    "arguments, lacks",
    [(["--device", "GPU"], "no"), (["--device", "CPU"], "yes"), (["--device", "auto"], "yes"), ([], "yes")],
)
def test_nothing_more_is_installed_otherwise(project, arguments, lacks):
    assert project.run("run_train.sh", *arguments, LACKS_LIBRARIES=lacks).returncode == 7
    assert project.count(INSTALL) == 1


@pytest.mark.parametrize(
    "arguments, extras",
    [
        (["gpu"], "gpu"),
        (["--device", "GPU"], "gpu"),
        (["dev", "--device=gpu"], "dev,gpu"),
        (["--device", "CUDA"], "gpu"),
    ],
)
def test_set_up_for_a_gpu(project, arguments, extras):
    done = project.run("setup_env.sh", *arguments)
    assert done.stdout == f"{project.root}/.venv/bin/python\n"
    assert done.stderr.endswith("GPU: as found\n")
    assert project.count(f"{INSTALL} {project.root}[{extras}]") == 1


@pytest.mark.parametrize("arguments", [[], ["--device", "CPU"], ["--device=auto"], ["--device", "npu"]])
def test_set_up_for_anything_else(project, arguments):
    done = project.run("setup_env.sh", *arguments)
    assert done.returncode == 0 and "GPU" not in done.stderr
    assert project.count(f"{INSTALL} {project.root}") == 1


@pytest.mark.parametrize("arguments", [["--device"], ["--device="], ["--device=TPU"], ["--device=cpu:1"], ["--help"]])
def test_wrong_usage(project, arguments):
    done = project.run("setup_env.sh", *arguments)
    assert done.returncode == 2 and done.stderr.startswith("usage: setup_env.sh [--device DEVICE] [EXTRA...]\n")
    assert not (project.root / ".venv").exists()
