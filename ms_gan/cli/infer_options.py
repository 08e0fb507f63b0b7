"""What infer.py takes."""

from dataclasses import dataclass, field
from typing import List, Literal, Optional

from ms_gan.config.device_names import device_name
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import option
from ms_gan.errors import UsageError
from ms_gan.seeds import MAX_SEED
from ms_gan.zoo.entries import located

NUM = 64  # default number of images of a seed
NUM_IN_CLASSES = 8  # the same where classes are asked for, each in a row
MOST_SEEDS = 1_000_000
MOST_FACTORS = 100
MOST_STARTS = 1024
LARGEST_FACTOR = 2.0


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
    margin: float = option(
        0.0, "differences of pixels that count next to nothing; the bound of an attack, where one is to be washed off",
        0.0, 1.0,
    )  # fmt: skip


@dataclass
class TranslationOptions:
    """Pictures that a generator is given; any size of picture will do."""

    input: Optional[str] = option(
        None,
        "a picture, or a folder of pictures; --output: a folder, with a .png of the same name for each; a .png: of one "
        "picture what is made of it, of a folder a sheet, each picture beside what is made of it; a .npy. A generator "
        "of latents gives for each the nearest picture that it makes (Defense-GAN)",
        short="--input",
        spelling=home_for_tilde,
    )
    direction: Optional[Literal["ab", "ba"]] = option(
        None, "which generator of a run that has one for each direction; unset: ab", short="--direction"
    )
    mask: Optional[str] = option(
        None,
        "a picture of the same size, white where a hole is to be filled in; unset: the transparent parts are",
        short="--mask",
        spelling=home_for_tilde,
    )
    size: Optional[int] = option(
        None, "make pictures smaller first whose longer side has more; unset: as they are", 1, 16384, "pixels"
    )
    tile: int = option(512, "larger pictures are made in tiles of this size, to save memory", 16, 8192, "pixels")


@dataclass
class InferOptions:
    """What infer.py takes."""

    ckpt: Optional[str] = option(None, "a run folder, a .ckpt, .mindir or .onnx file, or zoo:NAME", spelling=located)
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
    translation: TranslationOptions = field(default_factory=TranslationOptions)

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
