"""Grids, animations and plots."""

import math
import os
import sys
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

import numpy as np
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from ms_gan.files import whole_file, whole_folder

GAP = 2  # pixels between the images of a grid
MADE_BY, MAKER = "Software", "ms_gan"  # what sheets and plots say of themselves: they are no training images
FRAMES = 200  # of an animation; a longer training is thinned to so many
FRAME_PIXELS = 40_000_000  # of all frames together, about as many bytes; larger frames are made smaller


def to_pillow(image: np.ndarray) -> Image.Image:
    """(C, H, W) uint8, C = 1 or 3, as a Pillow image."""
    return Image.fromarray(image[0] if image.shape[0] == 1 else np.ascontiguousarray(image.transpose(1, 2, 0)))


def grid(images: np.ndarray, columns: Optional[int] = None) -> np.ndarray:
    """Images (N, C, H, W) uint8 side by side on a dark ground, as (C, height, width); nearly square unless told."""
    count, channels, height, width = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.full((channels, rows * (height + GAP) + GAP, columns * (width + GAP) + GAP), 32, np.uint8)
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + GAP) + GAP, (i % columns) * (width + GAP) + GAP
        sheet[:, top : top + height, left : left + width] = image
    return sheet


def made_by(ending: str) -> Dict[str, Any]:
    """What Pillow is told to write into a sheet, a plot or an animation, so that it is not taken for a training image.

    Args:
        ending: of the file: .png, .gif or .webp; others keep no such text.
    """
    if ending == ".png":
        text = PngInfo()
        text.add_text(MADE_BY, MAKER)
        return {"pnginfo": text}
    if ending == ".webp":
        exif = Image.Exif()
        exif[ExifTags.Base.Software] = MAKER
        return {"exif": exif.tobytes()}
    return {"comment": MAKER.encode()} if ending == ".gif" else {}


def save_image(image: np.ndarray, path: Path) -> None:
    """Write (C, H, W) uint8 as a picture in the format that the suffix names. Raises GanError where it cannot."""
    with whole_file(path) as temporary:
        to_pillow(image).save(temporary)


def save_grid(images: np.ndarray, path: Path, columns: Optional[int] = None) -> None:
    """Write images (N, C, H, W) uint8 as one picture, which says in its file that ms_gan made it."""
    with whole_file(path) as temporary:
        to_pillow(grid(images, columns)).save(temporary, **made_by(path.suffix.lower()))


def save_array(blocks: Iterable[Tuple[int, np.ndarray]], shape: Tuple[int, int, int, int], path: Path) -> None:
    """Write images as they come into a .npy file: uint8 (N, H, W) for grey ones, (N, H, W, 3) for coloured ones.

    Args:
        blocks: pairs of (number of the first image, images (n, C, H, W) uint8), in order.
        shape: (N, C, H, W) of all of them together.
        path: the file.
    """
    count, channels, height, width = shape
    stored = (count, height, width) if channels == 1 else (count, height, width, channels)
    header = {"descr": "|u1", "fortran_order": False, "shape": stored}
    with whole_file(path) as temporary, open(temporary, "wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for _, images in blocks:
            file.write(np.ascontiguousarray(images.transpose(0, 2, 3, 1)).tobytes())


def save_folder(blocks: Iterable[Tuple[int, np.ndarray]], count: int, path: Path) -> None:
    """Write blocks (n, C, H, W) as numbered PNGs into a new folder, which appears only when all are there.

    Raises:
        CannotWrite: the folder.
    """
    digits = max(5, len(str(count - 1)))
    with whole_folder(path) as draft:
        for start, images in blocks:
            for i, image in enumerate(images, start):
                to_pillow(image).save(draft / f"{i:0{digits}d}.png")


def save_animation(frames: Sequence[Image.Image], path: Path, seconds: float, rest: bool = True) -> None:
    """Write frames as a GIF that loops.

    Args:
        frames: pictures of one size, at least one.
        path: the file.
        seconds: how long one round lasts, without the rest.
        rest: whether it rests on the last frame before it starts again.
    """
    duration = max(20, int(1000 * seconds / len(frames)))
    durations = [duration] * (len(frames) - 1) + [duration + 1500 * rest]
    with whole_file(path) as temporary:
        about = {"duration": durations, "loop": 0, **made_by(".gif")}
        frames[0].save(temporary, save_all=True, append_images=list(frames[1:]), **about)


def animate_files(paths: List[Path], path: Path) -> None:
    """Write the pictures in `paths`, in this order, as an animation of no more than FRAMES and FRAME_PIXELS."""
    chosen = np.unique(np.linspace(0, len(paths) - 1, min(len(paths), FRAMES)).round().astype(int))
    frames = []
    for i in chosen:
        with Image.open(paths[i]) as picture:
            scale = math.sqrt(min(1.0, FRAME_PIXELS / len(chosen) / (picture.width * picture.height)))
            if scale < 1:
                picture = picture.resize((max(1, int(picture.width * scale)), max(1, int(picture.height * scale))))
            frames.append(picture.convert("P" if picture.mode == "L" else "RGB"))
    save_animation(frames, path, seconds=min(10.0, 0.2 * len(frames)))


def plot_curves(records: Sequence[Dict[str, float]], charts: Sequence[Tuple[Any, Sequence[Any]]], path: Path) -> None:
    """Plot statistics of a training over its epochs, one chart below the other.

    Args:
        records: training records with `epoch` and the statistics.
        charts: each with its unit and scale (ChartPlan) and the statistics that it shows (Statistic).
        path: the file.
    """
    figure = new_figure(8, 3 * len(charts))
    below = figure.subplots(len(charts), 1, sharex=True, squeeze=False)[:, 0]
    epochs = [record["epoch"] for record in records]
    for axes, (plan, curves) in zip(below, charts):
        for one in curves:
            axes.plot(epochs, [record[one.key] for record in records], label=one.label, linewidth=1)
        axes.legend(loc="upper right")
        axes.grid(alpha=0.3)
        axes.set_ylabel(plan.unit)
        if plan.scale == "share":
            axes.set_ylim(0, 1)
        elif plan.scale == "log":
            axes.set_yscale("log")
    below[-1].set_xlabel("epoch")
    save_figure(figure, path)


def new_figure(width: float, height: float) -> Any:
    """An empty matplotlib figure of so many inches."""
    if "matplotlib" not in sys.modules:  # takes a second to import, and only some commands plot
        # Read by its import, though nothing is shown on a screen here: a notebook's may not exist for this Python.
        os.environ["MPLBACKEND"] = "agg"
        import matplotlib

        # A person's matplotlibrc is for their own plots, and may ask for what is missing here, such as LaTeX.
        matplotlib.rcdefaults()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def save_figure(figure: Any, path: Path) -> None:
    """Write a matplotlib figure as a PNG, whole or not at all."""
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=100, metadata={MADE_BY: MAKER})
