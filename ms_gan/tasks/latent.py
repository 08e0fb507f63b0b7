"""GANs whose generator makes images of latents: what they learn, in words and tables."""

from dataclasses import dataclass, field
from typing import List, Tuple

from ms_gan.config.data_section import DataConfig
from ms_gan.config.network_sections import DiscriminatorConfig, GeneratorConfig, LatentConfig
from ms_gan.config.schema import option
from ms_gan.config.sections import (
    LABELLED,
    PAIRED,
    UNDECIDED,
    AdversarialConfig,
    EmaConfig,
    MetricsConfig,
    OptimizersConfig,
    ProcedureConfig,
    RegulariseConfig,
    RunConfig,
    TrainConfig,
)
from ms_gan.config.sizes import check_sizes
from ms_gan.errors import UsageError
from ms_gan.tasks.task import ChartPlan, Measure, Page, Statistic, Task


@dataclass
class Config(RunConfig):
    """One training run, complete."""

    conditional: bool = option(
        False, "learn the class of each image, so that images of a class can be asked for; the data need labels",
        short="--conditional",
    )  # fmt: skip
    data: DataConfig = field(default_factory=DataConfig)
    latent: LatentConfig = field(default_factory=LatentConfig)
    generator: GeneratorConfig = field(default_factory=GeneratorConfig)
    discriminator: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    procedure: ProcedureConfig = field(default_factory=ProcedureConfig)
    regularise: RegulariseConfig = field(default_factory=RegulariseConfig)
    optimizer: OptimizersConfig = field(default_factory=OptimizersConfig)
    ema: EmaConfig = field(default_factory=EmaConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    metrics: MetricsConfig = field(default_factory=MetricsConfig)

    # The sections are those of AdversarialConfig and two more, in the order in which --help and YAML have them.
    images_per_step = AdversarialConfig.images_per_step


STATISTICS = (
    Statistic("loss_d", "loss D", "loss/discriminator", "losses", "discriminator"),
    Statistic("loss_g", "G", "loss/generator", "losses", "generator"),
    Statistic("d_real", "D(x)", "probability/real", "verdicts", "D(x), real images", ".2f"),
    Statistic("d_fake", "D(G(z))", "probability/generated", "verdicts", "D(G(z)), generated images", ".2f"),
)
# Of runs whose augmentation adapts: see ms_gan.training.adversarial.adaptation.
ADAPTING = (
    Statistic("augment_p", "p", "augment/p", "augmentation", "p, the probability of a change"),
    Statistic("sign_real", "sign D(x)", "augment/sign", "augmentation", "mean sign of D(x), real images", "+.2f"),
)
FRECHET = Measure("frechet", "Fréchet distance", "lower", ".4g", unit="distance")
ACCURACY = Measure("accuracy", "Class accuracy", "higher", ".3f", scale="share", unit="seen as the class asked for")
# Of runs with few training images: see ms_gan.metrics.copies.
COPIED = Measure("copied", "Samples nearer to a training image than 99 % of the others", "lower", ".1%", scale="share")
NEARNESS = Measure(
    "nearness", "Distance to the nearest training image", "", ".2f", scale="linear", unit="part of the others' distance"
)


def check(config: Config) -> None:
    """Refuse what does not go together in a step.

    Raises:
        UsageError: a discriminator that cannot take labels in the way that is asked for, or as check_procedure has it.
    """
    discriminator = config.discriminator
    if config.conditional and discriminator.condition == "concat" and discriminator.name != "mlp":
        raise UsageError(
            f"discriminator.condition: concat is for mlp; with {discriminator.name} choose projection or auxiliary"
        )
    without = [name for name in (config.generator.name, discriminator.name) if name in ("fastgan", "r3gan")]
    if config.conditional and without:
        raise UsageError(f"conditional: {without[0]} has no place for labels; choose dcgan, cnn or mlp")
    check_procedure(config.procedure)
    check_augmentation(config.regularise, config.procedure.objective)


def check_augmentation(regularise: RegulariseConfig, objective: str) -> None:
    """Refuse an augmentation whose options contradict each other or the objective.

    Raises:
        UsageError: naming the option.
    """
    if not regularise.augment and (regularise.augment_target is not None or regularise.augment_p != 1):
        name = "augment_p" if regularise.augment_target is None else "augment_target"
        raise UsageError(
            f"regularise.{name}: there is nothing that it is the probability of; name changes too: "
            "regularise.augment [blit, tint]"
        )
    if regularise.augment_target is None:
        return
    if regularise.augment_p != 1:
        raise UsageError(
            "regularise.augment_p: with regularise.augment_target the probability begins at 0 and follows that; "
            "give one of the two"
        )
    if objective not in UNDECIDED:
        raise UsageError(
            f"regularise.augment_target: {objective} compares logits, whose sign tells nothing; choose another "
            f"objective ({', '.join(UNDECIDED)}) or a probability of your own: regularise.augment_p"
        )


def refuse_adaptation(regularise: RegulariseConfig, task: str) -> None:
    """Refuse an augmentation that adapts, in a task whose step does not.

    Raises:
        UsageError: it is asked for.
    """
    if regularise.augment_target is not None:
        raise UsageError(f"regularise.augment_target: the task {task} has no use for it; set regularise.augment_p")


def check_procedure(procedure: ProcedureConfig) -> None:
    """Refuse what does not go together in a step of any two networks.

    Raises:
        UsageError: labels for an objective that has none; several updates with the same generated images.
    """
    for name in ("label_smoothing", "label_noise"):
        if getattr(procedure, name) and procedure.objective not in LABELLED:
            raise UsageError(
                f"procedure.{name}: {procedure.objective} has no labels; leave it at 0, or choose an objective that "
                f"has them: {', '.join(LABELLED)}"
            )
    if procedure.objective in PAIRED and procedure.loss == "mean":
        raise UsageError(f"procedure.loss: {procedure.objective} is one mean over pairs; leave it at sum")
    if procedure.fakes == "shared" and procedure.d_steps != 1:
        raise UsageError(
            f"procedure.d_steps: {procedure.d_steps} updates need fresh images; set procedure.fakes: fresh"
        )


def _commands(folder: str, picture: str) -> List[Tuple[str, str]]:
    return [
        ("Sample", f"python infer.py --ckpt {folder} --num 64 --seed 0 --output {picture}"),
        ("Evaluate", f"python eval.py --ckpt {folder} --num 10000"),
        ("Export", f"python export.py --ckpt {folder} --format MINDIR --output generator.mindir"),
    ]


PAGE = Page(
    headline="To the training images; lower is better.",
    charts=(
        ChartPlan("losses", "Losses", "Neither should run away from the other.", "loss", "linear"),
        ChartPlan(
            "verdicts",
            "The discriminator's verdicts",
            "The nearer both are to 0.5, the less it can tell generated images from real ones.",
            "probability of being real",
            "share",
        ),
        ChartPlan(
            "augmentation",
            "Adaptive augmentation",
            "p rises while the mean sign is above its target, and falls while it is below.",
            "p, mean sign",
            "linear",
        ),
    ),
    sheets="The same latents each time, beside images that the networks learn from.",
    made="Generated after",
    real="Real",
    commands=_commands,
)

TASK = Task(
    name="latent",
    about="images of latents",
    config=Config,
    statistics=STATISTICS,
    headline=FRECHET,
    measures=(ACCURACY, COPIED, NEARNESS),
    page=PAGE,
    check=check,
    check_sizes=check_sizes,
    more=lambda config: ADAPTING if config.regularise.augment_target is not None else (),
    module="ms_gan.systems.latent",
)
