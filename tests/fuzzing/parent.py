"""Damaged files read in another process, so that what crashes or hangs there harms no test but its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDS = {"onnx": ("onnx", "onnxruntime"), "checkpoint": ("mindspore",), "mindir": ("mindspore",)}


def fuzz(name, count, folder, *options):
    """Have so many damaged files of a format read.

    Args:
        name: a key of FORMATS.
        folder: where the file that was read last is kept.
        options: see tests.fuzzing.child.
    """
    for module in NEEDS.get(name, ()):
        pytest.importorskip(module)
    keep = folder / f"{name}.last"
    command = [sys.executable, "-m", "tests.fuzzing.child", name, str(count), "--keep", str(keep), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"exit code {done.returncode}, the file is {keep}:\n{done.stderr[-3000:]}"
    told = json.loads(done.stdout.splitlines()[-1])
    print(told)
    assert told["read"] + told["refused"] >= count and told["read"]
