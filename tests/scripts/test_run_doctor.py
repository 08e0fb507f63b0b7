"""scripts/run_doctor.sh: it looks with the Python that there is, and installs nothing."""

import json

import pytest

from tests.scripts.test_scripts import DOOR, Project


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    doctor = project.root / "ms_gan/cli/doctor.py"
    doctor.parent.mkdir(parents=True)
    doctor.write_text(DOOR)
    return project


def test_before_anything_is_set_up_the_systems_python_looks(project):
    done = project.run("run_doctor.sh", "--json", "a b")
    assert (done.returncode, done.stderr) == (7, "")
    assert json.loads(done.stdout) == [str(project.elsewhere), ["--json", "a b"]]
    assert project.count("") == project.count("-m ms_gan.cli.doctor") == 1
    assert not (project.root / ".venv").exists()


def test_afterwards_the_projects_own_does(project):
    own = project.add_python(project.root / ".venv/bin/python")
    project.python.unlink()
    assert project.run("run_doctor.sh").returncode == 7 and own.exists()


def test_without_any_python(project):
    project.python.unlink()
    done = project.run("run_doctor.sh")
    assert done.returncode == 1 and "step failed: finding a Python\nremedy: install" in done.stderr
