"""Which training makes the better images: python -m benchmarks.quality [VARIANT ...] [--seeds 0 1 2].

Trains every variant with every seed by train.py, the twin by PyTorch, and measures all of them by eval.py, with the
same features. Runs lie in the folder; those that are there are not trained again, so that a study can be interrupted.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional

from benchmarks import machine
from benchmarks.table import Table
from benchmarks.variants import TWIN, VARIANTS
from benchmarks.worker import ROOT

IMAGES = 10_000  # generated for each measurement


@dataclass
class Outcome:
    """What came of one variant with one seed.

    Attributes:
        raw: Frechet distance of the generator as the last step left it.
        kept: of the one that generator.ckpt holds: the best average; of the twin, the same as `raw`.
        generated, floor: eval.py's numbers of that one, and of real images.
        minutes: how long the training took, measurements included.
    """

    raw: float
    kept: float
    generated: Dict[str, Any]
    floor: Dict[str, Any]
    minutes: float


class Failed(Exception):
    """A command failed; the message is the end of its output."""


def run(command: List[str], python: str, threads: int) -> None:
    """Run a command of a Python.

    Raises:
        Failed: it did.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(
        [python, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)}\n{done.stdout.decode(errors='replace')[-2000:]}")


def train(variant: str, seed: int, folder: Path, options: argparse.Namespace) -> None:
    """One run of train.py."""
    command = [
        str(ROOT / "train.py"),
        *VARIANTS[variant],
        "--seed",
        str(seed),
        "--output",
        str(folder),
        "--device",
        "CPU",
    ]
    command += ["--metrics.samples", str(IMAGES)]
    if options.epochs:
        command += ["--epochs", str(options.epochs), "--metrics.every", str(min(5, options.epochs))]
    run(command, sys.executable, options.threads)
    run([str(ROOT / "eval.py"), "--ckpt", str(folder), "--num", str(IMAGES)], sys.executable, options.threads)


def train_twin(seed: int, folder: Path, options: argparse.Namespace) -> None:
    """The twin's training, its generator as one of ms_gan's, and that one measured like any other."""
    folder.mkdir(parents=True)
    images, weights = folder / "images.npy", folder / "weights.npz"
    epochs = str(options.epochs or 20)
    run(["-m", "benchmarks.twin_weights", "images", str(images)], sys.executable, options.threads)
    started = time.monotonic()
    command = ["-m", "benchmarks.twin_training", str(images), str(weights), "--epochs", epochs, "--seed", str(seed)]
    run(command, options.torch_python, options.threads)
    (folder / "minutes.json").write_text(json.dumps((time.monotonic() - started) / 60))
    images.unlink()
    generator = folder / "generator.ckpt"
    run(["-m", "benchmarks.twin_weights", "checkpoint", str(weights), str(generator)], sys.executable, options.threads)
    command = [str(ROOT / "eval.py"), "--ckpt", str(generator), "--data.source", "mnist", "--num", str(IMAGES)]
    run([*command, "--output", str(folder)], sys.executable, options.threads)


def outcome(folder: Path) -> Optional[Outcome]:
    """What a finished run left, or None where it is not finished."""
    path = folder / "evaluation.json"
    if not path.exists():
        return None
    found = json.loads(path.read_text())
    kept = found["generated"]["frechet"]
    if (folder / "minutes.json").exists():
        return Outcome(
            kept, kept, found["generated"], found["floor"], json.loads((folder / "minutes.json").read_text())
        )
    records, log = (
        [json.loads(line) for line in (folder / name).read_text().splitlines()]
        for name in ("metrics.jsonl", "log.jsonl")
    )
    raw = [record["frechet"] for record in records if record["generator"] == "raw"][-1]
    return Outcome(raw, kept, found["generated"], found["floor"], (log[-1]["time"] - log[0]["time"]) / 60)


def study(variant: str, seed: int, options: argparse.Namespace) -> Outcome:
    """Train and measure, unless that has been done.

    Raises:
        Failed: a command did, or a run that was interrupted lies in the way.
    """
    folder = options.folder / f"{variant.replace(', ', '+').replace(' ', '_')}-{seed}"
    if outcome(folder) is None:
        if folder.exists():
            raise Failed(f"{folder}: is not finished; delete it, so that it can be made anew")
        if variant == TWIN:
            train_twin(seed, folder, options)
        else:
            train(variant, seed, folder, options)
    return outcome(folder)


def spread(values: List[float], form: str) -> str:
    """The mean, and the sample deviation where there are several."""
    mean = format(statistics.mean(values), form)
    return f"{mean} ± {statistics.stdev(values):{form}}" if len(values) > 1 else mean


def show(found: Dict[str, List[Outcome]]) -> None:
    """The table: a row a variant, means over the seeds."""
    columns = ["variant", "FD, raw", "FD, kept", "precision", "recall", "coverage", "classes", "confident", "minutes"]
    table = Table(columns, 26, 12)
    for name, outcomes in found.items():
        generated = [one.generated for one in outcomes]
        shares = [min(g["smallest_class"] for g in generated), max(g["largest_class"] for g in generated)]
        table.row(
            name,
            spread([one.raw for one in outcomes], ".2f"),
            spread([one.kept for one in outcomes], ".2f"),
            *(spread([g[key] for g in generated], ".3f") for key in ("precision", "recall", "coverage")),
            f"{shares[0]:.1%} - {shares[1]:.1%}",
            spread([g["confident"] for g in generated], ".3f"),
            spread([one.minutes for one in outcomes], ".1f"),
        )
    floor = next(iter(found.values()))[0].floor
    numbers = [f"{floor[key]:.3f}" for key in ("precision", "recall", "coverage")]
    classes = f"{floor['smallest_class']:.1%} - {floor['largest_class']:.1%}"
    table.row("real images", "", f"{floor['frechet']:.2f}", *numbers, classes, f"{floor['confident']:.3f}", "")


def parse_options(argv: List[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__.splitlines()[0])
    names = [TWIN, *VARIANTS]
    parser.add_argument(
        "variants", nargs="*", metavar="VARIANT", help=f"of {', '.join(names)}; default: {TWIN} gan_mnist"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="of every variant (default: 0 1 2)")
    parser.add_argument("--epochs", type=int, help="length of every run; default: each one's own")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "runs" / "quality", help="for the runs (default: %(default)s)"
    )
    parser.add_argument("--jobs", type=int, default=1, help="runs at once (default: 1)")
    parser.add_argument("--threads", type=int, default=2, help="of each run (default: 2)")
    parser.add_argument("--torch-python", default=sys.executable, help="a Python with PyTorch; default: this one")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(argv)
    options.variants = options.variants or [TWIN, "gan_mnist"]
    for name in options.variants:
        if name not in names:
            parser.error(f"{name}: no such variant; allowed: {', '.join(names)}")
    options.folder = options.folder.absolute()
    return options


def main() -> None:
    """The command."""
    options = parse_options(sys.argv[1:])
    machine.announce()
    with ThreadPoolExecutor(options.jobs) as pool:
        # Seeds first: a study that is interrupted has something of every variant.
        futures = {
            (variant, seed): pool.submit(study, variant, seed, options)
            for seed in options.seeds
            for variant in options.variants
        }
        try:
            found = {
                variant: [futures[variant, seed].result() for seed in options.seeds] for variant in options.variants
            }
        except Failed as error:
            pool.shutdown(cancel_futures=True)
            sys.exit(f"error: {error}")
    show(found)
    if options.json:
        figures = {name: [vars(one) for one in outcomes] for name, outcomes in found.items()}
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
