"""python -m pytest -s tests/soak/test_kill.py: kill -9 at 200 moments of chance, others each time; an hour or two.

The kills are shared by the tasks. MS_GAN_KILLS=20 sets another number, MS_GAN_SEED=1 repeats the moments drawn in an
earlier run, as far as time allows.
"""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from tests.killing import BUSY, OFTEN, TRAIN, Run, differences

KILLS = int(os.environ.get("MS_GAN_KILLS", 200))
NARROW = ["--device", "CPU", "--batch-size", "4", "--train.sample_count", "2", "--metrics.every", "0", *OFTEN]
PICTURES = [*NARROW, "--data.image_size", "16", "--generator.channels", "4", "--discriminator.channels", "4"]
PATCHES = [*PICTURES, "--discriminator.layers", "1"]
TASKS = {
    "latent": BUSY,
    "paired": ["--config", "pix2pix", *PATCHES, "--generator.halvings", "2", "--data-dir", "pairs"],
    "unpaired": [
        "--config",
        "cyclegan",
        *PATCHES,
        "--generator.blocks",
        "1",
        "--cycle.pool",
        "3",
        "--data-dir",
        "pairs",
    ],  # fmt: skip
    "map": ["--config", "spade", *PICTURES, "--data.a", "maps", "--data.b", "pairs/trainB"],
    "attack": ["--config", "advgan_mnist", *NARROW, "--data.source", "synthetic", "--data.limit", "64"],
}
STOPS = 8
STEPS, MOST = 60, 8  # of a run; those after which it is killed at the latest, in each of its lives


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """Pairs of pictures, and maps of three classes, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    chance = np.random.default_rng(0)
    for folder in ("pairs/trainA", "pairs/trainB", "pairs/testA", "pairs/testB", "maps"):
        (tmp_path / folder).mkdir(parents=True)
        for number in range(16) if "test" not in folder else (16, 17):
            shape, top = ((16, 16), 3) if folder == "maps" else ((16, 16, 3), 256)
            Image.fromarray(chance.integers(0, top, shape, np.uint8)).save(tmp_path / folder / f"{number}.png")


@pytest.mark.parametrize("task", TASKS)
def test_killed_trainings_end_like_an_unbroken_one(task, device, pictures, tmp_path):
    wanted = -(-KILLS // len(TASKS))
    seed = int(os.environ.get("MS_GAN_SEED", random.SystemRandom().randrange(2**32)))
    print(f"\nMS_GAN_SEED={seed}")
    chance, began = random.Random(seed), time.monotonic()
    unbroken = Run(tmp_path / "unbroken", STEPS, MOST, chance, TASKS[task])
    unbroken.end()
    runs = []
    while sum(run.kills for run in runs) < wanted:
        runs.append(Run(tmp_path / f"run-{len(runs)}", STEPS, MOST, chance, TASKS[task]))
        over = False
        while not over and sum(run.kills for run in runs) < wanted:
            over = runs[-1].live()
        if not over:
            runs[-1].end()
        assert not differences(runs[-1].folder, unbroken.folder), seed
        assert [path.name for path in runs[-1].folder.rglob(".*")] == [".lock"]
        minutes = (time.monotonic() - began) / 60
        print(f"{sum(run.kills for run in runs)} kills, {len(runs)} runs, {minutes:.1f} minutes", flush=True)
    kills, early = (sum(getattr(run, name) for run in runs) for name in ("kills", "early"))
    print(
        f"{task}: killed {kills} times, {early} before a life's first checkpoint, in {len(runs)} runs of {STEPS} "
        "steps;\nevery file could be read after each kill; in the end every checkpoint, generator, picture and log "
        "record was the unbroken run's, bit for bit, with nothing unfinished left"
    )


def test_a_signal_stops_a_training_soon_whatever_it_is_at(tmp_path):
    """Networks of the usual size, and a measurement every epoch that takes as long as the epoch."""
    chance, folder, slowest = random.Random(0), tmp_path / "run", 0.0
    flags = ["--device", "CPU", "--data.source", "synthetic", "--data.limit", "6400", "--metrics.every", "1"]
    flags += ["--metrics.samples", "20000", "--epochs", "1000", "--output", str(folder)]
    environment = {**os.environ, "MS_GAN_CACHE": str(tmp_path / "cache")}
    for turn in range(STOPS):
        process = subprocess.Popen([sys.executable, str(TRAIN), *flags], stdout=subprocess.PIPE, env=environment)
        for line in process.stdout:
            if line.startswith(b"epoch"):  # the first record: now it trains
                break
        time.sleep(chance.uniform(0, 20))
        number = (signal.SIGTERM, signal.SIGINT)[turn % 2]
        asked = time.monotonic()
        process.send_signal(number)
        output = process.communicate()[0]
        slowest = max(slowest, time.monotonic() - asked)
        assert process.returncode == 128 + number and b"the run is saved" in output
        flags = ["--resume", str(folder)]
        print(f"{signal.Signals(number).name}: stopped and saved in {time.monotonic() - asked:.1f} seconds", flush=True)
    assert slowest < 10
