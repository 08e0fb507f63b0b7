"""python -m ms_gan.data.make_maps: drawings made into maps of classes, each class a colour.

The colours are the centres of all pictures' colours by k-means (Lloyd 1982, begun as by Arthur and Vassilvitskii 2007);
where pictures have transparent pixels these are a class of their own, the background.
"""

import sys
from functools import partial
from pathlib import Path
from typing import List, Optional, Tuple

import numpy as np
from PIL import Image, ImageFilter

from ms_gan.config.data_section import MAX_PIXELS
from ms_gan.config.help import Parser
from ms_gan.config.paths import FOLDER, kind_at
from ms_gan.data.decode import formats
from ms_gan.data.decoded import in_threads
from ms_gan.data.folder import find_pictures, parse_colour
from ms_gan.data.legend import LEGEND, MOST_CLASSES, Legend, of_colours
from ms_gan.errors import GanError, UsageError
from ms_gan.files import counted, whole_folder, write_text
from ms_gan.runtime.run_command import run_command
from ms_gan.seeds import Purpose, stream

PROGRAM = "python -m ms_gan.data.make_maps"
ABOUT = """\
Make maps of drawings: each pixel becomes one of a few classes, the colours that all pictures have in common. \
Writes a PNG with a palette for each picture, of the same name, and classes.json with the classes' names, which may be \
changed there."""
EXAMPLES = f"""\
  {PROGRAM} drawings --classes 12 --output maps
  python train.py --config spade --data.a maps --data.b photographs"""
SAMPLED = 120_000  # pixels of all pictures that the colours are found by
ROUNDS = 40  # of k-means, at most
OPAQUE = 128  # of 255: below it a pixel is background


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_make_maps, argv)


def _make_maps(argv: List[str]) -> int:
    parser = Parser(PROGRAM, ABOUT, EXAMPLES)
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="drawings, in any subfolders")
    parser.add_argument("--output", type=Path, required=True, help="folder to make")
    parser.add_argument("--classes", type=int, default=12, help="how many classes; the background is one")
    parser.add_argument("--smooth", type=int, default=1, help="times that single pixels take their neighbours' class")
    parser.add_argument("--background", default="white", help="colour of the background's class: a name or #rrggbb")
    parser.add_argument("--seed", type=int, default=0, help="fixes which pixels the colours are found by")
    given = parser.parse_args(argv)
    background = parse_colour(given.background)
    if not 2 <= given.classes <= MOST_CLASSES:
        raise UsageError(f"--classes: {given.classes} is out of range; allowed: 2 to {MOST_CLASSES}")
    if not 0 <= given.smooth <= 10:
        raise UsageError(f"--smooth: {given.smooth} is out of range; allowed: 0 to 10")
    if kind_at(given.folder, "FOLDER") != FOLDER:
        raise UsageError(f"{given.folder}: no such folder")
    if kind_at(given.output, "--output") is not None and (not given.output.is_dir() or any(given.output.iterdir())):
        raise UsageError(f"--output {given.output}: is there already; name a new or an empty folder")
    names = [file.name for file in find_pictures(given.folder).files]
    if not names:
        raise UsageError(f"{given.folder}: holds no pictures, even in its subfolders")
    legend, transparent = find_classes(given.folder, names, given.classes, given.seed, background)
    with whole_folder(given.output) as draft:
        write = partial(_write, given.folder, draft, legend, transparent, given.smooth)
        for _ in in_threads(write, names, "writing maps", MAX_PIXELS):
            pass
        write_text(draft / LEGEND, legend.to_json())
    print(f"{counted(len(names), 'map')} of {len(legend.names)} classes in {given.output}: {', '.join(legend.names)}")
    return 0


def _read(folder: Path, name: str) -> np.ndarray:
    """A picture's colours and opacity, uint8 (H, W, 4). Raises a GanError where it cannot be read."""
    try:
        with Image.open(folder / name, formats=formats()) as image:
            return np.array(image.convert("RGBA"))
    except Exception as error:  # Pillow's readers raise whatever their parsing of a broken file runs into
        raise GanError(f"{folder / name}: cannot be read ({' '.join(str(error).split())}); remove it") from None


