"""GANs that make adversarial pictures, in words and tables. AdvGAN: Xiao et al. 2018 (arXiv:1801.02610)."""

from dataclasses import dataclass, field
from typing import List, Literal, Optional, Tuple

from ms_gan.config.data_section import DataConfig
from ms_gan.config.network_sections import DiscriminatorConfig, Init
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
from ms_gan.config.sizes import RULES, refuse_oblong
from ms_gan.errors import UsageError
from ms_gan.tasks import latent
from ms_gan.tasks.task import ChartPlan, Measure, Page, Statistic, Task


@dataclass
class AttackConfig:
    """What is attacked, how strongly, and the network that does it."""

    classifier: Literal["features", "plain", "dense"] = option(
        "features", "what is attacked; features: the network that measures generators; the others are trained first"
    )
    eps: float = option(0.3, "how far a pixel may move; black and white are 1 apart", 0.0, 1.0)
    target: Optional[int] = option(None, "number of the class to be taken for; unset: any but the right one", 0, 99_999)
    confidence: float = option(0.0, "by how much the wrong logit should lead (kappa)", 0.0, 1e3)
    weight: float = option(10.0, "weight of the Carlini-Wagner margin", 0.0, 1e6)
    hinge: float = option(1.0, "weight of what the perturbation's L2 norm is above the bound", 0.0, 1e6)
    bound: float = option(
        0.3, "L2 norm up to which a perturbation costs nothing; black and white are 1 apart", 0.0, 1e3
    )
    channels: int = option(8, "channels of the first layer, doubled twice", 1, 1024)
    blocks: int = option(4, "residual blocks", 0, 100)
    init: Init = option("normal_002", "initial weights, as discriminator.init")


@dataclass
class Config(RunConfig):
    """One training run, complete."""

    task: str = option("attack", "kind of GAN")
    recipe: str = option("advgan_mnist", "name of the recipe; names the run folder")
    data: DataConfig = field(default_factory=DataConfig)
    attack: AttackConfig = field(default_factory=AttackConfig)
    discriminator: DiscriminatorConfig = field(
        default_factory=lambda: DiscriminatorConfig(name="cnn", channels=16, init="he_normal")
    )
    procedure: ProcedureConfig = field(default_factory=lambda: ProcedureConfig(objective="least_squares"))
    regularise: RegulariseConfig = field(default_factory=RegulariseConfig)
    optimizer: OptimizersConfig = field(default_factory=lambda: falling_optimizers(1e-3))
    ema: EmaConfig = field(default_factory=EmaConfig)
    train: TrainConfig = field(default_factory=lambda: TrainConfig(epochs=10, sample_count=12))
    metrics: MetricsConfig = field(default_factory=lambda: MetricsConfig(every=1, samples=1000))

    images_per_step = AdversarialConfig.images_per_step


LOSS = Statistic("loss_attack", "attack", "loss/attack", "attack", "margin and hinge, weighted")
SUCCESS = Measure(
    "success", "Success rate", "higher", ".3f", scale="linear", unit="of pictures classified right before"
)
L2 = Measure("l2", "L2 norm", "lower", ".3f", scale="linear", unit="of the perturbation, pixels in [0, 1]")


def check(config: Config) -> None:
    """Refuse what does not go together.

    Raises:
        UsageError: options that an attack has no use for.
    """
    latent.check_procedure(config.procedure)
    latent.refuse_adaptation(config.regularise, config.task)
    latent.check_augmentation(config.regularise, config.procedure.objective)
    if config.metrics.features is not None:
        raise UsageError("metrics.features: an attack is measured by attack.classifier; remove it")


def check_sizes(config: Config, image_shape: Tuple[int, int, int]) -> None:
    """Refuse sides that the generator cannot halve twice, or that the discriminator does not have.

    Raises:
        UsageError: naming the network.
    """
    refuse_oblong(image_shape, config.task)
    height, width = image_shape[1:]
    if height % 4 or width % 4:
        raise UsageError(f"data.image_size: {height}x{width} pixels cannot be halved twice; give a multiple of 4")
    network = config.discriminator
    try:
        if network.name in RULES:
            RULES[network.name]("discriminator", network.kernel, image_shape)
    except ValueError as error:
        raise UsageError(f"discriminator.name: {error}") from None


def _commands(folder: str, picture: str) -> List[Tuple[str, str]]:
    return [
        (
            "Measure",
            f"python -m ms_gan.cli.robustness --advgan {folder} --attacks [fgsm,pgd,advgan] --output robustness",
        ),
        ("Attack", f"python infer.py --ckpt {folder} --input PICTURES --output {picture}"),
    ]


PAGE = Page(
    headline="Share of pictures that no training sees which fool the classifier, of those that it got right before.",
    charts=(
        *latent.PAGE.charts,
        ChartPlan(
            "attack", "The attack", "Near zero all pictures fool the classifier by small changes.", "loss", "linear"
        ),
    ),
    sheets="In each row a picture that no training sees: clean, the perturbation with grey as zero, attacked.",
    made="Clean, perturbation, attacked after",
    real="Real",
    commands=_commands,
)

TASK = Task(
    name="attack",
    about="adversarial pictures: small changes by which a classifier errs (AdvGAN)",
    config=Config,
    statistics=(*latent.STATISTICS, LOSS),
    headline=SUCCESS,
    measures=(L2,),
    pictures_each=3,
    page=PAGE,
    check=check,
    check_sizes=check_sizes,
    module="ms_gan.systems.attack",
)
