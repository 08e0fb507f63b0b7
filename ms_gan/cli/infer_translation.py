"""infer.py --input: what a generator makes of pictures."""

import math
import sys
from functools import partial
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import numpy as np
from PIL import Image

from ms_gan.cli.command import data_options
from ms_gan.cli.infer_checks import LARGEST_GRID, ending_of
from ms_gan.cli.infer_options import InferOptions
from ms_gan.errors import GanError, UsageError
from ms_gan.files import counted, whole_file, whole_folder

SHEET_SIDE = 512  # pixels: larger pictures are made smaller on a sheet
GROUND = 32  # grey level of a sheet, as of grids
OPAQUE = 128  # of 255, from which on a pixel is no hole


class Made(NamedTuple):
    """A picture: its name below the folder, what the generator was given and made, (C, H, W) uint8; opacity (H, W)."""

    name: str
    before: np.ndarray
    after: np.ndarray
    alpha: Optional[np.ndarray]


def translate(translator: Any, options: InferOptions, path: Path) -> str:
    """Write what a generator makes of a picture or of a folder of them; says how many.

    Raises:
        UsageError: no pictures, a mask that fits neither the generator nor a picture, pictures of several sizes for a
            .npy, or too many for a sheet.
        GanError: no picture can be read, or a file cannot be written.
    """
    wanted = options.translation
    if wanted.mask is not None and not translator.takes_hole:
        raise UsageError("--mask: this generator fills in no holes; leave it out")
    translator.limit_tiles(wanted.tile)
    source = Path(wanted.input)
    sources = pictures_at(source)
    failures: List[str] = []
    made = _made_of(translator, options, sources, None if source.is_file() else failures)
    said = write_pictures(made, [name for name, _ in sources], options, path)
    if failures:
        print(f"{counted(len(failures), 'picture')} left out: {'; '.join(failures[:5])}", file=sys.stderr)
    return said


def write_pictures(made: Iterator[Made], names: List[str], options: InferOptions, path: Path) -> str:
    """Write what is made of pictures to where the options ask for it; says how many.

    Args:
        made: of each picture, as it comes.
        names: of all of them.
        options: complete.
        path: a folder, a .npy or a .png.

    Raises:
        UsageError: pictures of several sizes for a .npy, or too many for a sheet.
        GanError: a file cannot be written.
    """
    ending, is_file = ending_of(options.output), Path(options.translation.input).is_file()
    if ending == ".png" and 2 * len(names) > LARGEST_GRID:
        raise UsageError(f"--output {path}: a sheet shows at most {LARGEST_GRID // 2:,} pictures; name a folder")
    if ending == "":
        count = _save_folder(made, names, path)
    elif ending == ".npy":
        count = _save_array(list(made), path)
    elif is_file:
        count = sum(_save(one, path) for one in made)
    else:
        count = _save_sheet(list(made), path)
    return counted(count, "picture")


def pictures_at(source: Path) -> List[Tuple[str, Path]]:
    """(name below the folder, file) of one picture, or of all in a folder and its subfolders.

    Raises:
        UsageError: there are none.
    """
    from ms_gan.data.folder import find_pictures

    if source.is_file():
        return [(source.name, source)]
    files = [(file.name, source / file.name) for file in find_pictures(source).files]
    if not files:
        raise UsageError(f"--input {source}: holds no pictures, even in its subfolders")
    return files


def _made_of(
    translator: Any, options: InferOptions, sources: List[Tuple[str, Path]], failures: Optional[List[str]]
) -> Iterator[Made]:
    """What is made of each picture; a GanError where one cannot be used, or, with `failures`, where none can."""
    from ms_gan.data.decode import Unreadable, allowing
    from ms_gan.runtime.progress import tracked

    read = _reader(options, translator.channels)
    hole = None
    with allowing(data_options(Path(options.ckpt)).max_pixels):
        if options.translation.mask is not None:
            hole = _mask(options)
        for name, file in tracked(sources, "Making pictures", len(sources), "picture"):
            try:
                pixels, alpha = read(file)
                given = translator.prepared(pixels, _hole(translator, name, pixels, alpha, hole))
            except (Unreadable, UsageError) as error:
                why = f"{name}: cannot be read as an image ({error})" if isinstance(error, Unreadable) else str(error)
                if failures is None or len(sources) == 1:
                    raise GanError(f"--input {file.parent / why}") from None
                failures.append(why)
                continue
            alpha = None if translator.takes_hole else alpha
            yield Made(name, translator.shown(given), translator.finished(given), alpha)
    if failures and len(failures) == len(sources):
        raise GanError(f"--input {options.translation.input}: no picture can be used: {failures[0]}")


