"""What of infer.py's options is refused before MindSpore is imported, and what once the generator's kind is known."""

import os
from pathlib import Path
from typing import Any, Dict, List

from ms_gan.cli.command import check_checkpoint
from ms_gan.cli.infer_options import InferOptions
from ms_gan.config.paths import FILE, FOLDER, kind_at, refuse_same
from ms_gan.config.schema import leaves
from ms_gan.errors import UsageError
from ms_gan.pictures.movies import ENDINGS, check_movie

LARGEST_GRID = 10_000  # images; few programs open a larger picture
ALONE = (
    "num",
    "seeds",
    "latents",
    "truncation",
    "classes",
    "walk.interpolate",
    "walk.classes",
)  # options that --project does not use
STYLE_OPTIONS = {"seed", "num", "truncation"}  # of those, what generators of maps use
LATENT_OPTIONS = {key for key, _, _ in leaves(InferOptions()) if not key.startswith("translation.")} - {
    "ckpt",
    "output",
    "device",
}
SEARCH_OPTIONS = {"seed", *(f"projection.{name}" for name in ("invert", "steps", "starts", "lr", "margin"))}


def check(options: InferOptions, given: Dict[str, Any]) -> Path:
    """Refuse what cannot work with any generator; returns where the images go.

    Args:
        options: complete.
        given: those that were set, as {dotted key: value}.

    Raises:
        UsageError: naming the option.
    """
    check_checkpoint(options.ckpt)
    path = Path(options.output)
    at = kind_at(path, "--output")
    for one, other in (("seed", "seeds"), ("seed", "latents"), ("num", "latents")):
        if one in given and other in given:
            raise UsageError(f"--{one}: cannot be combined with --{other}; remove one of them")
    if options.latents is not None:
        if kind_at(options.latents, "--latents") != FILE:
            raise UsageError(f"--latents {options.latents}: no such file")
        refuse_same(path, "--output", Path(options.latents), "the file of --latents")
    if options.translation.input is not None:
        _check_translation(options, path)
    elif options.projection.image is not None:
        _check_projection(options, given, path)
    elif options.walk.classes:
        _check_class_walk(options, path)
    elif options.walk.interpolate:
        _check_walk(options, path)
    else:
        _check_samples(options.output)
    if options.translation.input is None:
        check_size(options, path, stored=0)
    ending = ending_of(options.output)
    if ending == "" and at == FOLDER and any(path.iterdir()):
        raise UsageError(f"--output {path}: is not empty; choose a new or an empty folder")
    if ending != "" and at == FOLDER:
        raise UsageError(f"--output {path}: is a folder; choose a file")
    if ending == "" and at not in (None, FOLDER):
        raise UsageError(
            f"--output {path}: is a file; choose a new or an empty folder, or a file that ends in .png or .npy"
        )
    return path


def ending_of(output: str) -> str:
    """The file ending that decides the format: ".png" and so on, in lower case; "" for a folder.

    A folder may have a dot in its name: it is known by a / at the end, or because it exists.

    Args:
        output: as it was given.
    """
    ending = Path(output).suffix.lower()
    known = ending in (".png", ".npy", *ENDINGS)
    return "" if output.endswith(("/", os.sep)) or (not known and os.path.isdir(output)) else ending


def _check_samples(output: str) -> None:
    ending = ending_of(output)
    if ending in ENDINGS:
        raise UsageError(f"--output {output}: a {ending} shows walks; add --interpolate 16, or --class-walk 16")
    if ending not in ("", ".png", ".npy"):
        known = ", ".join((".png", ".npy", *ENDINGS))
        raise UsageError(f"--output {output}: {ending} is an unknown format; allowed: {known}, or a folder: {output}/")


