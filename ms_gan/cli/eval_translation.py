"""eval.py for runs that make pictures of pictures: measured on pictures that no training saw, beside floors."""

import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from ms_gan.cli.command import continued
from ms_gan.cli.eval_zoo import trained_with
from ms_gan.config.data_section import DataConfig
from ms_gan.config.paths import FILE, home_for_tilde, kind_at
from ms_gan.config.schema import leaves, option
from ms_gan.errors import UsageError
from ms_gan.files import write_text
from ms_gan.tasks import read_config
from ms_gan.zoo.entries import named

TASKS = ("paired", "unpaired")
NOT_FOR_THEM = ("split", "cas", "seed")
NO_TRUTH = (
    "{:,} held-out pictures have the name of one in the other folder, which is taken for their truth; where these "
    "names mean nothing, L1, noise ratio, similarity and partners mean nothing either"
)


@dataclass
class EvalDataConfig(DataConfig):
    """The data's options of eval.py: with the two folders that some runs have."""

    a: Optional[str] = option(None, "where the folder data.a of a run is now", spelling=home_for_tilde)
    b: Optional[str] = option(None, "where the folder data.b of a run is now", spelling=home_for_tilde)


def is_translation(folder: Path) -> bool:
    """Whether this is the folder of a run that makes pictures of pictures.

    Raises:
        UsageError: a run whose options cannot be read.
    """
    return kind_at(folder / "config.yaml", "--ckpt") == FILE and read_config(folder).task in TASKS


def evaluate_run(options: Any, given: Dict[str, Any], refuse_output: Callable[[Path], None]) -> int:
    """Measure a run, write what was found, and print it.

    Args:
        options, given: of eval.py.
        refuse_output: refuses a folder that cannot be written to.

    Raises:
        UsageError: an option that these runs have no use for, or that contradicts the run; runs that do not compare; no
            pictures held out.
        GanError: files that are damaged, or that cannot be written.
    """
    for name in NOT_FOR_THEM:
        if name in given:
            raise UsageError(f"--{name}: is not for a run that makes pictures of pictures; remove it")
    folder = Path(options.ckpt)
    of_data = {key: value for key, value in given.items() if key.startswith("data.")}
    config = continued(read_config(folder), of_data, folder)
    runs = {"output": folder}
    if options.beside is not None:
        runs["beside"] = _beside(folder, config, options.beside)
    output = Path(options.output or folder)
    refuse_output(output)

    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.metrics.pictures import save_headline
    from ms_gan.metrics.table import for_terminal, translated
    from ms_gan.pictures.grids import save_grid

    report, sheets = _measured(runs, config, options)
    write_text(output / "evaluation.json", report.to_json())
    for name, sheet in sheets.items():
        save_grid(sheet.reshape(-1, *sheet.shape[2:]), output / name, sheet.shape[1])
    print(f"{', '.join(['evaluation.json', *sheets, *save_headline(folder, output)])} in {output}\n", flush=True)
    print(for_terminal(translated(report), sys.stdout.encoding))
    return 0


def _beside(folder: Path, config: Any, other: str) -> Path:
    """The folder of the second run, or of an entry of the zoo.

    Raises:
        UsageError: it has learnt something else, or may have seen what the first one has held out.
    """
    entry = named(other)
    if entry is None and kind_at(Path(other) / "config.yaml", "--beside") != FILE:
        raise UsageError(
            f"--beside {other}: not a run folder; it should hold config.yaml and generator.ckpt; or give zoo:NAME"
        )
    second = trained_with(entry) if entry else read_config(Path(other))
    if second.task != config.task:
        raise UsageError(f"--beside {other}: is of the task {second.task}, but {folder} of {config.task}")
    if entry and entry.task == "unpaired":
        raise UsageError(
            f"--beside {other}: the zoo keeps one of the two generators that lead there and back; give a run's folder"
        )
    known = {key: value for key, _, value in leaves(second.data)}
    for key, f, value in leaves(config.data):
        if known[key] != value and not f.metadata["may_change"]:
            raise UsageError(
                f"--beside {other}: its data.{key} is {known[key]}, but that of {folder} {value}; "
                "give a run on the same data"
            )
    return entry.file().parent if entry else Path(other)


def _measured(runs: Dict[str, Path], config: Any, options: Any) -> Tuple[Any, Dict[str, Any]]:
    """The report, and the sheets by the names of their files."""
    from ms_gan.attacks.pairs import attacked_pairs
    from ms_gan.data import load
    from ms_gan.metrics import directions
    from ms_gan.metrics.frechet import too_few
    from ms_gan.metrics.translation import Translations

    data = load(config.data, config.seed)
    for notice in data.notices:
        print(f"note: {notice}")
    if data.held_out is None:
        raise UsageError(
            f"{runs['output']}: no pictures were held out of this training; train with --data.held_out 0.1, "
            "or with a folder of test pictures",
            code="few",
        )
    if config.task == "paired":
        data = replace(data, held_out=attacked_pairs(config.data, data.held_out, config.seed))
    prepare = directions.of_pairs if config.task == "paired" else directions.of_domains
    asked = prepare(config.data, data, config.seed, options.num)
    features = [_features(config, data, direction.real.shape[1:], options) for direction in asked]
    found = [directions.look(direction, runs, one) for direction, one in zip(asked, features)]
    sheets = {f"translated{one.network.removeprefix('generator')}.png": each.sheet for one, each in zip(asked, found)}
    notes: List[Optional[str]] = [too_few(min(len(one.real) for one in asked), features[0].width)]
    if config.task == "unpaired" and len(asked[0].partners.made):
        notes.append(NO_TRUTH.format(len(asked[0].partners.made)))
    parts = tuple(each.part for each in found)
    return Translations(
        config.task, _protocol(runs, asked, found, features, data), parts, [*filter(None, notes)]
    ), sheets


def _features(config: Any, data: Any, shape: Tuple[int, int, int], options: Any) -> Any:
    """The extractor for pictures (C, H, W) of one kind; those of the other may have other colours."""
    from ms_gan.metrics.features import open_features
    from ms_gan.metrics.features.random_network import random_features

    if options.features or shape == data.images.shape[1:]:
        return open_features(config.data, data, options.features, config.seed, tuple(options.pixel_range))
    return random_features(shape)


def _protocol(runs: Dict[str, Path], asked: Any, found: Any, features: Any, data: Any) -> Dict[str, Any]:
    """How was measured, as JSON gives it back."""
    from ms_gan import __version__
    from ms_gan.metrics.protocol import describe_features
    from ms_gan.metrics.reference import pixel_digest
    from ms_gan.metrics.rules import RULES

    floor, floor_is = asked[0].floor_is
    columns = {floor: floor_is, "real": "training pictures, as many as were held out"}
    generators = [
        {"column": name, "run": runs[name].resolve().name, "network": direction.network, **asdict(used)}
        for direction, each in zip(asked, found)
        for name, used in each.used.items()
    ]
    counts = " and ".join(f"{len(direction.real):,}" for direction in asked)
    return {
        "features": asdict(describe_features(features[0])),
        "generators": generators,
        "data": f"{data.title}: {counts} pictures that were held out",
        "pixels": [pixel_digest(direction.real, len(direction.real)) for direction in asked],
        "columns": columns,
        "version": __version__,
        "rules": RULES,
    }