def _reader(options: InferOptions, channels: int) -> Any:
    """A function from a file to its pixels and opacity, as the run's training read its pictures."""
    from ms_gan.data.folder import parse_colour
    from ms_gan.data.pixel_range import checked_range
    from ms_gan.data.whole import decode_whole

    data = data_options(Path(options.ckpt))
    return partial(
        decode_whole,
        channels=channels,
        background=parse_colour(data.background),
        pixel_range=checked_range(data.range),
        most=options.translation.size,
    )


def _mask(options: InferOptions) -> np.ndarray:
    """Where --mask is white, bool (H, W)."""
    from ms_gan.data.decode import Unreadable

    try:
        pixels, _ = _reader(options, 1)(Path(options.translation.mask))
    except Unreadable as error:
        raise GanError(f"--mask {options.translation.mask}: cannot be read as an image ({error})") from None
    return pixels[0] >= OPAQUE


def _hole(
    translator: Any, name: str, pixels: np.ndarray, alpha: Optional[np.ndarray], mask: Optional[np.ndarray]
) -> Optional[np.ndarray]:
    """Where a picture is to be filled in, bool (H, W); None of a generator that does not do so."""
    if not translator.takes_hole:
        return None
    hole = mask if mask is not None else np.zeros(pixels.shape[1:], bool) if alpha is None else alpha < OPAQUE
    if hole.shape != pixels.shape[1:]:
        sizes = [f"{shape[1]}x{shape[0]}" for shape in (hole.shape, pixels.shape[1:])]
        raise UsageError(
            f"{name}: the mask has {sizes[0]} pixels and the picture {sizes[1]}; make them the same size",
            code="mismatch",
        )
    if not hole.any():
        raise UsageError(
            f"{name}: has no hole to fill in; name a picture of it by --mask, or make it transparent", code="missing"
        )
    return hole


def _picture(one: Made) -> Image.Image:
    """What was made, as a Pillow image with the opacity that the picture had."""
    from ms_gan.pictures.grids import to_pillow

    image = to_pillow(one.after)
    if one.alpha is not None:
        image.putalpha(Image.fromarray(one.alpha).resize(image.size, Image.Resampling.BICUBIC))
    return image


def _save(one: Made, path: Path) -> int:
    with whole_file(path) as temporary:
        _picture(one).save(temporary)
    return 1


def _save_folder(made: Iterator[Made], names: List[str], path: Path) -> int:
    """A PNG for each picture in a new folder, which appears when all are there."""
    targets = png_names(names)
    with whole_folder(path) as draft:
        for one in made:
            target = draft / targets.pop(one.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            _picture(one).save(target)
    return len(names) - len(targets)


def png_names(names: List[str]) -> Dict[str, str]:
    """Names of PNG files for pictures: the same stems; the old ending stays before the new one where two share one."""
    stems = [str(Path(name).with_suffix("")) for name in names]
    return {name: (stem if stems.count(stem) == 1 else name) + ".png" for name, stem in zip(names, stems)}


def _save_array(made: List[Made], path: Path) -> int:
    from ms_gan.pictures.grids import save_array

    shapes = {one.after.shape[1:] for one in made}
    if len(shapes) > 1:
        raise UsageError(f"--output {path}: a .npy holds pictures of one size, and these have several; name a folder")
    save_array(((number, one.after[None]) for number, one in enumerate(made)), (len(made), *made[0].after.shape), path)
    return len(made)


def _save_sheet(made: List[Made], path: Path) -> int:
    """Each picture beside what was made of it."""
    from ms_gan.pictures.grids import save_grid

    pictures = [_fitting(image) for one in made for image in (one.before, one.after)]
    channels, height, width = (max(image.shape[axis] for image in pictures) for axis in range(3))
    cells = np.full((len(pictures), channels, height, width), GROUND, np.uint8)
    for cell, image in zip(cells, pictures):
        top, left = (height - image.shape[1]) // 2, (width - image.shape[2]) // 2
        cell[:, top : top + image.shape[1], left : left + image.shape[2]] = image  # grey ones in all colours
    save_grid(cells, path, 2 * max(1, round(math.sqrt(len(made) / 2))))
    return len(made)


def _fitting(image: np.ndarray) -> np.ndarray:
    """A picture (C, H, W) uint8 of at most SHEET_SIDE pixels a side."""
    from ms_gan.pictures.resizing import resized

    scale = SHEET_SIDE / max(image.shape[1:])
    return image if scale >= 1 else resized(image, tuple(max(1, round(side * scale)) for side in image.shape[1:]))