def _check_walk(options: InferOptions, path: Path) -> None:
    if path.suffix.lower() not in (".png", *ENDINGS):
        raise UsageError(f"--output {path}: --interpolate writes a .png, {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    if len(options.factors) > 1:
        raise UsageError(f"--truncation {options.truncation}: a walk takes one factor, such as 0.7")
    if options.latents is None and options.seeds is not None and len(options.wanted_seeds) < 2:
        raise UsageError(f"--seeds {options.seeds}: a walk needs two seeds or more, such as 0,1")
    check_movie(path)


def _check_class_walk(options: InferOptions, path: Path) -> None:
    if options.walk.interpolate:
        raise UsageError("--class-walk: cannot be combined with --interpolate; remove one of them")
    if path.suffix.lower() not in (".png", *ENDINGS):
        raise UsageError(f"--output {path}: --class-walk writes a .png, {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    if len(options.factors) > 1:
        raise UsageError(f"--truncation {options.truncation}: a walk takes one factor, such as 0.7")
    if kind_at(options.ckpt, "--ckpt") != FOLDER and Path(options.ckpt).suffix != ".ckpt":
        raise UsageError(
            f"--ckpt {options.ckpt}: --class-walk needs a run folder or a .ckpt file; an exported file takes whole "
            "classes alone"
        )
    check_movie(path)


def _check_projection(options: InferOptions, given: Dict[str, Any], path: Path) -> None:
    for key in ALONE:
        if key in given:
            raise UsageError(f"--{key.split('.')[-1]}: cannot be combined with --project; remove one of them")
    if kind_at(options.ckpt, "--ckpt") != FOLDER and Path(options.ckpt).suffix != ".ckpt":
        raise UsageError(
            f"--ckpt {options.ckpt}: --project needs a run folder or a .ckpt file; an exported file has no gradients"
        )
    if path.suffix.lower() != ".png":
        raise UsageError(f"--output {path}: --project writes a .png, with the latent in a .npy beside it")
    if kind_at(options.projection.image, "--project") != FILE:
        raise UsageError(f"--project {options.projection.image}: no such file")
    refuse_same(path, "--output", Path(options.projection.image), "the picture of --project")


def _check_translation(options: InferOptions, path: Path) -> None:
    wanted, ending = options.translation, ending_of(options.output)
    for name, file in (("--input", wanted.input), ("--mask", wanted.mask)):
        if file is not None and kind_at(file, name) not in ((FILE, FOLDER) if name == "--input" else (FILE,)):
            raise UsageError(f"{name} {file}: no such file" + (" or folder" if name == "--input" else ""))
        if file is not None:
            refuse_same(path, "--output", Path(file), f"what {name} names")
    if ending not in ("", ".png", ".npy"):
        raise UsageError(f"--output {path}: allowed beside --input: a .png, a .npy, or a folder: {path.stem}/")


def refuse_unused(kind: str, given: Dict[str, Any]) -> None:
    """Refuse options that a generator of this kind has no use for.

    Args:
        kind: of its card: what it takes.
        given: the options that were set, as {dotted key: value}.

    Raises:
        UsageError: naming the first of them, or --input where it is missing.
    """
    of_latents = sorted(set(given) & LATENT_OPTIONS)
    of_pictures = sorted(key for key in given if key.startswith("translation."))
    if kind in ("map", "map+latent"):
        of_styles = STYLE_OPTIONS if kind == "map+latent" else set()
        unused = [key for key in of_latents + of_pictures if key not in of_styles | {"translation.input"}]
        if unused:
            raise UsageError(f"{_flag(unused[0])}: this generator makes pictures of maps; leave it out")
        if "translation.input" not in given:
            raise UsageError("--input is missing: this generator makes pictures of maps; name one, or a folder of them")
        return
    if kind == "image" and of_latents:
        raise UsageError(
            f"{_flag(of_latents[0])}: this generator makes pictures of pictures, not of latents; leave it out"
        )
    if kind == "image" and "translation.input" not in given:
        raise UsageError("--input is missing: this generator makes pictures of pictures; name one, or a folder of them")
    if kind != "image" and of_pictures:
        _refuse_unused_in_search(of_latents, of_pictures)


def _refuse_unused_in_search(of_latents: List[str], of_pictures: List[str]) -> None:
    """Refuse what a search for the nearest pictures does not use, of the options that were set."""
    if "translation.input" not in of_pictures:
        raise UsageError(f"{_flag(of_pictures[0])}: this generator makes images of latents; leave it out")
    unused = [key for key in of_latents + of_pictures if key not in SEARCH_OPTIONS | {"translation.input"}]
    if unused:
        raise UsageError(
            f"{_flag(unused[0])}: this generator makes images of latents, and for --input the nearest to each picture; "
            "leave it out"
        )


def _flag(key: str) -> str:
    """An option as people write it."""
    fields = {key: f for key, f, _ in leaves(InferOptions())}
    return fields[key].metadata["short"] or f"--{key}"


def check_size(options: InferOptions, path: Path, stored: int, classes: int = 1) -> None:
    """Refuse more images than a picture or a movie should hold.

    Args:
        options: complete.
        path: where the images go.
        stored: latents in the file of --latents, as far as known.
        classes: in how many classes they are shown.

    Raises:
        UsageError: names the way out.
    """
    latents = stored + len(options.wanted_seeds) * options.each
    pictures = latents * len(options.factors) * (options.walk.interpolate or options.walk.classes or 1) * classes
    if path.suffix.lower() in (".png", *ENDINGS) and pictures > LARGEST_GRID:
        raise UsageError(
            f"--output {path}: a picture holds at most {LARGEST_GRID:,} images, not {pictures:,}; use .npy"
        )
