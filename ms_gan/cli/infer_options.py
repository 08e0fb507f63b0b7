"""What infer.py takes, and what of it is refused before MindSpore is imported."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Literal, Optional

from ms_gan.cli.command import check_checkpoint
from ms_gan.config.device_names import device_name
from ms_gan.config.paths import FILE, FOLDER, home_for_tilde, kind_at, refuse_same
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.pictures.movies import ENDINGS, check_movie
from ms_gan.seeds import MAX_SEED

NUM = 64  # default number of images of a seed
NUM_IN_CLASSES = 8  # the same where classes are asked for, each in a row
LARGEST_GRID = 10_000  # images; few programs open a larger picture
MOST_SEEDS = 1_000_000
MOST_FACTORS = 100
MOST_STARTS = 1024
LARGEST_FACTOR = 2.0
ALONE = (
    "num",
    "seeds",
    "latents",
    "truncation",
    "classes",
    "walk.interpolate",
    "walk.classes",
)  # options that --project does not use


@dataclass
class WalkOptions:
    """Walks from latent to latent: rows of a .png; or a .gif, .webp or .mp4 that loops without a jump."""

    interpolate: Optional[int] = option(
        None,
        "pictures from one latent to the next; --num walks of two samples each, or one through all of --latents and"
        " --seeds (with --num N, N walks side by side: walk i through image i of every seed)",
        2,
        1000,
        short="--interpolate",
    )
    classes: Optional[int] = option(
        None,
        "pictures from one class of --classes to the next, the latent staying as it is; unset classes: all",
        2,
        1000,
        short="--class-walk",
    )
    interpolation: Literal["auto", "spherical", "linear"] = option(
        "auto",
        "on the sphere or in a straight line; auto: spherical for normal latents, else linear",
        short="--interpolation",
    )
    fps: float = option(10.0, "speed of a movie", 1, 50, "pictures/s", short="--fps")


@dataclass
class ProjectionOptions:
    """The search for the latent whose image is nearest to a given picture."""

    image: Optional[str] = option(
        None,
        "any picture; --output, a .png, shows it, the search and what was found; the latent goes into a .npy beside it",
        short="--project",
        spelling=home_for_tilde,
    )
    invert: bool = option(
        False, "swap black and white first, for ink on paper where the generator makes white on black"
    )
    steps: int = option(500, "updates of the latents", 1, 1_000_000)
    starts: int = option(16, "searches side by side; the best one counts", 1, MOST_STARTS)
    lr: float = option(0.1, "learning rate of the first update; it falls to zero along a cosine", 1e-6, 10)


@dataclass
class InferOptions:
    """What infer.py takes."""

    ckpt: Optional[str] = option(None, "a run folder, or a .ckpt, .mindir or .onnx file", spelling=home_for_tilde)
    num: Optional[int] = option(
        None,
        f"images, or walks; with --seeds, of each seed; with --classes, of each class; unset: {NUM}, {NUM_IN_CLASSES}"
        " with classes, or 1 of each seed",
        1,
        100_000_000,
    )
    seed: int = option(0, "fixes the latents; more images of a seed begin with the same ones", 0, MAX_SEED)
    seeds: Optional[str] = option(None, "several seeds instead of --seed, such as 0,1,4-6")
    latents: Optional[str] = option(
        None,
        "a .npy file of latents, float (N, width), instead of --seed; with --seeds, before those",
        spelling=home_for_tilde,
    )
    truncation: Optional[str] = option(
        None,
        "factor of the latents, 0 to 2; below 1: more typical, less varied; several, such as 0.5,0.7,1: a grid"
        " of a row for each latent and a column for each factor",
    )
    classes: Optional[str] = option(
        None,
        "classes of a conditional generator, by name or number, such as 3,7,cat, or all: the same latents in each,"
        " a row a class; unset: as the training images have them",
    )
    output: str = option(
        "samples.png",
        ".png: a grid; .npy: uint8 (N, H, W[, 3]); a folder: numbered PNGs; .gif, .webp, .mp4 (needs ffmpeg): walks",
        spelling=home_for_tilde,
    )
    device: str = option("auto", "where to run", spelling=device_name)
    walk: WalkOptions = field(default_factory=WalkOptions)
    projection: ProjectionOptions = field(default_factory=ProjectionOptions)

    @property
    def wanted_seeds(self) -> List[int]:
        """The seeds whose latents are drawn, in order."""
        return [self.seed] if self.only_seed else parse_seeds(self.seeds) if self.seeds is not None else []

    @property
    def each(self) -> int:
        """Number of latents of each seed."""
        usual = NUM if self.classes is None and not self.walk.classes else NUM_IN_CLASSES
        return self.num or (usual if self.only_seed else 1)

    @property
    def factors(self) -> List[float]:
        """The factors that latents are multiplied by."""
        return parse_factors(self.truncation)

    @property
    def only_seed(self) -> bool:
        """Whether the latents are those of --seed; walks are between two of its samples each then."""
        return self.seeds is None and self.latents is None


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
    if options.projection.image is not None:
        _check_projection(options, given, path)
    elif options.walk.classes:
        _check_class_walk(options, path)
    elif options.walk.interpolate:
        _check_walk(options, path)
    else:
        _check_samples(options.output)
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


def parse_seeds(text: str) -> List[int]:
    """Seeds of a list such as "0,1,4-6", in its order.

    Raises:
        UsageError: not such a list, a seed out of range, or too many of them.
    """
    seeds: List[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        ends = [first, last] if dash else [first, first]
        if not all(end.isascii() and end.isdigit() and len(end) < 20 for end in ends):
            raise UsageError(f"--seeds: {part!r} is not a seed; allowed: a list such as 0,1,4-6, each 0 to 2^63 - 1")
        low, high = map(int, ends)
        if high > MAX_SEED or low > high:
            raise UsageError(f"--seeds: {part} is out of range; allowed: 0 to 2^63 - 1, the smaller end first")
        if len(seeds) + high - low >= MOST_SEEDS:
            raise UsageError(f"--seeds: more than {MOST_SEEDS:,} seeds; use fewer, or more images of each with --num")
        seeds.extend(range(low, high + 1))
    return seeds


def parse_factors(text: Optional[str]) -> List[float]:
    """Factors of a list such as "0.5,0.7,1"; [1.0] where there is none.

    Raises:
        UsageError: not such a list, or a factor out of range.
    """
    if text is None:
        return [1.0]
    try:
        factors = [float(part) for part in text.split(",")]
    except ValueError:
        factors = []
    if not factors or len(factors) > MOST_FACTORS or not all(0 <= factor <= LARGEST_FACTOR for factor in factors):
        raise UsageError(
            f"--truncation: {text!r} is not allowed; allowed: at most {MOST_FACTORS} numbers, such as 0.5,0.7,1, each"
            f" 0 to {LARGEST_FACTOR:g}"
        )
    return factors
