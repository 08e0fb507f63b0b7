"""Pictures of maps (SPADE): what is learnt, in words and tables."""

from dataclasses import dataclass, field
from typing import List, Tuple

from ms_gan.config.map_sections import MapsConfig, MatchingConfig, ScalesConfig, SpadeConfig
from ms_gan.config.sections import EmaConfig, MetricsConfig, OptimizersConfig, RunConfig, TrainConfig
from ms_gan.config.sizes import refuse_oblong
from ms_gan.errors import UsageError
from ms_gan.tasks.latent import FRECHET
from ms_gan.tasks.task import ChartPlan, Page, Statistic, Task


@dataclass
class Config(RunConfig):
    """One run, complete."""

    data: MapsConfig = field(default_factory=MapsConfig)
    generator: SpadeConfig = field(default_factory=SpadeConfig)
    discriminator: ScalesConfig = field(default_factory=ScalesConfig)
    loss: MatchingConfig = field(default_factory=MatchingConfig)
    optimizer: OptimizersConfig = field(default_factory=OptimizersConfig)
    ema: EmaConfig = field(default_factory=EmaConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    metrics: MetricsConfig = field(default_factory=MetricsConfig)

    @property
    def encodes(self) -> bool:
        """Whether an encoder learns styles of pictures."""
        return self.generator.style > 0 and self.generator.encoder


STATISTICS = (
    Statistic("loss_d", "loss D", "loss/discriminator", "losses", "discriminator"),
    Statistic("loss_g", "G", "loss/generator", "losses", "generator"),
    Statistic("d_real", "D(x)", "probability/real", "verdicts", "D(x), real pictures", ".2f"),
    Statistic("d_fake", "D(G(m))", "probability/generated", "verdicts", "D(G(m)), generated pictures", ".2f"),
    Statistic("matching", "match", "loss/matching", "matching", "features and pixels"),
    Statistic("divergence", "KL", "loss/divergence", "matching", "divergence of the styles"),
)


def check(config: Config) -> None:
    """Refuse what this task cannot do.

    Raises:
        UsageError: classes of pictures; a batch in parts; a BatchNorm over one picture.
    """
    if config.data.classes is not None:
        raise UsageError("data.classes: maps have classes for each pixel, all of them are learnt; remove it")
    if config.train.accumulate > 1:
        raise UsageError("train.accumulate: pictures of maps are learnt in one part; leave it at 1, lower --batch-size")


def check_sizes(config: Config, shape: Tuple[int, int, int]) -> None:
    """Refuse pictures (C, H, W) that the networks cannot have.

    Raises:
        UsageError: pictures that are not square; a side that is not a multiple of 4, or below 16.
    """
    refuse_oblong(shape, config.task)
    if shape[1] % 4 or shape[1] < 16:
        raise UsageError(
            f"data.image_size: {shape[1]} is not allowed; pictures of maps need a multiple of 4, at least 16"
        )


def _commands(folder: str, picture: str) -> List[Tuple[str, str]]:
    return [
        ("Paint", f"python -m ms_gan.cli.explore --ckpt {folder} --open"),
        ("Make pictures", f"python infer.py --ckpt {folder} --input MAPS --output {picture}"),
        ("Export", f"python export.py --ckpt {folder} --format ONNX --output generator.onnx"),
    ]


PAGE = Page(
    headline="Of pictures of held-out maps to the training pictures; lower is better.",
    charts=(
        ChartPlan("losses", "Losses", "Neither should run away from the other.", "loss", "linear"),
        ChartPlan(
            "verdicts",
            "The discriminators' verdicts",
            "The nearer both are to 0.5, the less they can tell generated pictures from real ones.",
            "probability of being real",
            "share",
        ),
        ChartPlan("matching", "Terms", "Features should come nearer to those of real pictures.", "loss", "linear"),
    ),
    sheets="Held-out maps, pictures of two styles each, and the real pictures.",
    made="Map, typical style, another style, and real picture after",
    real="Real",
    commands=_commands,
)

TASK = Task(
    name="map",
    about="pictures of maps of classes",
    config=Config,
    statistics=STATISTICS,
    headline=FRECHET,
    page=PAGE,
    check=check,
    check_sizes=check_sizes,
    module="ms_gan.systems.map",
)
