"""GANs that learn pairs of pictures, in words and tables. pix2pix: Isola et al. 2017 (arXiv:1611.07004)."""

from dataclasses import dataclass, field
from typing import List, Literal, Tuple

from ms_gan.config.schema import option
from ms_gan.config.sections import (
    AdversarialConfig,
    EmaConfig,
    MetricsConfig,
    OptimizersConfig,
    ProcedureConfig,
    RegulariseConfig,
    RunConfig,
    TrainConfig,
    falling_optimizers,
)
from ms_gan.config.sizes import refuse_oblong
from ms_gan.config.translation_sections import PairsConfig, PatchConfig, TranslatorConfig
from ms_gan.errors import UsageError
from ms_gan.tasks import latent
from ms_gan.tasks.latent import FRECHET
from ms_gan.tasks.task import ChartPlan, Measure, Page, Statistic, Task


@dataclass
class PairedConfig:
    """What the generator's loss is beside the discriminator's verdict."""

    l1: float = option(
        100.0, "weight of the mean distance to the true picture, black and white being 2 apart", 0.0, 1e6
    )
    adversarial: float = option(
        1.0, "weight of the discriminator's verdict; 0: none, the generator learns by the distance alone", 0.0, 1e6
    )


@dataclass
class PairedMetricsConfig(MetricsConfig):
    """How good the outputs are during training; the best generator is kept."""

    headline: Literal["frechet", "ssim", "psnr", "l1"] = option(
        "frechet", "what chooses the best generator, of pictures that no training sees"
    )


@dataclass
class Config(RunConfig):
    """One training run, complete."""

    task: str = option("paired", "kind of GAN")
    recipe: str = option("pix2pix", "name of the recipe; names the run folder")
    data: PairsConfig = field(default_factory=PairsConfig)
    generator: TranslatorConfig = field(default_factory=TranslatorConfig)
    discriminator: PatchConfig = field(default_factory=PatchConfig)
    paired: PairedConfig = field(default_factory=PairedConfig)
    procedure: ProcedureConfig = field(default_factory=lambda: ProcedureConfig(loss="mean", fakes="shared"))
    regularise: RegulariseConfig = field(default_factory=RegulariseConfig)
    optimizer: OptimizersConfig = field(default_factory=falling_optimizers)
    ema: EmaConfig = field(default_factory=EmaConfig)
    train: TrainConfig = field(default_factory=lambda: TrainConfig(epochs=40, batch_size=16, sample_count=8))
    metrics: PairedMetricsConfig = field(default_factory=PairedMetricsConfig)

    images_per_step = AdversarialConfig.images_per_step


L1 = Statistic("loss_l1", "L1", "loss/l1", "distance", "distance to the true picture, weighted")
SSIM = Measure("ssim", "Structural similarity", "higher", ".4f", scale="linear", unit="SSIM")
PSNR = Measure("psnr", "Peak signal-to-noise ratio", "higher", ".2f", scale="linear", unit="decibels")
DISTANCE = Measure("l1", "L1 distance", "lower", ".4f", scale="linear", unit="share of the way from black to white")


def check(config: Config) -> None:
    """Refuse what does not go together.

    Raises:
        UsageError: options that pairs of pictures have no use for.
    """
    latent.check_procedure(config.procedure)
    latent.refuse_adaptation(config.regularise, config.task)
    if config.regularise.augment:
        raise UsageError(
            "regularise.augment: would move a picture away from its partner; use data.jitter and data.mirror, which "
            "move both alike"
        )


def check_sizes(config: Config, image_shape: Tuple[int, int, int]) -> None:
    """Refuse sides that the generator cannot halve as often as it does, or that leave the discriminator no patch.

    Raises:
        UsageError: naming the option.
    """
    refuse_oblong(image_shape, config.task)
    height, width = image_shape[1:]
    multiple = 2**config.generator.halvings if config.generator.name == "unet" else 4
    if height % multiple or width % multiple:
        what = f"{config.generator.halvings} halvings" if config.generator.name == "unet" else "resnet"
        raise UsageError(
            f"data.image_size: {height}x{width} pixels do not suit {what} (generator); give a multiple of {multiple}, "
            "or fewer generator.halvings"
        )
    if min(height, width) // 2**config.discriminator.layers < 3:
        raise UsageError(
            f"discriminator.layers: {config.discriminator.layers} leave no patch of {height}x{width} pixels; use fewer"
        )


def commands(folder: str, picture: str) -> List[Tuple[str, str]]:
    """What can be done with a run: names and command lines."""
    return [
        ("Translate", f"python infer.py --ckpt {folder} --input PICTURES --output {picture}"),
        ("Evaluate", f"python eval.py --ckpt {folder}"),
        ("Export", f"python export.py --ckpt {folder} --format ONNX --output generator.onnx"),
    ]


PAGE = Page(
    headline="Of pictures that no training sees.",
    charts=(
        *latent.PAGE.charts,
        ChartPlan("distance", "Distance to the true pictures", "Should fall, and stay low.", "weighted L1", "linear"),
    ),
    sheets="In each row a picture that no training sees: what the generator is given, what it makes of it, the truth.",
    made="Input, output, truth after",
    real="Real",
    commands=commands,
)

TASK = Task(
    name="paired",
    about="pictures of pictures, learnt from pairs (pix2pix), or from one folder and a defect to mend",
    config=Config,
    statistics=(*latent.STATISTICS, L1),
    headline=FRECHET,
    measures=(SSIM, PSNR, DISTANCE),
    pictures_each=3,
    page=PAGE,
    check=check,
    check_sizes=check_sizes,
    module="ms_gan.systems.paired",
)
