"""eval.py: measure the quality of a trained generator's images."""

import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Literal, NamedTuple, Optional

from ms_gan.cli.command import check_checkpoint, check_pixel_range, continued
from ms_gan.cli.eval_maps import evaluate_maps, is_map_run
from ms_gan.cli.eval_pictures import check_pictures, read_pictures
from ms_gan.cli.eval_translation import EvalDataConfig, evaluate_run, is_translation
from ms_gan.cli.eval_zoo import trained_on
from ms_gan.config.data_section import DataConfig
from ms_gan.config.device_names import device_name
from ms_gan.config.parser import make_parser, parse
from ms_gan.config.paths import FILE, FOLDER, home_for_tilde, kind_at
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.runtime.run_command import run_command
from ms_gan.seeds import MAX_SEED
from ms_gan.tasks import read_config
from ms_gan.zoo.entries import PREFIX, located, named

EXAMPLES = """\
  python eval.py --ckpt runs/gan_mnist-20250101-1 --num 10000
  python eval.py --ckpt RUN --features inception.onnx --num 50000
  python eval.py --ckpt generator.mindir --data.source mnist --output quality
  python eval.py --images PICTURES --reference RUN --output quality
  python eval.py --ckpt runs/pix2pix-20250101-1 --beside runs/pix2pix-20250101-2
  python eval.py --compare runs/gan_mnist-20250101-1 runs/gan_mnist-20250101-2
  python eval.py --compare runs/cdcgan_mnist-20250101-1 zoo:cdcgan_mnist"""

EVALUATION = "evaluation.json"


@dataclass
class EvalOptions:
    """What eval.py takes."""

    ckpt: Optional[str] = option(
        None, "a run folder; or a .ckpt or .mindir file or zoo:NAME, with --data.source and --output", spelling=located
    )
    images: Optional[str] = option(
        None, "pictures to measure in place of a generator's: a folder, a zip or a .npy file", spelling=home_for_tilde
    )
    reference: Optional[str] = option(
        None, "with --images: what they are compared with; a folder, a zip, a .npy file, or a run for its data",
        spelling=home_for_tilde,
    )  # fmt: skip
    beside: Optional[str] = option(
        None, "of a run that makes pictures of pictures: a second one on the same data, or zoo:NAME",
        spelling=home_for_tilde,
    )  # fmt: skip
    num: int = option(
        10_000, "images to generate; with --images, or of held-out pictures: the most that are measured", 10, 10_000_000
    )
    seed: int = option(0, "fixes the latents", 0, MAX_SEED)
    split: Literal["train", "test"] = option("train", "the real images to compare with")
    features: Optional[str] = option(
        None,
        "an .onnx file; unset: a classifier of the data's classes, or random convolutions where it has none",
        spelling=home_for_tilde,
    )
    pixel_range: List[float] = option([-1.0, 1.0], "what black and white are to the network in that file", -255, 255)
    output: Optional[str] = option(
        None, f"folder for {EVALUATION} and the pictures; unset: the run's", spelling=home_for_tilde
    )
    cas: bool = option(
        False, "the classification accuracy score too, of a generator that is given classes; takes minutes"
    )
    device: str = option("auto", "where to run", spelling=device_name)
    data: EvalDataConfig = field(default_factory=EvalDataConfig)


class Subject(NamedTuple):
    """What is evaluated: where the generator is, its training images, where the results go; None: nowhere."""

    ckpt: Path
    data: DataConfig
    output: Optional[Path]


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_eval, argv)


