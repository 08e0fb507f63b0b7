"""A run's folder without a training."""

import json

import numpy as np
from PIL import Image

from ms_gan.config.parser import write_yaml
from ms_gan.tasks.latent import Config

RULES = {"features": {"name": "classifier", "width": 128}, "generated": 5000, "seed": 0}


def train_record(step, per_epoch=100, **values):
    """A record of log.jsonl, a second for each 100 steps."""
    record = {"event": "train", "time": 1000.0 + step / 100, "step": step, "epoch": step / per_epoch}
    return {**record, "loss_d": 1.2, "loss_g": 0.8, "d_real": 0.6, "d_fake": 0.4, "images_per_second": 4000.0, **values}


def quality_record(epoch, kind, frechet, **rules):
    """A record of metrics.jsonl."""
    protocol = {**RULES, **rules, "generator": {"kind": kind, "epoch": epoch}}
    record = {"event": "quality", "time": 0.0, "step": 100 * epoch, "epoch": epoch, "generator": kind}
    return {**record, "frechet": frechet, "protocol": protocol}


def start_record(step=0, time=1000.0):
    about = {"device": "CPU, 2 cores", "mindspore": "2.10.0", "python": "3.11.2", "version": "0.1.0", "data": "digits"}
    return {"event": "start", "time": time, "step": step, **about}


def write_records(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def draw_run(folder, epochs=4, end="end", config=None, records=()):
    """A run of 100 steps an epoch with a record for each 50, a grid an epoch and distances every two epochs."""
    config = config or Config()
    config.train.epochs = epochs
    (folder / "samples").mkdir(parents=True)
    (folder / "config.yaml").write_text(write_yaml(config))
    steps = range(50, 100 * epochs + 1, 50)
    log = [start_record(), *(train_record(step, loss_g=0.8 + step / 1000) for step in steps), *records]
    if end:
        log.append({"event": end, "time": 1000.0 + epochs, "step": 100 * epochs})
    write_records(folder / "log.jsonl", log)
    kinds = (("raw", 9.0), ("averaged", 7.0))
    measured = [quality_record(e, kind, first / e) for e in range(2, epochs + 1, 2) for kind, first in kinds]
    write_records(folder / "metrics.jsonl", measured)
    for epoch in range(1, epochs + 1):
        Image.fromarray(np.full((20, 20), 10 * epoch % 256, np.uint8)).save(folder / f"samples/epoch-{epoch:05d}.png")
    Image.fromarray(np.full((20, 20), 255, np.uint8)).save(folder / "samples/real.png")
    return folder
