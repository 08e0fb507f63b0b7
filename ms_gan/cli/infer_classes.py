"""infer.py --class-walk: the same latents on the way from class to class."""

from pathlib import Path
from typing import Any

import numpy as np

from ms_gan.cli.infer import chosen
from ms_gan.cli.infer_options import InferOptions
from ms_gan.errors import UsageError
from ms_gan.files import counted


def class_walks(sampler: Any, options: InferOptions, path: Path) -> str:
    """Walks through classes as rows of a picture, a row a latent, or as a movie that loops; says how many.

    Between two classes the generator is given a mixture of both: of their one-hot vectors, of the rows of its norms.

    Raises:
        UsageError: a generator without classes, a class that it does not have, or one class alone.
    """
    from ms_gan.generators import walks
    from ms_gan.generators.labels import wanted_classes
    from ms_gan.generators.latents import truncated
    from ms_gan.pictures import grids, movies
    from ms_gan.pictures.pixels import to_uint8

    names, pictures = sampler.card.classes, options.walk.classes
    classes = wanted_classes(options.classes or "all", names)
    if len(classes) < 2:
        raise UsageError(f"--classes {options.classes}: a walk needs two classes or more, such as 3,7")
    wanted = chosen(sampler, options, path, len(classes))
    latents = truncated(wanted.part(0, len(wanted)), options.factors)
    one_hot = np.eye(len(names), dtype=np.float32)[classes]
    stops = np.repeat(one_hot[:, None], len(latents), axis=1)
    said = f"{counted(len(latents), 'walk')} through {len(classes)} classes"

    def images(weights: np.ndarray) -> np.ndarray:
        """Images (..., C, H, W), uint8, of weights (..., K) and latents (..., width)."""
        given = np.broadcast_to(latents, (*weights.shape[:-1], latents.shape[1])).reshape(-1, latents.shape[1])
        made = to_uint8(sampler.generate(given, weights.reshape(-1, len(names))))
        return made.reshape(*weights.shape[:-1], *made.shape[1:])

    if path.suffix.lower() == ".png":
        way = walks.rows(stops, pictures, False)  # (latents, stops - 1, pictures, classes)
        way = way.reshape(len(latents), -1, len(names)).swapaxes(0, 1)
        made = images(way).swapaxes(0, 1)
        grids.save_grid(made.reshape(-1, *made.shape[2:]), path, made.shape[1])
        return said
    frames = images(walks.round_trip(stops, pictures, False))
    movies.save_movie([grids.grid(frame) for frame in frames], path, len(frames) / options.walk.fps)
    return said
