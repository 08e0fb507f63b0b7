"""scripts/check_env.py: what it finds wrong with an environment."""

import importlib.util
import platform
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_env.py"
LISTS = """
PYTHON = ">=3.10"
REQUIREMENTS = ["packaging>=20", "numpy; python_version < '3'"]
EXTRAS = {"old": ["packaging<1"], "absent": ["a-package-that-nobody-made"]}
"""


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    spec = importlib.util.spec_from_file_location("check_env", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "setup.py").write_text(LISTS)
    monkeypatch.setattr(module, "SETUP", tmp_path / "setup.py")
    monkeypatch.setattr(module, "UNFINISHED", tmp_path / "ms_gan-setup.log")

    def run(extras):
        monkeypatch.setattr(sys, "argv", ["check_env.py", extras])
        return module.main(), capsys.readouterr().out

    return run


def test_all_there(check):
    assert check("") == (0, "")


def test_wrong_version_and_missing_package(check):
    code, text = check("old,absent")
    assert code == 1
    assert "wanted is <1\n" in text and "a-package-that-nobody-made is missing\n" in text


def test_a_python_that_the_project_has_left_behind(check, tmp_path):
    (tmp_path / "setup.py").write_text(LISTS.replace(">=3.10", "<3.10"))
    code, text = check("")
    assert code == 1 and text == f"Python is {platform.python_version()}, wanted is <3.10\n"


def test_unfinished_installation(check, tmp_path):
    (tmp_path / "ms_gan-setup.log").touch()
    code, text = check("")
    assert code == 1 and "did not end" in text


def test_unknown_extra(check):
    with pytest.raises(SystemExit, match="no extra 'odd'; it has old, absent"):
        check("odd")
