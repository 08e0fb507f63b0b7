"""ms_gan's own commands as processes: how long they take, how much memory, and when a training's first step is done."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List

from benchmarks.worker import ROOT, THREADS

STEPS = 3  # of a run whose start is measured: the first, one more that warms up, one that is timed


@dataclass
class Launch:
    """A process that has ended.

    Attributes:
        started: when it was started, in seconds as time.time() has them.
        seconds: how long it lasted.
        peak_mb: the most memory that it held, in MB; where that was less than the most of the process that started
            it, this one's: Linux counts from before the new program is loaded.
    """

    started: float
    seconds: float
    peak_mb: float


class LaunchError(Exception):
    """A command failed; the message is its output."""


def launch(command: List[str]) -> Launch:
    """Run a command of this Python to its end.

    Raises:
        LaunchError: it failed.
    """
    with tempfile.TemporaryFile() as output:
        environment = {**os.environ, "OMP_NUM_THREADS": str(THREADS)}
        started, since = time.time(), time.monotonic()
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        # Unlike Popen.wait it tells the memory of this one child.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - since
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise LaunchError(output.read().decode(errors="replace").strip())
    unit = 1 if sys.platform == "darwin" else 1024
    return Launch(started, seconds, usage.ru_maxrss * unit / 1e6)


def train_options(recipe: str, source: str, folder: Path) -> List[str]:
    """Options of train.py for a short run of a recipe as it stands, but on images that need no files."""
    options = ["--config", str(ROOT / "configs" / f"{recipe}.yaml"), "--device", "CPU", "--output", str(folder)]
    options += ["--steps", str(STEPS), "--train.log_every", "1", "--train.cadence", "epochs", "--data.source", source]
    if recipe.startswith("dcgan"):
        options += ["--data.channels", "rgb", "--data.classes", "null"]
        options += ["--data.image_size", "32" if "cifar10" in recipe else "64"]
    if recipe == "pix2pix":  # its pairs are made of one picture each
        options += ["--data.degrade", "edges"]
    return options


def _reached(folder: Path) -> Dict[str, float]:
    """When a run was ready to start, and when its first and its last two steps were done."""
    records = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    steps = {f"step {record['step']}": record["time"] for record in records if record["event"] == "train"}
    return {"start": next(record["time"] for record in records if record["event"] == "start"), **steps}


def time_to_first_step(source: str) -> float:
    """Seconds from the command `python train.py`, recipe gan_mnist, to the end of its first step."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "run"
        run = launch([str(ROOT / "train.py"), *train_options("gan_mnist", source, folder)])
        return _reached(folder)["step 1"] - run.started


def phases_to_first_step(source: str) -> Dict[str, float]:
    """The same in seconds by phase, from a run with clocks between them."""
    with tempfile.TemporaryDirectory() as parent:
        folder, path = Path(parent) / "run", Path(parent) / "marks.json"
        run = launch(["-m", "benchmarks.phases", str(path), *train_options("gan_mnist", source, folder)])
        marks: Dict[str, Any] = {**json.loads(path.read_text()), **_reached(folder)}
    step = marks[f"step {STEPS}"] - marks[f"step {STEPS - 1}"]
    return {
        "interpreter and options": marks["before data"] - run.started,
        "data": marks["after data"] - marks["before data"],
        "MindSpore's import": marks["after runtime"] - marks["before runtime"],
        "networks": marks["start"] - marks["after runtime"],
        "compilation": marks["step 1"] - marks["start"] - step,
        "step": step,
    }
