"""eval.py for runs that make pictures of maps: measured on maps that no training saw, beside floors."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

from ms_gan.cli.command import continued
from ms_gan.cli.eval_translation import NOT_FOR_THEM
from ms_gan.config.paths import FILE, kind_at
from ms_gan.errors import UsageError
from ms_gan.files import write_text
from ms_gan.tasks import read_config

STYLES = 4  # in which each map is painted, to tell how much they differ
COLOURS = "colours"  # the column of what needs no network
SHOWN = 12  # rows of the sheet


def is_map_run(folder: Path) -> bool:
    """Whether this is the folder of a run that makes pictures of maps.

    Raises:
        UsageError: a run whose options cannot be read.
    """
    return kind_at(folder / "config.yaml", "--ckpt") == FILE and read_config(folder).task == "map"


def evaluate_maps(options: Any, given: Dict[str, Any], refuse_output: Callable[[Path], None]) -> int:
    """Measure a run, write what was found, and print it.

    Args:
        options, given: of eval.py.
        refuse_output: refuses a folder that cannot be written to.

    Raises:
        UsageError: an option that these runs have no use for, or that contradicts the run; no maps held out.
        GanError: files that are damaged, or that cannot be written.
    """
    for name in (*NOT_FOR_THEM, "beside"):
        if name in given:
            raise UsageError(f"--{name}: is not for a run that makes pictures of maps; remove it")
    folder = Path(options.ckpt)
    of_data = {key: value for key, value in given.items() if key.startswith("data.")}
    config = continued(read_config(folder), of_data, folder)
    output = Path(options.output or folder)
    refuse_output(output)

    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.metrics.pictures import save_headline
    from ms_gan.metrics.table import for_terminal, translated
    from ms_gan.pictures.grids import save_grid

    report, sheet = _measured(folder, config, options)
    write_text(output / "evaluation.json", report.to_json())
    save_grid(sheet.reshape(-1, *sheet.shape[2:]), output / "painted.png", sheet.shape[1])
    print(f"{', '.join(['evaluation.json', 'painted.png', *save_headline(folder, output)])} in {output}\n", flush=True)
    print(for_terminal(translated(report), sys.stdout.encoding))
    return 0


def _measured(folder: Path, config: Any, options: Any) -> Tuple[Any, Any]:
    """The report, and the sheet, uint8 (rows, columns, C, H, W)."""
    import numpy as np

    from ms_gan.data import load
    from ms_gan.data.maps import in_colour
    from ms_gan.generators.painter import Painter
    from ms_gan.generators.sampling import open_generator
    from ms_gan.metrics import maps, segmenter
    from ms_gan.metrics.features import open_features
    from ms_gan.metrics.frechet import too_few
    from ms_gan.metrics.translation import OUTPUT, REAL, Translations, in_step, measure

    data = load(config.data, config.seed)
    for notice in data.notices:
        print(f"note: {notice}")
    if data.held_out is None:
        raise UsageError(f"{folder}: no maps were held out of this training; train with --data.held_out 0.1")
    painter = Painter(open_generator(folder))
    if painter.legend != data.legend:
        raise UsageError(f"{folder}: its classes are not those of the maps; give the maps that it was trained on")
    numbers, truths, classes = data.held_out.maps[: options.num], data.held_out.images[: options.num], data.legend.names
    count = STYLES if painter.style else 1
    styles = painter.styles(config.seed, count * len(numbers)).reshape(count, len(numbers), -1)
    styled = [painter.paint(numbers, style) for style in styles]
    made = {
        OUTPUT: styled[0],
        COLOURS: maps.in_mean_colours(data.maps, data.images, numbers, len(classes)),
    }
    looks = segmenter.fit_segmenter(data.images, data.maps, len(classes))
    found = {
        name: maps.agreement(numbers, segmenter.seen_by(looks, pictures), len(classes))
        for name, pictures in {**made, REAL: truths}.items()
    }
    if count > 1:
        found[OUTPUT]["diversity"] = maps.diversity(styled)
    features = open_features(config.data, data, options.features, config.seed, tuple(options.pixel_range))
    part = measure("pictures of maps", made, truths, data.images, features, in_step(len(numbers)), more=found)
    for column in part.columns:
        if column.name == REAL:
            column.values.update(found[REAL])
    notes: List[str] = [*filter(None, [too_few(len(truths), features.width)])]
    report = Translations(
        "map", _protocol(painter, folder.resolve().name, features, data, len(numbers)), (part,), notes
    )
    coloured = in_colour(numbers, data.legend.colours)
    if truths.shape[1] == 1:
        coloured = coloured.mean(1, keepdims=True).astype(np.uint8)
    return report, np.stack([coloured, *styled[:2], truths], axis=1)[:SHOWN]


def _protocol(painter: Any, run: str, features: Any, data: Any, count: int) -> Dict[str, Any]:
    """How was measured, as JSON gives it back."""
    from ms_gan import __version__
    from ms_gan.metrics.protocol import describe_features, describe_generator
    from ms_gan.metrics.reference import pixel_digest
    from ms_gan.metrics.rules import RULES
    from ms_gan.metrics.translation import OUTPUT

    return {
        "features": asdict(describe_features(features)),
        "generators": [{"column": OUTPUT, "run": run, "network": "generator", **asdict(describe_generator(painter))}],
        "data": f"{data.title}: {count:,} that were held out",
        "pixels": [pixel_digest(data.held_out.images, len(data.held_out.images))],
        "columns": {
            COLOURS: "each class in its mean colour",
            "real": "held-out pictures themselves; for the Frechet distance training pictures, as many",
        },
        "version": __version__,
        "rules": RULES,
    }
