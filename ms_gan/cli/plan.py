"""train.py --dry-run: what a run would do, need and write, measured in a few steps in a temporary folder."""

import contextlib
import io
import os
import shutil
import statistics
import sys
import tempfile
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import mindspore as ms

from ms_gan.cli.layers import layer_table
from ms_gan.cli.train import summary
from ms_gan.config.schema import leaves, plain, unread
from ms_gan.config.sections import OptimizerConfig, RunConfig
from ms_gan.data import ImageData
from ms_gan.data.labels import in_words
from ms_gan.files import as_size
from ms_gan.pictures.grids import FRAMES
from ms_gan.runs.run_folder import RunFolder
from ms_gan.runs.thinning import END_GRIDS, MOST_GRIDS
from ms_gan.runtime import Device
from ms_gan.runtime.device import EXAMINATIONS
from ms_gan.training.space import check_space, space_needed
from ms_gan.training.trainer import Trainer

NARROWEST, WIDEST = 60, 120  # columns
TIMED_STEPS = 10  # timed, after those that compile
TIMED_SECONDS = 30.0  # after which no further step is timed
LOG_RECORD_BYTES = 250


class Measured(NamedTuple):
    """What a few steps took: seconds but for `peak`, which is in bytes."""

    start: float  # until the first step is done: compilation
    step: float
    sample: float  # a grid
    save: float  # a checkpoint
    peak: int


def plan(config: RunConfig, data: ImageData, device: Device, run: Optional[Path]) -> Iterator[str]:
    """Describe a run, line by line, without creating its folder.

    Args:
        config: the run's configuration.
        data: the training images.
        device: where it would run, started.
        run: the folder of the run that would be resumed, which is only read; None: a new one.

    Raises:
        UsageError, GanError: anything that the run itself would refuse.
    """
    with tempfile.TemporaryDirectory(prefix=".ms_gan-plan-", dir=_nearest(run or config.output or "runs")) as scratch:
        trainer = _rehearsal(config, data, device, run, Path(scratch) / "run")
        yield f"recipe    {config.recipe}, seed {config.seed}"
        yield from summary(trainer)
        channels, height, width = data.images.shape[1:]
        whole = as_size(sum(array.nbytes for array in data.arrays.values()))
        yield from _row("images", f"{height}x{width}, {channels} channel{'s' if channels > 1 else ''}, {whole} in all")
        if data.labels is not None and not config.conditional:  # those are in the summary
            yield from _row("classes", in_words(data))
        yield from _row("device", _why(config.device, device.name))
        for role in reversed(trainer.system.optimizers):
            yield from _row("optimizer", f"{role}: {_optimizer(getattr(config.optimizer, role))}")
        measured = _measure(trainer)
        yield from _row("time", _time(trainer, measured))
        yield from _row("memory", _memory(trainer, measured, device.name))
        trainer.folder.release()
        yield from _files(trainer, run or config.output or f"runs/{config.recipe}-DATE-N")
        yield from layer_table(trainer.system, config.train.batch_size)
    yield ""
    yield "nothing was trained or written; without --dry-run the run starts"


def _row(label: str, text: str) -> Iterator[str]:
    """A label and a text, wrapped below itself where the screen ends."""
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    return iter(textwrap.wrap(text, width, initial_indent=f"{label:<10}", subsequent_indent=" " * 10))


def _nearest(path: Any) -> Path:
    """The nearest folder above a path that exists: what is written there takes the time that it will take."""
    path = Path(path).absolute()
    return next(folder for folder in path.parents if folder.is_dir())


class Rehearsal(Trainer):
    """A run's trainer in a scratch folder; free space is checked where the run would be written.

    Args:
        target: the folder of the run that would be resumed, or what --output names, or None.
        options: as of Trainer.
    """

    def __init__(self, target: Any, *options: Any):
        self._target = target
        super().__init__(*options)

    def _check_space(self, folder: Optional[RunFolder]) -> None:
        config = replace(self.config, output=None if folder else self._target)
        run = folder and RunFolder(self._target)
        check_space(config, self.system, self.data.images.shape[1:], self.lengths, run)


def _rehearsal(config: RunConfig, data: ImageData, device: Device, run: Optional[Path], folder: Path) -> Rehearsal:
    """The run's trainer, in another folder on the same disk."""
    if run is None:
        return Rehearsal(config.output, replace(config, output=str(folder)), data, device)
    source, copy = RunFolder(run), RunFolder(folder)
    copy.samples.mkdir(parents=True)
    # Checkpoints are large, and never written to once they are there: hard links are enough.
    shutil.copytree(source.checkpoints, copy.checkpoints, copy_function=_link)
    for name in ("config", "log", "metrics"):
        if getattr(source, name).is_file():
            shutil.copyfile(getattr(source, name), getattr(copy, name))
    return Rehearsal(run, config, data, device, copy)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # some file systems have no hard links
        shutil.copyfile(source, target)


def _why(asked: str, taken: str) -> str:
    """Why the run would be on this device."""
    if asked != "auto":
        return f"chosen by --device {asked}"
    passed = list(EXAMINATIONS)[: [*EXAMINATIONS, "CPU"].index(taken)]
    reasons = [f"no {name}: {EXAMINATIONS[name]().why}" for name in passed]
    return "; ".join(["chosen by --device auto", *reasons])


