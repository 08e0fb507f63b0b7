"""python -m pytest -s tests/soak/test_long_runs.py: what 10,000 epochs leave, without training them; a few minutes."""

import time

import numpy as np
from PIL import Image

from ms_gan.pictures import grids
from ms_gan.runs.events import EventLog, read_events
from ms_gan.runs.run_folder import RunFolder
from ms_gan.runs.thinning import thin_grids
from ms_gan.tasks.latent import TASK


def spent(work):
    """The CPU seconds of a piece of work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def test_ten_thousand_epochs_of_grids(tmp_path):
    folder, random, thinning = RunFolder(tmp_path), np.random.default_rng(0), 0.0
    films = {}

    def thin(epoch):
        paths = folder.all_samples(1)
        thin_grids(paths, [folder.sampled_step(path, 1) for path in paths], epoch, 1)

    for epoch in range(1, 10_001):
        images = random.integers(0, 256, (64, 1, 6, 6), np.uint8)
        grids.save_image(grids.grid(images), folder.sample(epoch, 1))
        thinning += spent(lambda epoch=epoch: thin(epoch))
        if epoch in (200, 1000, 10_000):
            films[epoch] = spent(lambda: grids.animate_files(folder.all_samples(1), folder.animation))
            with Image.open(folder.animation) as film:
                size, count = folder.animation.stat().st_size, len(folder.all_samples(1))
                print(f"\n{epoch:6,} epochs: {count} grids, {film.n_frames} frames, {size:,} bytes, "
                      f"animated in {films[epoch]:.2f} s")  # fmt: skip
                assert film.n_frames <= grids.FRAMES
    print(f"thinning {1000 * thinning / 10_000:.2f} ms an epoch")
    assert len(folder.all_samples(1)) <= 250 and films[10_000] < 2 * films[200] + 0.5


def test_the_log_of_weeks(tmp_path):
    log, count = EventLog(tmp_path / "log.jsonl"), 500_000
    values = dict.fromkeys(("loss_d", "loss_g", "d_real", "d_fake", "images_per_second"), 0.123456789012345)

    def write():
        for step in range(100, 100 * count + 1, 100):
            log.write("train", step=step, epoch=step / 468, **values)

    seconds = spent(write)
    size = (tmp_path / "log.jsonl").stat().st_size
    records = read_events(tmp_path / "log.jsonl")
    reading = spent(lambda: read_events(tmp_path / "log.jsonl"))
    charts = TASK.charts()
    plotting = spent(lambda: grids.plot_curves(records, charts, tmp_path / "losses.png"))
    print(f"\n{count:,} records: {len(records):,} kept, {size:,} bytes, {1000 * seconds / count:.3f} ms to write one, "
          f"{reading:.2f} s to read, {plotting:.2f} s to plot")  # fmt: skip
    assert size <= 16_100_000 and reading + plotting < 10
