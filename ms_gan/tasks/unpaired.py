"""GANs that learn from two folders without pairs: in words and tables. CycleGAN: Zhu et al. 2017 (arXiv:1703.10593)."""

from dataclasses import dataclass, field
from typing import ClassVar, List, Tuple

from ms_gan.config.schema import option
from ms_gan.config.sections import (
    EmaConfig,
    MetricsConfig,
    OptimizersConfig,
    RunConfig,
    TrainConfig,
    falling_optimizers,
)
from ms_gan.config.translation_sections import PatchConfig, TranslatorConfig, TwoFoldersConfig
from ms_gan.errors import UsageError
from ms_gan.tasks import paired
from ms_gan.tasks.latent import FRECHET
from ms_gan.tasks.task import ChartPlan, Measure, Page, Statistic, Task


@dataclass
class CycleConfig:
    """What keeps a translated picture the picture that it was."""

    weight: float = option(10.0, "weight of the distance between a picture and what comes back of it", 0.0, 1e6)
    identity: float = option(
        0.5, "weight of leaving pictures alone that are of the other kind already, as a part of cycle.weight; 0: none",
        0.0, 1e3,
    )  # fmt: skip
    pool: int = option(
        50, "earlier outputs kept for each discriminator, which sees one of them with probability one half; 0: none",
        0, 10000, "pictures",
    )  # fmt: skip


@dataclass
class CycleTrainConfig(TrainConfig):
    """How long and in what portions; one pair at a time, as in the paper, is enough for InstanceNorm."""

    least: ClassVar[int] = 1
    batch_size: int = option(
        2, "pairs in one step, over all workers", 1, 1048576, "pairs", short="--batch-size", may_change=True
    )


@dataclass
class Config(RunConfig):
    """One training run, complete."""

    task: str = option("unpaired", "kind of GAN")
    recipe: str = option("cyclegan", "name of the recipe; names the run folder")
    data: TwoFoldersConfig = field(default_factory=TwoFoldersConfig)
    generator: TranslatorConfig = field(default_factory=lambda: TranslatorConfig(name="resnet", norm="instance"))
    discriminator: PatchConfig = field(default_factory=lambda: PatchConfig(norm="instance"))
    cycle: CycleConfig = field(default_factory=CycleConfig)
    optimizer: OptimizersConfig = field(default_factory=falling_optimizers)
    ema: EmaConfig = field(default_factory=EmaConfig)
    train: CycleTrainConfig = field(default_factory=lambda: CycleTrainConfig(sample_count=6))
    metrics: MetricsConfig = field(default_factory=lambda: MetricsConfig(samples=500))


STATISTICS = (
    Statistic("loss_d_a", "loss D(a)", "loss/discriminator_a", "losses", "discriminator of a"),
    Statistic("loss_d_b", "D(b)", "loss/discriminator_b", "losses", "discriminator of b"),
    Statistic("loss_g", "G", "loss/generators", "losses", "both generators, adversarial"),
    Statistic("cycle", "cycle", "loss/cycle", "distance", "a picture to what comes back of it", ".4f"),
    Statistic(
        "identity", "identity", "loss/identity", "distance", "a picture that should stay to what it becomes", ".4f"
    ),
)
BACK = Measure("frechet_back", "Fréchet distance, back", "lower", ".4g", unit="distance")
CYCLE = Measure(
    "cycle_error", "Cycle error", "lower", ".4f", scale="linear", unit="share of the way from black to white"
)


def check(config: Config) -> None:
    """Refuse what the step of four networks has not.

    Raises:
        UsageError: train.accumulate, for which there is no such step.
    """
    if config.train.accumulate > 1:
        raise UsageError(
            f"train.accumulate: {config.train.accumulate} parts of a batch are not for the task unpaired; use a "
            "smaller --batch-size, 1 as in the paper if need be"
        )


def _commands(folder: str, picture: str) -> List[Tuple[str, str]]:
    return [
        ("Translate", f"python infer.py --ckpt {folder} --direction ab --input PICTURES --output {picture}"),
        *paired.commands(folder, picture)[1:2],
        ("Export", f"python export.py --ckpt {folder}/generator_ab.ckpt --format ONNX --output generator.onnx"),
    ]


PAGE = Page(
    headline="Of what becomes of pictures of a, to those of b that no training sees.",
    charts=(
        ChartPlan("losses", "Losses", "None should run away from the others.", "loss", "linear"),
        ChartPlan("distance", "Cycle and identity", "Should fall, and stay low.", "mean distance", "linear"),
    ),
    sheets="In each row a picture, what becomes of it on the other side, and what comes back: first of a, then of b.",
    made="There and back after",
    real="Real",
    commands=_commands,
)

TASK = Task(
    name="unpaired",
    about="pictures of pictures, learnt from two folders without pairs (CycleGAN)",
    config=Config,
    statistics=STATISTICS,
    headline=FRECHET,
    measures=(BACK, CYCLE),
    pictures_each=6,
    page=PAGE,
    check=check,
    check_sizes=paired.check_sizes,
    module="ms_gan.systems.unpaired",
)
