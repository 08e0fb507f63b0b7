"""infer.py --input for a generator of latents: each picture becomes the nearest that it makes (Defense-GAN)."""

from pathlib import Path
from typing import Any, Iterator, List

import numpy as np

from ms_gan.cli.command import data_options
from ms_gan.cli.infer_options import InferOptions
from ms_gan.cli.infer_projection import GREY_LEVELS, read_target
from ms_gan.cli.infer_translation import Made, pictures_at, write_pictures
from ms_gan.pictures.pixels import to_float, to_uint8

MOST_ROWS = 1000  # searches side by side: they share the memory


def wash(sampler: Any, options: InferOptions, path: Path) -> str:
    """Write for a picture, or for each of a folder, the nearest that a generator makes; says how many, and how near.

    Pictures are brought to the generator's size. The options --projection.* say how is searched.

    Raises:
        UsageError: no pictures; a generator that cannot be searched.
        GanError: a picture cannot be read, or a file cannot be written.
    """
    from ms_gan.attacks.defense_gan import DefenseGan, WashPlan

    search, image = options.projection, sampler.card.image
    sources, data = pictures_at(Path(options.translation.input)), data_options(Path(options.ckpt))
    pixels = np.stack([read_target(file, image, search.invert, data, "--input") for _, file in sources])
    plan = WashPlan(search.steps, search.starts, search.lr, options.seed, margin=search.margin)
    defence = DefenseGan(sampler, plan, image.shape, min(len(pixels), max(1, MOST_ROWS // search.starts)))
    names, distances = [name for name, _ in sources], []
    said = write_pictures(_washed(defence, pixels, names, distances), names, options, path)
    return f"{said}, on average {np.mean(distances) * GREY_LEVELS:.1f} of 255 from what was given,"


def _washed(defence: Any, pixels: np.ndarray, names: List[str], distances: List[float]) -> Iterator[Made]:
    """What is found for pictures (N, C, H, W), uint8; their root mean squared distances are appended."""
    found = defence.wash(to_float(pixels))
    distances.extend(found.distances)
    for name, before, after in zip(names, pixels, to_uint8(found.images)):
        yield Made(name, before, after, None)
