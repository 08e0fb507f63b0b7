"""train.py: train a GAN."""

import os
import shlex
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

from ms_gan import tasks
from ms_gan.cli.command import continued
from ms_gan.config.device_names import split_name
from ms_gan.config.help import as_called
from ms_gan.config.parser import known_recipes, make_parser, parse
from ms_gan.config.paths import FILE, kind_at
from ms_gan.config.sections import RunConfig
from ms_gan.errors import UsageError
from ms_gan.runtime.run_command import run_command
from ms_gan.zoo.entries import located

ABOUT = """\
Train a generative adversarial network on images. A recipe (--config) sets what it needs, the command line overrides \
it, and everything else has a default.
Everyday options: --config, --data-dir, --epochs, --batch-size, --device, --output, --seed, --resume, --dry-run."""
EXAMPLES = """\
  python train.py --epochs 20                          MNIST, recipe gan_mnist
  python train.py --config dcgan_64 --data-dir photos --dry-run
  python train.py --config gan_mnist_wide --optimizer.generator.lr 1e-4
  python train.py --resume runs/gan_mnist-20250101-1   go on where a run stopped"""
DRY_RUN = "--dry-run"


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_train, argv)


def _train(argv: List[str]) -> int:
    from ms_gan.runtime import workers
    from ms_gan.runtime.signals import Signals

    config, run = read_options(argv)
    if workers.announced() > 1:
        refuse_card(config.device)
    share_batch(config, workers.announced())
    with Signals() as signals:
        try:
            return _run(config, run, signals, DRY_RUN in argv)
        except KeyboardInterrupt:
            print("interrupted before the first step", file=sys.stderr)
            return 128 + (signals.stop or signal.SIGINT)


def _run(config: RunConfig, run: Optional[Path], signals: Any, dry: bool) -> int:
    opened = replace(config, init_from=located(config.init_from))  # config.yaml keeps zoo:NAME, for other machines
    # Imports are slow from here on; wrong options have been reported by now.
    from ms_gan import data, runtime
    from ms_gan.data.labels import labelled
    from ms_gan.runtime import workers
    from ms_gan.runtime.device import choose
    from ms_gan.training.checks import check_before_data

    found = choose(config.device)  # refuses an unusable device before minutes of decoding
    if workers.is_scheduler():  # stays in there until all workers are done
        runtime.start(config.device, config.mode, config.precision)
    # With several workers one creates the folder while others still check it; their launcher has checked.
    check_before_data(config, found.device, run is None and workers.announced() == 1)
    images = data.load(config.data, config.seed)
    if config.conditional:
        images = labelled(images)
    for notice in images.notices:
        print(f"note: {notice}")
    device = runtime.start(config.device, config.mode, config.precision)
    if dry:
        from ms_gan.cli.plan import plan

        for line in plan(config, images, device, run):
            print(line, flush=True)
        return 0

    from ms_gan.runs.run_folder import RunFolder
    from ms_gan.training.trainer import Trainer

    before = tasks.read_config(run).train.batch_size if run else config.train.batch_size
    trainer = Trainer(opened, images, device, RunFolder(run) if run else None, signals)
    if trainer.results:
        trainer.folder.save_config(config)
        _announce(trainer, before)
    if trainer.is_over:
        if trainer.results:
            trainer.folder.release()
            print("this run is already complete; pass a larger --epochs (or --steps) to continue it")
        return device.workers.leave(0)
    started = time.monotonic()
    stopped_by = trainer.run()
    if trainer.results:
        _conclude(trainer, time.monotonic() - started, stopped_by)
    return device.workers.leave(128 + stopped_by if stopped_by else 0)


def read_options(argv: List[str]) -> Tuple[RunConfig, Optional[Path]]:
    """The configuration, and the run folder where one is resumed.

    Raises:
        UsageError: an option that is wrong, or that contradicts another one or the run.
        SystemExit: after `--help` and `--print_config` have printed.
    """
    task = tasks.find(tasks.named(argv))
    tasks.refuse_foreign(argv, task)
    parser = make_parser(task.config, "train.py", f"{ABOUT}\n{_tasks_in_words(task.name)}", EXAMPLES, True)
    about = (
        "print the plan of the run, with time and memory measured in a few steps, and exit; no run folder is created"
    )
    parser.add_argument(DRY_RUN, action="store_true", help=about)
    config, given = parse(parser, task.config, argv, lambda given: _before(given, task.config))
    given.pop("dry_run", None)
    flags = {argument.split("=")[0] for argument in argv}
    if "--recipe" in flags and not flags & {"--config", "--resume"} and config.recipe in known_recipes():
        raise UsageError(f"--recipe {config.recipe}: only names a run; to train that recipe: --config {config.recipe}")
    if flags & {"--batch-size", "--train.batch_size"} and flags & {"--local-batch-size", "--train.local_batch_size"}:
        raise UsageError("--local-batch-size cannot be combined with --batch-size; remove one of them")
    for name in ("dir", "a", "b", "legend"):
        # A run may be resumed from another folder.
        if getattr(config.data, name, None):
            given[f"data.{name}"] = os.path.abspath(getattr(config.data, name))
            setattr(config.data, name, given[f"data.{name}"])
    if config.metrics.features:
        given["metrics.features"] = os.path.abspath(config.metrics.features)
        config.metrics.features = given["metrics.features"]
    if config.resume is None:
        return config, None
    folder, output = Path(config.resume), config.output
    for name in ("resume", "output"):
        given.pop(name, None)
    if output is not None and not (kind_at(output, "--output") and folder.samefile(output)):
        raise UsageError(f"--output {output}: a resumed run stays in its folder, {folder}; remove --output")
    return continued(_before({"resume": config.resume}, task.config), given, folder), folder


