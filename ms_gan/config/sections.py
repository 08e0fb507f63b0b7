"""Every option of a training run, once: its type, its default, its unit and its range; in sections that tasks share.

The defaults are the recipe `gan_mnist`; a file under configs/ holds only what another recipe changes. This module
imports nothing heavy, so that a wrong option is reported before MindSpore is loaded.
"""

from dataclasses import dataclass, field
from typing import ClassVar, List, Literal, Optional

from ms_gan.config.data_section import DataConfig
from ms_gan.config.device_names import device_name
from ms_gan.config.network_sections import DiscriminatorConfig
from ms_gan.config.paths import home_for_tilde
from ms_gan.config.schema import ABOVE_ZERO, GIVEN, MAX_SEED, option

# What some options need, to be read at all.
ADAM, RMSPROP = {"name": ("adam",)}, {"name": ("rmsprop",)}
FALLING = {"schedule": ("linear", "cosine")}
PENALISED = dict.fromkeys(("gradient_penalty", "r1", "r2"), ABOVE_ZERO)
NOISY = {"instance_noise": ABOVE_ZERO}
ADAPTED = {"augment_target": GIVEN}
AVERAGED = {"enabled": (True,)}
MEASURED = {"every": ABOVE_ZERO}


# Objectives whose images have labels; and those that compare each generated image with a real one.
LABELLED, PAIRED = ("non_saturating", "minimax", "least_squares"), ("relativistic",)
# The logit of a discriminator that cannot tell, of the objectives that fix one: others learn differences alone.
UNDECIDED = {"non_saturating": 0.0, "minimax": 0.0, "least_squares": 0.5, "hinge": 0.0}


@dataclass
class ProcedureConfig:
    """What one training step does with the two networks."""

    objective: Literal["non_saturating", "minimax", "least_squares", "hinge", "wasserstein", "relativistic"] = option(
        "non_saturating", "what both networks minimise"
    )
    loss: Literal["sum", "mean"] = option(
        "sum", "discriminator's loss; sum: its means over real and generated images added; mean: one mean over both"
    )
    fakes: Literal["fresh", "shared"] = option(
        "fresh", "images of the generator's update; fresh: from new latents; shared: those that the discriminator saw"
    )
    positive: Literal["real", "fake"] = option("real", "class of images whose label is 1")
    label_smoothing: float = option(0.0, "label smoothing: how far real labels move towards the other one", 0.0, 0.5)
    label_noise: float = option(0.0, "uniform noise U(0, X) added to each label of the discriminator", 0.0, 0.5)
    class_weight: float = option(
        1.0, "discriminator.condition auxiliary: weight of the classes' cross-entropy in both losses", 0.0, 1e6
    )
    d_steps: int = option(1, "updates of the discriminator per update of the generator (n_critic)", 1, 100)


@dataclass
class RegulariseConfig:
    """What keeps the discriminator from getting too far ahead."""

    gradient_penalty: float = option(
        0.0, "weight of (gradient norm - 1)^2 between real and generated images, 10 in WGAN-GP; 0: none", 0.0, 1e6
    )
    r1: float = option(0.0, "gamma of the squared gradient at real images, usually 0.1 to 10; 0: none", 0.0, 1e6)
    r2: float = option(0.0, "the same at generated images", 0.0, 1e6)
    every: int = option(
        1,
        "apply penalties every N steps only, weighted N times (lazy regularisation)",
        1,
        1000,
        "steps",
        only=PENALISED,
    )
    clip_weights: Optional[float] = option(
        None, "clip the discriminator's weights to this absolute value, 0.01 in WGAN; unset: no clipping", 1e-6, 1e6
    )
    instance_noise: float = option(
        0.0, "standard deviation at the first step of normal noise on all images that the discriminator sees", 0.0, 10.0
    )
    instance_noise_steps: int = option(
        10000, "steps in which that noise falls to zero, linearly", 1, 1000000000, "steps", only=NOISY
    )
    augment: List[Literal["color", "translation", "cutout", "blit", "geometry", "tint"]] = option(
        [], "random changes of all images that the discriminator sees: color, translation, cutout (DiffAugment), blit, "
        "geometry, tint (ADA)",
    )  # fmt: skip
    augment_p: float = option(1.0, "probability with which each of these changes is made to an image", 0.0, 1.0)
    augment_target: Optional[float] = option(
        None, "let that probability start at 0, rise while the mean sign of D(real) is above X, 0.6 in ADA, and fall "
        "while it is below; unset: it stays", -1.0, 1.0,
    )  # fmt: skip
    augment_images: int = option(
        500000, "real images in which it can go from 0 to 1", 1, 1000000000, "images", only=ADAPTED
    )


