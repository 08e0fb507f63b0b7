"""What entries of the zoo make: a few pictures of each, and a sheet of all."""

from pathlib import Path
from typing import Any, Iterable, Optional, Tuple

import numpy as np
from PIL import Image, ImageDraw

from ms_gan.data.maps import in_colour
from ms_gan.files import whole_file
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.opened import Opened
from ms_gan.generators.painter import Painter
from ms_gan.pictures.grids import grid, made_by, to_pillow
from ms_gan.pictures.pixels import to_float, to_uint8

KEPT = 10  # pictures in a row
ROWS = 2
SIDE = 64  # pixels of a picture on the sheet
HEADING = 20  # pixels


def drawn(opened: Opened, given: Optional[np.ndarray] = None) -> np.ndarray:
    """Pictures of a generator, (n, C, H, W) uint8: always the same ones.

    Args:
        opened: the generator.
        given: pictures (n, C', H, W), uint8, for one that takes them, or maps (n, H, W), uint8, painted in the typical
            style; None: latents of seed 0, the same two in each of the first classes, a row a latent, where it takes
            labels.
    """
    if takes_maps(opened):
        painter = Painter(opened)
        # One at a time: many at once are filled up to a block.
        return np.concatenate([painter.paint(one) for one in np.split(given, len(given))])
    if given is not None:
        return to_uint8(opened.run(to_float(given)))
    if not opened.card.classes:
        return opened.samples(0, ROWS * KEPT)
    classes = range(min(KEPT, len(opened.card.classes)))
    images = to_uint8(opened.of_classes(sample_latents(0, 0, ROWS, opened.card.latent), classes))
    return images.reshape(len(classes), ROWS, *images.shape[1:]).swapaxes(0, 1).reshape(images.shape)


def takes_maps(opened: Opened) -> bool:
    """Whether a generator paints maps of classes."""
    return opened.card.port("map") is not None


def shown_as(opened: Opened, given: Optional[np.ndarray]) -> Optional[np.ndarray]:
    """What a generator is given as pictures, (n, C', H, W) uint8: maps in the colours of their classes; or None."""
    return in_colour(given, Painter(opened).legend.colours) if takes_maps(opened) else given


def save_sheet(shown: Iterable[Tuple[str, Any, np.ndarray]], path: Path) -> None:
    """Write a sheet with some rows of each generator.

    Args:
        shown: of each the heading, the pictures (n, C', H, W) that it was given, or None, and those (n, C, H, W) that
            it made, uint8.
        path: the file.

    Raises:
        CannotWrite: the file.
    """
    parts = []
    for heading, given, made in shown:
        rows = made if given is None else np.concatenate([_colours(given), _colours(made)])
        columns = KEPT if len(rows) % KEPT == 0 else len(rows) // ROWS
        scale = max(1, SIDE // rows.shape[-1])
        picture = to_pillow(grid(_colours(rows.repeat(scale, axis=2).repeat(scale, axis=3)), columns))
        part = Image.new("RGB", (picture.width, picture.height + HEADING), (32, 32, 32))
        ImageDraw.Draw(part).text((4, 4), heading, fill=(255, 255, 255))
        part.paste(picture, (0, HEADING))
        parts.append(part)
    sheet = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), (32, 32, 32))
    top = 0
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    with whole_file(path) as temporary:
        sheet.save(temporary, **made_by(".png"))


def _colours(images: np.ndarray) -> np.ndarray:
    """Images (N, 1, H, W) or (N, 3 or more, H, W) as (N, 3, H, W)."""
    return images[:, :3] if images.shape[1] >= 3 else images[:, :1].repeat(3, axis=1)
