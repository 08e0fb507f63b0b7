"""infer.py --input for generators that make pictures of maps."""

from pathlib import Path
from typing import Any, Iterator, List, NamedTuple, Tuple

import numpy as np

from ms_gan.cli.infer_checks import LARGEST_GRID, ending_of
from ms_gan.cli.infer_options import InferOptions
from ms_gan.cli.infer_translation import pictures_at, png_names
from ms_gan.errors import UsageError
from ms_gan.files import counted, whole_folder

BLOCK_MAPS = 64


class Painted(NamedTuple):
    """A map: its name below the folder, itself in colours, uint8 (3, H, W), and its pictures, uint8 (n, C, H, W)."""

    name: str
    map: np.ndarray
    pictures: np.ndarray


def paint_maps(opened: Any, options: InferOptions, path: Path) -> str:
    """Write the pictures of a map, or of a folder of maps; says how many.

    Without --seed or --num each has one picture, of the typical style; otherwise --num of the seed's styles.

    Raises:
        UsageError: no maps, styles of a generator that has none, or too many pictures for a sheet.
        GanError: a map that cannot be read, or has a pixel that is no class; or a file cannot be written.
    """
    from ms_gan.data.decode import allowing
    from ms_gan.generators.latents import truncated
    from ms_gan.generators.painter import Painter

    painter, sources, ending = Painter(opened), pictures_at(Path(options.translation.input)), ending_of(options.output)
    count = options.num or 1
    if not painter.style and count > 1:
        raise UsageError(f"--num {count}: this generator makes one picture of each map; leave it out")
    if len(options.factors) > 1:
        raise UsageError(f"--truncation {options.truncation}: beside --input it takes one factor, such as 0.7")
    if ending == ".png" and (1 + count) * len(sources) > LARGEST_GRID:
        raise UsageError(f"--output {path}: a sheet shows at most {LARGEST_GRID:,} pictures; name a folder")
    styled = options.num is not None or options.truncation is not None or options.seed
    latents = painter.styles(options.seed, count) if styled else painter.typical(count)
    latents = truncated(latents, options.factors) if painter.style else latents
    from ms_gan.config.map_sections import MapsConfig

    with allowing(MapsConfig().max_pixels):
        painted = _painted(painter, sources, latents)
        if ending == "":
            _save_folder(painted, [name for name, _ in sources], count, path)
        else:
            _save_file(list(painted), ending, count, path)
    return counted(len(sources) * count, "picture")


def _painted(painter: Any, sources: List[Tuple[str, Path]], latents: np.ndarray) -> Iterator[Painted]:
    """Each map with its pictures, made many at a time."""
    from ms_gan.data.maps import in_colour
    from ms_gan.runtime.progress import progress

    each = max(1, BLOCK_MAPS // len(latents))
    with progress("making pictures", len(sources), "map") as update:
        for start in range(0, len(sources), each):
            part = sources[start : start + each]
            maps = np.stack([painter.read(file, str(file)) for _, file in part])
            styles = np.tile(latents, (len(part), 1))
            made = painter.paint(maps.repeat(len(latents), 0), styles)
            made = made.reshape(len(part), len(latents), *made.shape[1:])
            coloured = in_colour(maps, painter.legend.colours)
            yield from (Painted(name, one, pictures) for (name, _), one, pictures in zip(part, coloured, made))
            update(len(part))


def _save_folder(painted: Iterator[Painted], names: List[str], count: int, path: Path) -> None:
    """A PNG for each picture in a new folder, which appears when all are there; `-2` and so on for further styles."""
    from ms_gan.pictures.grids import to_pillow

    targets = png_names(names)
    with whole_folder(path) as draft:
        for one in painted:
            target = draft / targets[one.name]
            target.parent.mkdir(parents=True, exist_ok=True)
            for number, picture in enumerate(one.pictures):
                named = target if number == 0 else target.with_name(f"{target.stem}-{number + 1}.png")
                to_pillow(picture).save(named)


def _save_file(painted: List[Painted], ending: str, count: int, path: Path) -> None:
    """A single picture as it is; else a sheet with a row for each map, itself and its pictures; or an array."""
    from ms_gan.pictures.grids import save_array, save_grid, save_image

    pictures = np.concatenate([one.pictures for one in painted])
    if ending == ".npy":
        save_array([(0, pictures)], pictures.shape, path)
    elif len(pictures) == 1:
        save_image(pictures[0], path)
    else:
        colours = [np.broadcast_to(one.pictures, (count, 3, *one.map.shape[1:])) for one in painted]
        rows = [np.concatenate([one.map[None], own]) for one, own in zip(painted, colours)]
        save_grid(np.concatenate(rows), path, (1 + count) * max(1, 8 // (1 + count)))