@dataclass
class OptimizerConfig:
    """How one network's parameters follow their gradients."""

    name: Literal["adam", "rmsprop"] = option("adam", "update rule")
    lr: float = option(2e-4, "learning rate", 0.0, 1.0)
    beta1: float = option(0.5, "adam: decay of the mean of the gradients", 0.0, 0.999999, only=ADAM)
    beta2: float = option(0.999, "adam: decay of the mean of their squares", 0.0, 0.999999, only=ADAM)
    rho: float = option(0.9, "rmsprop: decay of the mean of the squared gradients", 0.0, 0.999999, only=RMSPROP)
    eps: float = option(1e-8, "added to the denominator", 1e-16, 1.0)
    clip: Optional[float] = option(
        None, "clip each element of a gradient to this absolute value; unset: no clipping", 1e-12, 1e12
    )
    decay: float = option(0.0, "update t, from 0, uses lr / (1 + X t)", 0.0, 1.0)
    schedule: Literal["constant", "linear", "cosine"] = option(
        "constant", "how the learning rate falls towards the end of the run"
    )
    hold: float = option(0.5, "share of the run before it begins to fall", 0.0, 0.99, only=FALLING)
    floor: float = option(0.0, "share of the learning rate that is left at the end", 0.0, 1.0, only=FALLING)


@dataclass
class OptimizersConfig:
    """One optimizer for each network."""

    generator: OptimizerConfig = field(default_factory=OptimizerConfig)
    discriminator: OptimizerConfig = field(default_factory=OptimizerConfig)


def falling_optimizers(lr: float = 2e-4) -> OptimizersConfig:
    """Optimizers whose learning rate, from `lr` on, falls to zero over the second half of the run."""
    return OptimizersConfig(*(OptimizerConfig(lr=lr, schedule="linear") for _ in range(2)))


@dataclass
class EmaConfig:
    """The exponential moving average of the generator's weights and BatchNorm statistics."""

    enabled: bool = option(True, "keep a moving average of the generator, and sample from it")
    decay: float = option(0.999, "share of the old average kept for each step", 0.0, 0.999999, only=AVERAGED)
    every: int = option(
        4, "steps between two updates of the average, each by decay to that power", 1, 1000, only=AVERAGED
    )
    warmup: bool = option(
        True, "early in the run use the decay (1 + t) / (10 + t) at step t if that is smaller", only=AVERAGED
    )


@dataclass
class TrainConfig:
    """How long training lasts and what it leaves behind."""

    least: ClassVar[int] = 2  # images that each worker needs in each part of a batch: BatchNorm makes nothing of one

    epochs: int = option(
        200, "total number of passes over the data (also when resuming)", 1, 1000000, short="--epochs", may_change=True
    )
    steps: Optional[int] = option(
        None, "total number of steps, instead of epochs; the one that is set last counts", 1, 1000000000,
        short="--steps", may_change=True, instead_of="epochs",
    )  # fmt: skip
    max_hours: Optional[float] = option(
        None, "hours after which training saves itself and stops, counted anew when resuming; unset: none",
        0.0001, 100000, "hours", short="--max-hours", may_change=True,
    )  # fmt: skip
    batch_size: int = option(
        128, "images in one step, over all workers", 2, 1048576, "images", short="--batch-size", may_change=True
    )
    local_batch_size: Optional[int] = option(
        None, "images of each worker in one step, instead of batch_size", 1, 65536, "images",
        short="--local-batch-size", may_change=True, instead_of="batch_size",
    )  # fmt: skip
    accumulate: int = option(
        1, "split each worker's images into N parts, one after another: less memory, more time", 1, 65536, "parts",
        may_change=True,
    )  # fmt: skip
    sync_batch_norm: bool = option(
        False, "BatchNorm over the images of all workers, on Ascend; otherwise each worker's over its own",
        may_change=True,
    )  # fmt: skip
    cadence: Literal["epochs", "steps"] = option("epochs", "what sample_every and checkpoint_every count")
    sample_every: int = option(1, "epochs or steps between two sample grids", 1, 1000000, may_change=True)
    sample_count: int = option(64, "images in a sample grid", 1, 1024, "images")
    checkpoint_every: int = option(5, "epochs or steps between two checkpoints", 1, 1000000, may_change=True)
    keep_checkpoints: int = option(3, "newest checkpoints kept", 1, 1000, "checkpoints", may_change=True)
    log_every: int = option(100, "steps between two log records", 1, 1000000, "steps", may_change=True)
    tensorboard: bool = option(False, "also write event files for TensorBoard into RUN/tensorboard", may_change=True)
    keep_cores: bool = option(
        False, "when other processes use the same CPU cores, keep them while waiting, by a system call filter",
        may_change=True,
    )  # fmt: skip
    skip_bad_steps: int = option(
        0, "skip up to N steps whose losses or gradients are not finite; one more ends the run", 0, 1000000,
        "steps", may_change=True,
    )  # fmt: skip