def _optimizer(options: OptimizerConfig) -> str:
    """An optimizer's options that have an effect."""
    hidden = {"name", *unread(options)}
    shown = {name: value for name, _, value in leaves(options) if name not in hidden and value not in (None, 0.0)}
    kept = [f"{name} {plain(value)}" for name, value in shown.items()]
    return f"{options.name}, {', '.join(kept)}"


def _measure(trainer: Trainer) -> Measured:
    """Take steps, draw a grid and save a checkpoint."""
    system = trainer.system
    # A step with penalties, taken now and then, is a graph of its own.
    shares = {0: 1.0} if system.rare is None else {0: 1 / system.every, 1: 1 - 1 / system.every}
    started, start, step = time.monotonic(), 0.0, 0.0
    for first, share in shares.items():
        start += _timed(lambda first=first: system.take(first, trainer.inputs(first)).asnumpy())
        taken: List[float] = []
        while len(taken) < TIMED_STEPS and (len(taken) < 2 or time.monotonic() - started < TIMED_SECONDS):
            number = first + (len(taken) + 1) * system.every
            taken.append(_timed(lambda number=number: system.take(number, trainer.inputs(number)).asnumpy()))
        step += share * statistics.median(taken)
    peak = _peak(trainer.device.name)
    results = trainer.results
    with contextlib.redirect_stdout(io.StringIO()):  # warnings about steps that are no training
        results.sample(1)  # compiles
        sample = _timed(lambda: results.sample(1))
        save = _timed(lambda: results.save(trainer.step + 1))
    return Measured(start, step, sample, save, peak)


def _timed(work: Any) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _peak(device: str) -> int:
    """The most memory that has been in use: the process's on a CPU, otherwise the device's."""
    if device != "CPU":
        return int(ms.runtime.max_memory_allocated())
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


def _dues(trainer: Trainer) -> Dict[str, int]:
    """How many sample grids and checkpoints the rest of the run makes."""
    lengths = trainer.lengths
    every = {"samples": lengths.sample, "checkpoints": lengths.save}
    return {name: lengths.times(steps, trainer.step) for name, steps in every.items()}


def _time(trainer: Trainer, measured: Measured) -> str:
    left, dues = trainer.lengths.total - trainer.step, _dues(trainer)
    whole = measured.start + left * measured.step
    whole += dues["samples"] * measured.sample + dues["checkpoints"] * measured.save
    rate = trainer.config.images_per_step / measured.step
    return (
        f"about {_duration(whole)}, without measurements of quality; measured on this machine just now: "
        f"{measured.start:.1f} s to compile and take the first step, then {1e3 * measured.step:,.4g} ms a step "
        f"({rate:,.0f} images/s), {measured.sample:.2g} s a sample grid, {measured.save:.2g} s a checkpoint"
    )


def _memory(trainer: Trainer, measured: Measured, device: str) -> str:
    networks = {id(p): _bytes(p) for network in trainer.system.networks.values() for p in network.get_parameters()}
    others = sum(_bytes(p) for _, p in trainer.system.parameters() if id(p) not in networks)
    place = "of the process" if device == "CPU" else f"on the {device}"
    return (
        f"{as_size(measured.peak)}, the peak {place} as measured: networks {as_size(sum(networks.values()))}, "
        f"optimizers {as_size(others)}; the rest is activations, images, MindSpore and its compiler"
    )


def _bytes(parameter: ms.Parameter) -> int:
    return int(parameter.nbytes)


def _files(trainer: Trainer, target: Any) -> Iterator[str]:
    """What the run writes, by the sizes of what has just been written."""
    folder, train = trainer.folder, trainer.config.train
    grids, checkpoints = _dues(trainer).values()
    grids = min(grids, MOST_GRIDS + 2 * END_GRIDS)
    grid = max(path.stat().st_size for path in folder.samples.iterdir())
    checkpoint = max(path.stat().st_size for path in folder.checkpoints.glob("*.ckpt"))
    records = trainer.lengths.total // train.log_every + -(-trainer.lengths.total // trainer.lengths.per_epoch)
    kept = min(checkpoints, train.keep_checkpoints)
    rows = [
        ("samples/", f"{grids:,} grids of {as_size(grid)}", grids * grid),
        ("checkpoints/", f"the newest {kept} of {checkpoints:,}, {as_size(checkpoint)} each", kept * checkpoint),
        *(_kept(folder.best(stem), folder.last(stem)) for stem in trainer.system.generators),
        ("training.gif", f"at most {FRAMES} frames", min(grids, FRAMES) * grid),
        ("log.jsonl", f"about {records:,} records; beside it plots, report, config.yaml", records * LOG_RECORD_BYTES),
    ]
    shape = trainer.data.images.shape[1:]
    most = space_needed(trainer.config, trainer.system, shape, trainer.lengths)
    yield from _row("files", f"about {as_size(sum(count for *_, count in rows))}, {as_size(most)} at most, in {target}")
    for name, about, count in rows:
        yield f"          {name:<17} {as_size(count):>8}  {about}"


def _kept(best: Path, last: Path) -> Tuple[str, str, int]:
    """A generator's file, what is said of it, and the size of both that there may be."""
    return best.name, f"and {last.name} where quality is measured", 2 * best.stat().st_size


def _duration(seconds: float) -> str:
    """Seconds for people."""
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds"
