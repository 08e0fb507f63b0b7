"""Trainings that are killed again and again, and whether what they leave is that of an unbroken one."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, List, Sequence

import yaml
from PIL import Image

from ms_gan.cli.train import main
from ms_gan.generators.weights import load_weights
from ms_gan.runs.events import read_events
from tests.conftest import TINY_FLAGS

TRAIN = Path(__file__).resolve().parents[1] / "train.py"
# Something is written at every step, a checkpoint and a generator each time, so that most moments are in the middle.
OFTEN = [
    "--train.cadence", "steps", "--train.checkpoint_every", "1", "--train.keep_checkpoints", "2",
    "--train.sample_every", "2", "--train.log_every", "1",
]  # fmt: skip
BUSY = [*TINY_FLAGS, *OFTEN, "--conditional", "true"]
STEP = 0.05  # seconds that such a step takes, about
START = 6.0  # seconds from the command to the first step, or less


class Run:
    """A training that is killed at moments of chance, and resumed each time.

    Args:
        folder: of the run.
        steps: its length.
        most: steps after which it has been killed, in each life.
        chance: draws the moments.
        options: of train.py.

    Attributes:
        kills: how often it was killed.
        early: how many of those came before a life's first checkpoint.
    """

    def __init__(
        self, folder: Path, steps: int, most: int, chance: random.Random, options: Sequence[str] = tuple(BUSY)
    ):
        self.folder, self.steps, self.most, self.chance, self.options = folder, steps, most, chance, options
        self.kills = self.early = 0

    def live(self) -> bool:
        """One life: train until killed, or to the end; returns whether it came to the end."""
        with open(self.folder.with_suffix(".err"), "wb") as errors:
            process = subprocess.Popen(
                [sys.executable, str(TRAIN), *self._flags()],
                stdout=subprocess.DEVNULL, stderr=errors, env={**os.environ, "OMP_NUM_THREADS": "1"},
            )  # fmt: skip
        self._kill(process)
        code = process.wait(300)
        assert code in (0, -signal.SIGKILL), self.folder.with_suffix(".err").read_text()
        check_readable(self.folder)
        return code == 0

    def end(self) -> None:
        """Train to the end, in this process."""
        assert main(self._flags()) == 0
        check_readable(self.folder)

    def _flags(self) -> List[str]:
        resumed = (self.folder / "config.yaml").exists()
        place = ["--resume", str(self.folder)] if resumed else [*self.options, "--output", str(self.folder)]
        return [*place, "--steps", str(self.steps)]

    def _kill(self, process: subprocess.Popen) -> None:
        """Kill a process some checkpoints after it began, or, once in a while, before its first one."""
        before = self._written()
        steps = self.chance.randrange(self.most)
        delay = self.chance.uniform(0, STEP if steps else START)
        while process.poll() is None and self._written() < before + steps:
            time.sleep(0.002)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(delay)
        if process.poll() is None:
            process.kill()
            self.kills += 1
            self.early += self._written() == before

    def _written(self) -> int:
        """The newest checkpoint's step."""
        return max((int(path.stem[5:]) for path in self.folder.glob("checkpoints/step-*.ckpt")), default=0)


def check_readable(folder: Path) -> None:
    """Whatever stands in a run's folder under its own name is whole, at any moment."""
    for path in folder.rglob("*"):
        if path.name.startswith(".") or not path.is_file():
            continue
        if path.suffix == ".ckpt":
            load_weights(path)
        elif path.suffix in (".png", ".gif"):
            with Image.open(path) as picture:
                picture.load()
        elif path.suffix == ".yaml":
            assert yaml.safe_load(path.read_text())["train"]
        elif path.suffix == ".jsonl":
            whole = path.read_text().split("\n")[:-1]  # the last line may have been cut short
            assert all(isinstance(json.loads(line), dict) for line in whole)
        else:
            assert path.suffix == ".html" and path.read_text().rstrip().endswith("</html>"), path


def left_by(folder: Path) -> Dict[str, object]:
    """What must be the same however often a run was interrupted: files' bytes by name, and the log."""
    kinds = ("checkpoints/*", "generator*.ckpt", "samples/*", "training.gif")
    found = {str(path.relative_to(folder)): path.read_bytes() for kind in kinds for path in folder.glob(kind)}
    found["log"] = [
        {key: value for key, value in record.items() if key not in ("time", "images_per_second")}
        for record in read_events(folder / "log.jsonl")
        if record["event"] in ("train", "end")
    ]
    return found


def differences(folder: Path, other: Path) -> List[str]:
    """The names of what is not the same in two runs' folders."""
    one, two = left_by(folder), left_by(other)
    return sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))