def find_classes(
    folder: Path, names: List[str], count: int, seed: int, background: Tuple[int, int, int] = (255, 255, 255)
) -> Tuple[Legend, bool]:
    """The colours that pictures have in common, as classes, the most frequent one first.

    Args:
        folder: where the names begin.
        names: of the pictures.
        count: how many classes.
        seed: fixes which pixels are looked at.
        background: the colour of the class of transparent pixels.

    Returns:
        the classes, and whether the first of them is that of transparent pixels.
    """
    each = max(16, SAMPLED // len(names))
    pixels, transparent = [], False
    for place, rgba in enumerate(in_threads(partial(_read, folder), names, "looking at colours", MAX_PIXELS)):
        opaque = rgba[..., 3] >= OPAQUE
        transparent |= not opaque.all()
        colours = rgba[opaque][:, :3]
        random = stream(seed, Purpose.DATA_ORDER, place)
        pixels.append(colours[random.integers(0, len(colours), each)] if len(colours) else colours)
    found = np.concatenate(pixels).astype(np.float32)
    centres = k_means(found, count - transparent, seed)
    colours = [tuple(int(part) for part in np.rint(centre)) for centre in centres]
    colours = [colour for colour in dict.fromkeys(colours) if not (transparent and colour == background)]
    legend = of_colours([background, *colours] if transparent else colours)
    if transparent:
        legend = legend._replace(names=("background", *of_colours(colours).names))
    return legend, transparent


def k_means(points: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Centres (count, d) of points (n, d), float32, the one with most points first; fewer where points are fewer."""
    random = stream(seed, Purpose.DATA_ORDER, 1 << 40)
    centres = points[random.integers(0, len(points), 1)]
    nearest = np.square(points - centres).sum(1)
    while len(centres) < count and nearest.max() > 0:
        # The next centre is a point that is far from those before it, with the square of its distance as its chance.
        place = np.searchsorted(nearest.cumsum(dtype=np.float64), random.random() * nearest.sum(dtype=np.float64))
        centres = np.concatenate([centres, points[[min(place, len(points) - 1)]]])
        nearest = np.minimum(nearest, np.square(points - centres[-1]).sum(1))
    for _ in range(ROUNDS):
        own = nearest_of(points, centres)
        counts = np.bincount(own, minlength=len(centres))
        sums = np.stack([np.bincount(own, column, len(centres)) for column in points.T], 1)
        moved = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres).astype(np.float32)
        if np.array_equal(moved, centres):
            break
        centres = moved
    return centres[np.argsort(-np.bincount(nearest_of(points, centres), minlength=len(centres)), kind="stable")]


def nearest_of(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """For each of the points (n, d) the place of the nearest of the centres (k, d), (n,)."""
    return (np.square(centres).sum(1) - 2 * points @ centres.T).argmin(1)


def _write(folder: Path, output: Path, legend: Legend, transparent: bool, smooth: int, name: str) -> None:
    """The map of a picture as a PNG with the classes' colours as its palette."""
    rgba = _read(folder, name)
    colours = np.array(legend.colours, np.float32)[int(transparent) :]
    flat = rgba[..., :3].reshape(-1, 3).astype(np.float32)
    numbers = (nearest_of(flat, colours) + int(transparent)).reshape(rgba.shape[:2]).astype(np.uint8)
    if transparent:
        numbers[rgba[..., 3] < OPAQUE] = 0
    image = Image.fromarray(numbers)
    for _ in range(smooth):
        image = image.filter(ImageFilter.ModeFilter(3))
    image = Image.fromarray(np.asarray(image), "L")
    coloured = Image.new("P", image.size)
    coloured.putdata(np.asarray(image).reshape(-1).tolist())
    coloured.putpalette(np.array(legend.colours, np.uint8).reshape(-1).tolist())
    path = (output / name).with_suffix(".png")
    path.parent.mkdir(parents=True, exist_ok=True)
    coloured.save(path)


if __name__ == "__main__":
    sys.exit(main())
