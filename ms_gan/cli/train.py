"""train.py: train a GAN."""

import os
import shlex
import time
from pathlib import Path
from typing import Any, List, Optional, Tuple

from ms_gan.cli.command import continued, run_command
from ms_gan.config import Config
from ms_gan.errors import UsageError
from ms_gan.options import make_parser, parse, read_yaml

EXAMPLES = """\
  python train.py --epochs 20                          MNIST, the recipe gan_mnist
  python train.py --config configs/gan_mnist.yaml --optimizer.generator.lr 1e-4
  python train.py --resume runs/gan_mnist-20250101-1   go on where a run stopped"""


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_train, argv)


def _train(argv: List[str]) -> int:
    config, run = _read_options(argv)
    # From here on imports are slow: a wrong option has been reported by now.
    from ms_gan import data, runtime

    images = data.load(config.data, config.seed)
    for notice in images.notices:
        print(f"note: {notice}")
    device = runtime.start(config.device, config.mode, config.precision)

    from ms_gan.training.run_folder import RunFolder
    from ms_gan.training.trainer import Trainer

    trainer = Trainer(config, images, device, RunFolder(run) if run else None)
    trainer.folder.save_config(config)
    _announce(trainer)
    if trainer.step >= trainer.total_steps:
        print("trained already; a larger --epochs (or --steps) goes on")
        return 0
    started = time.monotonic()
    stopped_by = trainer.run()
    _conclude(trainer, time.monotonic() - started, stopped_by)
    return 128 + stopped_by if stopped_by else 0


def _read_options(argv: List[str]) -> Tuple[Config, Optional[Path]]:
    """The configuration, and the run folder where one is resumed."""
    parser = make_parser(Config, "train.py", "Train a generative adversarial network on images.", EXAMPLES, True)
    config, given = parse(parser, Config, argv)
    if config.data.dir:
        # A run may be resumed from another folder.
        config.data.dir = given["data.dir"] = os.path.abspath(os.path.expanduser(config.data.dir))
    if config.metrics.features:
        given["metrics.features"] = os.path.abspath(os.path.expanduser(config.metrics.features))
        config.metrics.features = given["metrics.features"]
    if config.resume is None:
        return config, None
    folder = Path(config.resume)
    if not (folder / "config.yaml").is_file():
        raise UsageError(f"--resume {folder}: not a run folder; it should hold config.yaml and checkpoints/")
    del given["resume"]
    config = continued(read_yaml(Config, folder / "config.yaml"), given, folder)
    if "output" in given:
        raise UsageError(f"--output {given['output']}: a resumed run stays in its folder, {folder}; leave it out")
    return config, folder


def _announce(trainer: Any) -> None:
    from ms_gan.models import count_parameters

    print(f"data      {trainer.data.name} ({trainer.data.origin})")
    print(f"device    {trainer.device.description}, MindSpore {trainer.device.mindspore}, {trainer.config.mode} mode")
    print(f"precision {trainer.device.precision}")
    if trainer.config.generator.name != "mlp":
        print(f"kernels   {trainer.device.convolution}")
    for name, network in trainer.system.networks.items():
        print(f"network   {name}, {count_parameters(network):,} parameters")
    start = f", from step {trainer.step:,}" if trainer.step else ""
    epochs = trainer.total_steps / trainer.per_epoch
    print(f"training  {epochs:.4g} epochs, {trainer.total_steps:,} steps of {trainer.config.train.batch_size}{start}")
    print(f"quality   {trainer.quality.description}")
    print(f"run       {trainer.folder.path}", flush=True)


def _conclude(trainer: Any, seconds: float, stopped_by: Optional[int]) -> None:
    folder = shlex.quote(str(trainer.folder.path))
    if stopped_by:
        print(f"stopped at step {trainer.step:,} of {trainer.total_steps:,}; it is saved")
        print(f"go on with   python train.py --resume {folder}")
        return
    print(f"done in {seconds / 60:.1f} minutes")
    print(f"pictures     {trainer.folder.samples}, {trainer.folder.animation.name}, {trainer.folder.losses.name}")
    if trainer.quality.summary:
        print(f"quality      {trainer.quality.summary}")
    picture = shlex.quote(f"{trainer.config.recipe}.png")
    print(f"sample with  python infer.py --ckpt {folder} --num 64 --seed 0 --output {picture}")
