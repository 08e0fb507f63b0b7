"""What a run's page costs: python -m benchmarks.report. Needs no MindSpore; runs are drawn, grids are noise."""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Callable, Tuple

import numpy as np
from PIL import Image

from benchmarks import machine
from benchmarks.table import Table
from ms_gan.config.parser import write_yaml
from ms_gan.report.collect import read_run
from ms_gan.report.embedded import Album
from ms_gan.report.page import write_run_page
from ms_gan.tasks.latent import Config

RUNS = {"20 epochs of gan_mnist": (200, 20), "a long run": (100_000, 300)}  # records of the log, sample grids
GRID = (242, 242)  # pixels of 8x8 digits


def draw_run(folder: Path, records: int, grids: int) -> None:
    """A run's folder without a training."""
    (folder / "samples").mkdir(parents=True)
    config = Config()
    config.train.epochs = grids
    (folder / "config.yaml").write_text(write_yaml(config))
    per_grid = records // grids
    with open(folder / "log.jsonl", "w") as log:
        log.write(json.dumps({"event": "start", "time": 0.0, "step": 0}) + "\n")
        for step in range(1, records + 1):
            noise = abs(np.sin(step))
            record = {"event": "train", "time": float(step), "step": step, "epoch": step / per_grid}
            values = {"loss_d": 1 + noise, "loss_g": 2 - noise, "d_real": 0.5, "d_fake": 0.4, "images_per_second": 7e3}
            log.write(json.dumps({**record, **values}) + "\n")
    random = np.random.default_rng(0)
    for name in ("real", *(f"epoch-{epoch:05d}" for epoch in range(1, grids + 1))):
        digits = random.integers(0, 256, GRID, np.uint8) * (random.random(GRID) < 0.2)  # compresses about as digits do
        Image.fromarray(digits.astype(np.uint8)).save(folder / "samples" / f"{name}.png")


def timed(function: Callable[[], object]) -> Tuple[float, float, object]:
    """Milliseconds of the processor and of the clock, and what the function returns."""
    processor, clock = time.process_time(), time.perf_counter()
    result = function()
    return 1000 * (time.process_time() - processor), 1000 * (time.perf_counter() - clock), result


def measure(folder: Path, rounds: int) -> Tuple[float, float, float, float]:
    """Of a run's folder: ms of the processor to read it; of the processor and of the clock to write a page; its MB."""
    page, album = folder / "report.html", Album()
    reading, _, run = timed(lambda: read_run(folder))
    write_run_page(run, page, album)
    times = [timed(lambda: write_run_page(run, page, album, 20))[:2] for _ in range(rounds)]
    processor, clock = (statistics.median(column) for column in zip(*times))
    return reading, processor, clock, page.stat().st_size / 1e6


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="pages of each run; the median counts (default: 20)")
    options = parser.parse_args()
    machine.announce()
    columns = ["page of", "records", "grids", "ms to read", "ms of processor", "ms of clock", "MB"]
    table = Table(columns, 24, 10)
    for name, (records, grids) in RUNS.items():
        with tempfile.TemporaryDirectory() as parent:
            draw_run(Path(parent) / "run", records, grids)
            reading, processor, clock, size = measure(Path(parent) / "run", options.rounds)
        table.row(name, records, grids, f"{reading:.0f}", f"{processor:.1f}", f"{clock:.1f}", f"{size:.2f}")


if __name__ == "__main__":
    main()
