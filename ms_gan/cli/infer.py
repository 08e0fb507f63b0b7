"""infer.py: make images with a trained generator."""

import sys
from pathlib import Path
from typing import Any, Iterator, List, Optional, Tuple

import numpy as np

from ms_gan.cli.infer_checks import check, check_size, ending_of, refuse_unused
from ms_gan.cli.infer_options import InferOptions
from ms_gan.config.parser import make_parser, parse
from ms_gan.errors import UsageError
from ms_gan.files import counted
from ms_gan.runtime.run_command import run_command

EXAMPLES = """\
  python infer.py --ckpt runs/gan_mnist-20250101-1 --num 64 --output digits.png
  python infer.py --ckpt generator.mindir --num 10000 --seed 7 --output digits.npy
  python infer.py --ckpt RUN --num 8 --interpolate 16 --output walks.gif
  python infer.py --ckpt RUN --seeds 0,1,4-6 --interpolate 16 --output walk.mp4
  python infer.py --ckpt RUN --seeds 0-7 --truncation 0.5,0.7,1 --output truncation.png
  python infer.py --ckpt RUN --classes 3,7,cat --num 8 --output rows.png
  python infer.py --ckpt RUN --classes 3,7,1 --class-walk 16 --output from_class_to_class.gif
  python infer.py --ckpt RUN --project digit.png --output found.png
  python infer.py --ckpt RUN --latents found.npy --seeds 1 --interpolate 16 --output walk.gif
  python infer.py --ckpt RUN --input photos/ --output translated/
  python infer.py --ckpt RUN --input attacked/ --projection.steps 200 --output washed/
  python infer.py --ckpt RUN --input photo.png --mask hole.png --output mended.png"""


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns its exit code."""
    return run_command(_infer, argv)


def _infer(argv: List[str]) -> int:
    parser = make_parser(
        InferOptions, "infer.py", "Make images with a trained generator: of latents, or of pictures.", EXAMPLES
    )
    options, given = parse(parser, InferOptions, argv)
    path = check(options, given)

    from ms_gan import runtime

    runtime.start(options.device)
    from ms_gan.generators.sampling import open_generator

    sampler = open_generator(options.ckpt, options.translation.direction)
    refuse_unused(sampler.card.kind, given)
    if sampler.card.port("map"):
        from ms_gan.cli.infer_maps import paint_maps

        print(f"{paint_maps(sampler, options, path)} in {path}")
    elif sampler.card.kind == "image":
        from ms_gan.cli.infer_translation import translate

        print(f"{translate(sampler, options, path)} in {path}")
    elif options.translation.input is not None:
        from ms_gan.cli.infer_washing import wash

        print(f"{wash(sampler, options, path)} in {path}")
    elif options.projection.image is not None:
        from ms_gan.cli.infer_projection import project

        project(sampler, options, path)
    elif options.walk.classes:
        from ms_gan.cli.infer_classes import class_walks

        print(f"{class_walks(sampler, options, path)} in {path}")
    elif options.walk.interpolate:
        print(f"{_walks(sampler, options, path)} in {path}")
    else:
        print(f"{_samples(sampler, options, path)} in {path}")
    return 0


def chosen(sampler: Any, options: InferOptions, path: Path, classes: int = 1) -> Any:
    """The latents that the options ask for, a `LatentList`; `classes`: in how many classes they are to be shown."""
    from ms_gan.generators.latent_list import LatentList, read_latents

    stored = None if options.latents is None else read_latents(Path(options.latents), sampler.card.latent)
    check_size(options, path, 0 if stored is None else len(stored), classes)
    return LatentList(sampler.card.latent, stored, options.wanted_seeds, options.each)


def _samples(sampler: Any, options: InferOptions, path: Path) -> str:
    """Images of all latents by all factors; says how many."""
    from ms_gan.generators.labels import wanted_classes
    from ms_gan.generators.latent_list import InClasses
    from ms_gan.pictures import grids

    factors, classes = options.factors, wanted_classes(options.classes, sampler.card.classes)
    if classes and len(factors) > 1:
        raise UsageError(f"--truncation {options.truncation}: beside --classes it takes one factor, such as 0.7")
    latents = InClasses(chosen(sampler, options, path, len(classes) or 1), sampler.card, classes)
    count = len(latents) * len(factors)
    blocks = _blocks(sampler, latents, factors)
    ending = ending_of(options.output)
    if ending == ".png":
        columns = options.num if options.seeds is not None else None
        if classes or len(factors) > 1:
            columns = len(latents.latents) if classes else len(factors)
        grids.save_grid(np.concatenate([images for _, images in blocks]), path, columns)
    elif ending == ".npy":
        grids.save_array(blocks, (count, *sampler.card.image.shape), path)
    else:
        grids.save_folder(blocks, count, path)
    return counted(count, "image")


def _blocks(sampler: Any, latents: Any, factors: List[float]) -> Iterator[Tuple[int, np.ndarray]]:
    """The images of an `InClasses` as they come: (number of the first, (n, C, H, W) uint8)."""
    from ms_gan.generators.latents import BLOCK_LATENTS, truncated
    from ms_gan.pictures.pixels import to_uint8

    for start in range(0, len(latents), BLOCK_LATENTS):
        part, labels = latents.part(start, BLOCK_LATENTS)
        labels = None if labels is None else labels.repeat(len(factors))
        yield start * len(factors), to_uint8(sampler.generate(truncated(part, factors), labels))


def _walks(sampler: Any, options: InferOptions, path: Path) -> str:
    """Walks as rows of a picture or as a movie; says how many."""
    from ms_gan.generators import walks
    from ms_gan.pictures import grids, movies

    pictures_each = options.walk.interpolate
    spherical = _is_spherical(options, sampler.card.latent)
    stops = _stops(sampler, options, path)
    labels = _labels_of_walks(sampler, options, stops.shape[1])
    said = counted(stops.shape[1], "walk") + (f" through {len(stops)} latents" if len(stops) > 2 else "")
    if path.suffix.lower() == ".png":
        way = walks.rows(stops, pictures_each, spherical)
        each = None if labels is None else np.broadcast_to(labels[:, None, None], way.shape[:-1])
        images = _images(sampler, way, options.factors, each)
        grids.save_grid(images.reshape(-1, *images.shape[3:]), path, pictures_each)
        return said
    if options.only_seed:
        forth = walks.rows(stops, pictures_each, spherical)[:, 0].swapaxes(0, 1)
        frames = walks.there_and_back(_images(sampler, forth, options.factors, labels))
        # There and back has 2 * pictures_each frames if both ends count twice.
        seconds = 2 * pictures_each / options.walk.fps
    else:
        frames = _images(sampler, walks.round_trip(stops, pictures_each, spherical), options.factors, labels)
        seconds = len(frames) / options.walk.fps
    movies.save_movie([grids.grid(frame) for frame in frames], path, seconds)
    return said


def _labels_of_walks(sampler: Any, options: InferOptions, count: int) -> Optional[np.ndarray]:
    """The class of each walk, (count,), int32: that of --classes, or as the training images have them; None: there are
    no classes."""
    from ms_gan.generators.labels import wanted_classes

    classes = wanted_classes(options.classes, sampler.card.classes)
    if len(classes) > 1:
        raise UsageError(
            f"--classes {options.classes}: a walk of latents stays in one class; name one, or use --class-walk"
        )
    return np.full(count, classes[0], np.int32) if classes else sampler.labels(options.seed, 0, count)


def _stops(sampler: Any, options: InferOptions, path: Path) -> np.ndarray:
    """What the walks go through, (stops, walks, width)."""
    from ms_gan.generators.walks import sample_pairs

    latent = sampler.card.latent
    if options.only_seed:
        return sample_pairs(options.seed, options.each, latent)
    wanted = chosen(sampler, options, path)
    if len(wanted) < 2:
        raise UsageError(f"--latents {options.latents}: has one latent, but a walk needs two; add --seeds 0")
    return wanted.part(0, len(wanted)).reshape(-1, options.each, latent.width)


def _is_spherical(options: InferOptions, latent: Any) -> bool:
    from ms_gan.generators.latents import is_spherical

    kind = options.walk.interpolation
    if kind == "spherical" and not is_spherical(latent):
        raise UsageError(
            "--interpolation spherical: would leave the cube of this generator's uniform latents; use linear"
        )
    return is_spherical(latent) if kind == "auto" else kind == "spherical"


def _images(sampler: Any, latents: np.ndarray, factors: List[float], labels: Optional[np.ndarray] = None) -> np.ndarray:
    """Images (..., C, H, W), uint8, of latents (..., width) times the only factor, and of labels (...), or None."""
    from ms_gan.generators.latents import truncated
    from ms_gan.pictures.pixels import to_uint8

    if labels is not None:
        labels = np.broadcast_to(labels, latents.shape[:-1]).reshape(-1)
    images = sampler.generate(truncated(latents.reshape(-1, latents.shape[-1]), factors), labels)
    return to_uint8(images).reshape(*latents.shape[:-1], *images.shape[1:])


if __name__ == "__main__":
    sys.exit(main())