def _eval(argv: List[str]) -> int:
    parser = make_parser(EvalOptions, "eval.py", "Measure the quality of a generator's images.", EXAMPLES)
    parser.add_argument(
        "--compare",
        nargs="+",
        metavar="RUN",
        type=home_for_tilde,
        help="run folders, or zoo:NAME, to show side by side, without --ckpt",
    )
    options, given = parse(parser, EvalOptions, argv)
    _check(options, given)
    if options.images or options.reference:
        check_pictures(options, given)
        _refuse_output(Path(options.output))
        return _measure_pictures(options)
    if options.ckpt and is_map_run(Path(options.ckpt)):
        return evaluate_maps(options, given, _refuse_output)
    if options.ckpt and is_translation(Path(options.ckpt)):
        return evaluate_run(options, given, _refuse_output)
    for name in ("beside", "data.a", "data.b"):
        if name in given:
            raise UsageError(f"--{name}: is for a run that makes pictures of pictures, given by --ckpt; remove it")
    subjects = [_subject(ckpt, options, given) for ckpt in given.get("compare", [options.ckpt])]

    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.metrics.table import for_terminal, side_by_side, single

    if "compare" in given:
        reports = [_report(subject, options, reuse=True) for subject in subjects]
        text = side_by_side(given["compare"], reports)
    else:
        text = single(_report(subjects[0], options))
    print(for_terminal(text, sys.stdout.encoding))
    return 0


def _check(options: EvalOptions, given: Dict[str, Any]) -> None:
    """Refuse what cannot work whatever the run is, before MindSpore is imported.

    Raises:
        UsageError: naming the option.
    """
    if "compare" in given:
        for name in ("ckpt", "output"):
            if name in given:
                raise UsageError(f"--{name}: --compare evaluates each run in its own folder; remove --{name}")
    check_pixel_range(options.pixel_range)
    if options.features and not (
        options.features.endswith(".onnx") and kind_at(options.features, "--features") == FILE
    ):
        raise UsageError(f"--features {options.features}: give an existing file that ends in .onnx")


def _subject(ckpt: Optional[str], options: EvalOptions, given: Dict[str, Any]) -> Subject:
    """What to evaluate.

    Raises:
        UsageError: no such run; a file without the options that it needs; an option that contradicts the run; an output
            folder that cannot be written to.
    """
    entry = named(ckpt) if "compare" in given else None  # --ckpt is a path by now
    if entry is not None:
        return Subject(entry.file(), trained_on(entry, given), None)
    check_checkpoint(ckpt)
    path = Path(ckpt)
    run = path if kind_at(path, "--ckpt") == FOLDER else path.parent
    if is_map_run(run):
        raise UsageError(f"{path}: makes pictures of maps; give the run alone, by --ckpt {run}", code="mismatch")
    if is_translation(run):
        raise UsageError(
            f"{path}: makes pictures of pictures; give its run, --ckpt {run}, and a second by --beside", code="mismatch"
        )
    if kind_at(path, "--ckpt") == FOLDER:
        data, output = _run_data(path, given), Path(options.output or path)
    elif "compare" in given:
        raise UsageError(f"--compare {path}: is a file; give run folders")
    elif "data.source" not in given or options.output is None:
        raise UsageError(
            f"--ckpt {path}: a file does not say which data it was trained on; give --data.source, and a folder for"
            " the results with --output"
        )
    else:
        data, output = options.data, Path(options.output)
    _refuse_output(output)
    return Subject(path, data, output)


def _refuse_output(output: Path) -> None:
    """Refuse a folder that cannot be written to, before anything slow."""
    kind = kind_at(output, "--output")
    if kind and not (kind == FOLDER and os.access(output, os.W_OK | os.X_OK)):
        raise UsageError(f"--output {output}: cannot be written to; choose a folder that you may write to")


def _measure_pictures(options: EvalOptions) -> int:
    """Measure --images against --reference."""
    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.metrics.cas import check_cas, with_cas
    from ms_gan.metrics.evaluate import Splits, evaluate
    from ms_gan.metrics.features import open_features
    from ms_gan.metrics.images import Stored
    from ms_gan.metrics.table import for_terminal, single

    found = read_pictures(options)
    for notice in (*found.images.notices, *found.reference.notices):
        print(f"note: {notice}")
    source, splits = Stored(found.images), Splits(found.reference, found.held_out)
    if options.cas:
        check_cas(source, splits, options.seed)
    features = open_features(found.data, found.reference, options.features, options.seed, tuple(options.pixel_range))
    count = min(options.num, source.count)
    report = evaluate(source, features, splits, count, options.seed, options.split)
    if options.cas:
        report = with_cas(report, source, splits, count, options.seed)
    written = ", ".join(_write(report, Path(options.output)))
    print(f"{written} in {options.output}\n", flush=True)
    print(for_terminal(single(report), sys.stdout.encoding))
    return 0