def _tasks_in_words(shown: str) -> str:
    """All tasks, each with its clause; `shown`: the one whose options follow."""
    known = "; ".join(f"{name}: {tasks.find(name).about}" for name in tasks.names())
    return f"Tasks (--task NAME), each with its own options: {known}. These are the options of {shown}."


def _before(given: Dict[str, Any], config: type) -> RunConfig:
    """The options before any is set: the defaults, or those of the run that is resumed.

    Raises:
        UsageError: not a run folder.
    """
    if given.get("resume") is None:
        return config()
    folder = Path(given["resume"])
    if kind_at(folder / "config.yaml", "--resume") != FILE:
        raise UsageError(f"--resume {folder}: not a run folder; it should hold config.yaml and checkpoints/")
    return tasks.read_config(folder)


def refuse_card(device: str) -> None:
    """Refuse one card for several workers.

    Raises:
        UsageError: a device with a number.
    """
    name, number = split_name(device)
    if number is not None:
        raise UsageError(f"--device {device}: several workers use one card each; remove the number: --device {name}")


def share_batch(config: RunConfig, workers: int) -> None:
    """Set train.batch_size from train.local_batch_size, in place.

    Args:
        config: the run's configuration.
        workers: how many there are.

    Raises:
        UsageError: a batch that cannot be split evenly.
    """
    train = config.train
    if train.local_batch_size is not None:
        whole = train.local_batch_size * workers
        train.batch_size, train.local_batch_size = whole, None
    parts = workers * train.accumulate
    if train.batch_size % parts or train.batch_size < train.least * parts:
        fitting = max(train.least, round(train.batch_size / parts)) * parts
        shares = " and ".join(
            f"{number} {name}" for number, name in ((workers, "workers"), (train.accumulate, "parts")) if number > 1
        )
        raise UsageError(
            f"train.batch_size: a batch of {train.batch_size} cannot be split evenly among {shares} (at least "
            f"{train.least} images each); the nearest size that can: {fitting}"
        )


def _announce(trainer: Any, before: int) -> None:
    """Say what is trained; `before`: images in a step of the run so far."""
    for line in summary(trainer):
        print(line)
    now = trainer.config.train.batch_size
    if now != before:
        print(
            f"note: a step of this run had {before:,} images up to step {trainer.step:,}, and has {now:,} from now on; "
            f"an epoch is {trainer.lengths.per_epoch:,} steps, as if it had always been so"
        )
    print(f"run       {trainer.folder.path}", flush=True)
    if _lies_within_data(trainer):
        print(f"note: {trainer.folder.path} lies among the training images; ms_gan ignores it, other programs may not")


def _lies_within_data(trainer: Any) -> bool:
    """Whether the run's folder is below the folder of pictures that it learns."""
    data = trainer.config.data
    named = [getattr(data, name, None) for name in ("dir", "a", "b")]
    above = Path(trainer.folder.path).resolve().parents
    return data.source == "folder" and any(Path(folder).resolve() in above for folder in named if folder)


def summary(trainer: Any) -> Iterator[str]:
    """What a run is about to do, line by line, for a person."""
    from ms_gan.data.labels import in_words
    from ms_gan.models import count_parameters, has_convolutions

    yield f"data      {trainer.data.name} ({trainer.data.origin})"
    if trainer.config.conditional:
        yield f"classes   {in_words(trainer.data)}"
    yield f"device    {trainer.device.description}, MindSpore {trainer.device.mindspore}, {trainer.config.mode} mode"
    yield f"precision {trainer.device.precision}"
    if has_convolutions(trainer.system.networks.values()):
        yield f"kernels   {trainer.device.convolution}"
    for name, network in trainer.system.networks.items():
        yield f"network   {name}, {count_parameters(network):,} parameters"
    yield from _sharing(trainer)
    start = f", from step {trainer.step:,}" if trainer.step else ""
    epochs = trainer.lengths.total / trainer.lengths.per_epoch
    yield f"training  {epochs:.4g} epochs, {trainer.lengths.total:,} steps of {trainer.config.train.batch_size}{start}"
    yield f"quality   {trainer.results.quality.description}"


def _sharing(trainer: Any) -> List[str]:
    """How the workers share a step, and whether a resumed run shared it differently."""
    from ms_gan.runs.events import read_events

    def shares(workers: int) -> str:
        return f"{workers} worker{'s' if workers > 1 else ''} of {trainer.config.train.batch_size // workers} images"

    count = trainer.workers.count
    starts = [record for record in read_events(trainer.folder.log) if record["event"] == "start"]
    before = starts[-1].get("workers", 1) if starts else count
    lines = [f"workers   {shares(count)} each"] if count > 1 else []
    if before != count:
        lines.append(f"note: this run was trained with {shares(before)} and continues with {shares(count)}")
    return lines


def _conclude(trainer: Any, seconds: float, stopped_by: Optional[int]) -> None:
    folder = shlex.quote(str(trainer.folder.path))
    if stopped_by or trainer.step < trainer.lengths.total:
        print(f"stopped at step {trainer.step:,} of {trainer.lengths.total:,}; the run is saved")
        print(as_called(f"resume with  python train.py --resume {folder}"))
        return
    print(f"done in {seconds / 60:.1f} minutes")
    print(f"page         {trainer.folder.report}")
    print(f"pictures     {trainer.folder.samples}, {trainer.folder.animation.name}, {trainer.folder.losses.name}")
    if trainer.results.quality.summary:
        print(f"quality      {trainer.results.quality.summary}")
    picture = shlex.quote(f"{trainer.config.recipe}.png")
    for name, command in trainer.task.page.commands(folder, picture)[:1]:
        print(as_called(f"{name.lower()} with  {command}"))


if __name__ == "__main__":
    sys.exit(main())
