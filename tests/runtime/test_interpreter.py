import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def bare_python(*arguments, **environment):
    """Runs with -S: this Python, without any installed package."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment}
    command = [sys.executable, "-S", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


def test_a_python_without_the_packages_hands_over_to_one_that_has_them():
    done = bare_python(ROOT / "infer.py", "--ckpt", "no such run", MS_GAN_PYTHON=sys.executable)
    assert (done.returncode, done.stderr) == (2, "error: --ckpt no such run: no such file or folder\n")


def test_where_none_has_them_the_remedy_is_named(tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    done = bare_python(ROOT / "infer.py", MS_GAN_PYTHON=str(python))
    assert done.returncode == 1
    assert "bash scripts/setup_env.sh" in done.stderr and done.stderr.count("\n") == 1