def _run_data(folder: Path, given: Dict[str, Any]) -> DataConfig:
    """The data options of a run; its data folder may be given again, since it may have moved.

    Raises:
        UsageError: not a run folder, or an option that contradicts the run.
    """
    if kind_at(folder / "config.yaml", "--ckpt") != FILE:
        raise UsageError(f"{folder}: not a run folder; it should hold config.yaml and generator.ckpt", code="missing")
    of_data = {key: value for key, value in given.items() if key.startswith("data.")}
    return continued(read_config(folder), of_data, folder).data


def _report(subject: Subject, options: EvalOptions, reuse: bool = False) -> Any:
    """Evaluate a generator and write the results, or reuse existing ones that were measured in the same way."""
    from ms_gan.data import load
    from ms_gan.data.held_out import load_held_out
    from ms_gan.data.labels import labelled
    from ms_gan.data.stacked import COLOURS
    from ms_gan.generators.sampling import open_generator
    from ms_gan.metrics.cas import check_cas, with_cas
    from ms_gan.metrics.evaluate import Splits, evaluate, protocol_of
    from ms_gan.metrics.features import open_features
    from ms_gan.metrics.images import Sampled
    from ms_gan.metrics.modes import digit_classifier, with_modes
    from ms_gan.metrics.report import read_report

    started = time.monotonic()
    sampler = open_generator(subject.ckpt)
    seed = sampler.card.seed
    train = load(subject.data, seed)
    if sampler.card.classes and train.labels is None:
        train = labelled(train)  # a folder's classes are looked up once somebody asks
    for notice in train.notices:
        print(f"note: {notice}")
    splits = Splits(train, load_held_out(subject.data, train, seed))
    source = Sampled(sampler)
    if options.cas:
        check_cas(source, splits, options.seed)
    features = open_features(subject.data, train, options.features, seed, tuple(options.pixel_range))
    arguments = source, features, splits, options.num, options.seed, options.split
    output = subject.output
    known = read_report(output / EVALUATION, protocol_of(*arguments)) if reuse and output else None
    if known and not (options.cas and known.generated.cas is None):
        return known
    report = evaluate(*arguments)
    if options.cas:
        report = with_cas(report, source, splits, options.num, options.seed)
    if subject.data.source == "stacked_mnist" and splits.test is not None and source.shape[0] == COLOURS:
        report = with_modes(report, source, splits.test, digit_classifier(subject.data), options.num, options.seed)
    if output is None:
        said = f"{PREFIX}{subject.ckpt.parent.name} has no folder for its evaluation, which is made anew each time"
    else:
        said = f"{', '.join(_write(report, output, subject.ckpt if subject.ckpt.is_dir() else None))} in {output}"
    print(f"{said}, after {time.monotonic() - started:.0f} s\n", flush=True)
    return report


def _write(report: Any, output: Path, run: Optional[Path] = None) -> List[str]:
    """Write an evaluation and its pictures, those of a run's training too; returns the names of the files."""
    from ms_gan.metrics import pictures
    from ms_gan.metrics.report import save_report

    save_report(report, output / EVALUATION)
    pictures.save_nearest(report.copies, output / "nearest.png")
    names = [EVALUATION, "nearest.png"]
    if report.classes:
        pictures.save_classes(report, output / "classes.png")
        names.append("classes.png")
    return names + (pictures.save_headline(run, output) if run else [])


if __name__ == "__main__":
    sys.exit(main())