@dataclass
class MetricsConfig:
    """How good the images are during training; the best generator is kept."""

    every: int = option(
        5, "epochs between two measurements of the Frechet distance; 0, or more than the run has: none",
        0, 1000000, "epochs", may_change=True,
    )  # fmt: skip
    samples: int = option(
        5000, "images generated for each measurement", 100, 100000, "images", may_change=True, only=MEASURED
    )
    features: Optional[str] = option(
        None, "an .onnx file; unset: a classifier of the data's classes, or random convolutions where it has none",
        may_change=True, only=MEASURED, spelling=home_for_tilde)  # fmt: skip


@dataclass
class RunConfig:
    """What every run has, whatever its task; the options of a task are a dataclass derived from it.

    Such a dataclass lists its sections. The trainer reads of them `data`, `optimizer`, `ema`, `train` and `metrics`.
    """

    task: str = option("latent", "kind of GAN")
    recipe: str = option("gan_mnist", "name of the recipe; names the run folder")
    seed: int = option(0, "fixes weights, data order and latents", 0, MAX_SEED, short="--seed")
    device: str = option(
        "auto", "where to train; auto: the best that is available; GPU:1, Ascend:1: the second of several",
        may_change=True, spelling=device_name,
    )  # fmt: skip
    mode: Literal["graph", "pynative"] = option(
        "graph", "graph compiles the step once; pynative runs it line by line, for debugging", may_change=True
    )
    precision: Literal["fp32", "bf16", "fp16"] = option(
        "fp32", "what layers multiply in, weights being fp32 always; bf16: Ascend, CPUs with AMX; fp16: GPU, Ascend",
        may_change=True,
    )  # fmt: skip
    output: Optional[str] = option(
        None, "run folder; unset: runs/RECIPE-DATE-N", may_change=True, spelling=home_for_tilde
    )
    resume: Optional[str] = option(
        None, "continue the run in this folder; no other option is needed", may_change=True, spelling=home_for_tilde
    )

    init_from: Optional[str] = option(
        None, "begin with the networks of a run's folder or generator.ckpt, or zoo:NAME; what does not fit is named",
        short="--init-from", spelling=home_for_tilde,
    )  # fmt: skip

    conditional = False  # whether classes are learnt; a task that can learn them has an option of this name

    @property
    def images_per_step(self) -> int:
        """How many training images the discriminator is shown in a step."""
        return self.train.batch_size


@dataclass
class AdversarialConfig(RunConfig):
    """What every run has in which a discriminator judges images; a task adds its generator's sections."""

    data: DataConfig = field(default_factory=DataConfig)
    discriminator: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    procedure: ProcedureConfig = field(default_factory=ProcedureConfig)
    regularise: RegulariseConfig = field(default_factory=RegulariseConfig)
    optimizer: OptimizersConfig = field(default_factory=OptimizersConfig)
    ema: EmaConfig = field(default_factory=EmaConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    metrics: MetricsConfig = field(default_factory=MetricsConfig)

    @property
    def images_per_step(self) -> int:
        """How many training images the discriminator is shown in a step: a batch for each of its updates."""
        return self.procedure.d_steps * self.train.batch_size
