"""python -m tests.soak.test_endurance [--steps 100000]: whether a long training grows or slows down; some minutes.

A tiny model is trained, with a log record every 50 steps, a sample grid every 100 and a checkpoint every 1,000. The
first twentieth is warm-up; compared are the tenth that follows and the last tenth: medians, and of the time of a step,
which other work on the machine can only add to, the first decile. Processor time is printed beside it: threads that
wait for each other spend it too, now more and now less.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Dict, List, NamedTuple

import numpy as np

BLOCK = 100  # steps between two looks at the process
STEPS_PER_EPOCH = 50
TOLERANCE = {"memory": 0.02, "time": 0.10, "files": 0.0, "threads": 0.0}


class Look(NamedTuple):
    """A process at one moment."""

    memory: int  # resident bytes
    time: float  # seconds
    processor: float  # seconds of all threads so far
    files: int  # open handles
    threads: int


def look() -> Look:
    """This process now, from Linux's /proc."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    counts = (len(os.listdir(f"/proc/self/{kind}")) for kind in ("fd", "task"))
    return Look(pages * os.sysconf("SC_PAGE_SIZE"), time.monotonic(), time.process_time(), *counts)


def train(steps: int, folder: Path) -> List[Look]:
    """A look after every BLOCK steps of a training of a tiny model."""
    from ms_gan import data
    from ms_gan.runtime import start
    from ms_gan.training.trainer import Trainer
    from tests.conftest import tiny_config

    device = start("CPU")
    config = tiny_config(steps=steps, cadence="steps", sample_every=100, checkpoint_every=1000)
    config.data.limit = 16 * STEPS_PER_EPOCH
    config.output = str(folder)
    trainer = Trainer(config, data.load(config.data, config.seed), device)
    looks, inputs = [], trainer.inputs

    def watched(step):
        if step % BLOCK == 0:
            looks.append(look())
        return inputs(step)

    trainer.inputs = watched
    trainer.run()
    return looks


def figures(looks: List[Look]) -> Dict[str, List[float]]:
    """What the process needed early and late; times in seconds for a step."""
    series = {name: np.array(values, float) for name, values in zip(Look._fields, zip(*looks))}
    tenth, warm = max(1, len(looks) // 10), len(looks) // 20
    found = {}
    for name, values in series.items():
        timed = name in ("time", "processor")
        values = np.diff(values) / BLOCK if timed else values[1:]
        parts = values[warm : warm + tenth], values[-tenth:]
        found[name] = [float(np.percentile(part, 10 if timed else 50)) for part in parts]
    return found


def main(steps: int, folder: Path) -> bool:
    """Train, print the figures, and tell whether all are flat."""
    found = figures(train(steps, folder))
    flat = True
    for name, (early, late) in found.items():
        change = late / early - 1
        allowed = TOLERANCE.get(name)
        flat &= allowed is None or change <= allowed
        limit = "" if allowed is None else f"(allowed: {allowed:+.0%})"
        print(f"{name:9} {early:14.6g} {late:14.6g}  {change:+.2%} {limit}")
    grids, log = len(list((folder / "samples").iterdir())), (folder / "log.jsonl").stat().st_size
    print(f"{steps:,} steps: {grids} pictures in samples/, log.jsonl has {log:,} bytes")
    return flat


def test_a_long_training_neither_grows_nor_slows_down(tmp_path):
    assert main(100_000, tmp_path / "run")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    with tempfile.TemporaryDirectory() as scratch:
        raise SystemExit(not main(parser.parse_args().steps, Path(scratch) / "run"))
