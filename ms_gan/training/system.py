"""The parts of a training: named networks, their optimizers, and the step that ties them together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.config.sections import Config
from ms_gan.generators.weights import restore
from ms_gan.models import build_discriminator, build_generator
from ms_gan.models.precision import compute_in
from ms_gan.seeds import Purpose, stream
from ms_gan.training.adversarial.accumulate import AccumulatedStep
from ms_gan.training.adversarial.judge import Judge, Penalties
from ms_gan.training.adversarial.regularisers import WeightClipping
from ms_gan.training.adversarial.step import SharedFakesStep, TrainOneStep
from ms_gan.training.checks import check_procedure
from ms_gan.training.ema import MovingAverage
from ms_gan.training.loss_scale import LossScale
from ms_gan.training.optimizers import build_optimizer
from ms_gan.training.parallel import MeanStatistics, ParallelOptimizer, synchronise_norms
from ms_gan.training.skipping import EXAMINED, ExaminedOptimizer


@dataclass
class System:
    """What is trained.

    Attributes:
        networks: by name; `sampled` names the one that makes the pictures.
        step: the training step: a TrainOneStep or an AccumulatedStep.
        sampled: a key of `networks`.
        rare: the step to take in place of `step` in every `every`-th one, with penalties; None: there is none.
        every: how often `rare` is taken.
        average: the MovingAverage that follows every `average.every`-th step; None: there is none.
        statistics: sets BatchNorm's running statistics to their mean over all workers; None: there is one worker.
    """

    networks: Dict[str, nn.Cell]
    step: Any
    sampled: str
    rare: Any = None
    every: int = 1
    average: Optional[MovingAverage] = None
    statistics: Optional[nn.Cell] = None

    def take(self, number: int, inputs: Sequence[Any]) -> ms.Tensor:
        """Take step `number`, from 0, with the inputs of TrainOneStep; returns its statistics."""
        cell = self.step if self.rare is None or number % self.every else self.rare
        statistics = cell(*inputs)
        if self.average is not None and (number + 1) % self.average.every == 0:
            self.average(ms.Tensor(number, ms.float32))
        return statistics

    def average_statistics(self) -> None:
        """Before anything is made of the weights: let all workers have the same running statistics."""
        if self.statistics is not None:
            self.statistics()

    def parameters(self) -> List[Tuple[str, ms.Parameter]]:
        """Everything that training changes, by name."""
        parameters = list(self.step.get_parameters())
        if self.average is not None:
            parameters += self.average.averages
        return [(parameter.name, parameter) for parameter in parameters if not parameter.name.startswith(EXAMINED)]

    def restore(self, values: Dict[str, ms.Parameter], where: Path) -> None:
        """Set everything that training changes from a checkpoint's values.

        Only a loss scale may be missing there, and starts anew then: a run can go on in another precision. Steps and
        updates were counted in float32 by version 0.1.0.

        Raises:
            GanError: another parameter is missing or has another shape. Nothing is set then.
        """
        scales = {name: parameter for name, parameter in self.parameters() if name.startswith("loss_scale_")}
        counts = {
            name: ms.Parameter(values[name].asnumpy().astype(np.int32), name=name)
            for name, parameter in self.parameters()
            if parameter.dtype == ms.int32 and name in values and values[name].dtype == ms.float32
        }
        restore(self.parameters(), {**scales, **values, **counts}, where)


def build_networks(config: Config, image_shape: Tuple[int, int, int], workers: int = 1) -> Dict[str, nn.Cell]:
    """The networks of a run, by name, with their initial weights; `workers`: how many train them."""

    def generator(prefix: str) -> nn.Cell:
        # The same place in the same stream: the average starts as the generator's equal.
        random = stream(config.seed, Purpose.WEIGHTS, 0)
        return build_generator(config.generator, config.latent.width, image_shape, random, prefix)

    random = stream(config.seed, Purpose.WEIGHTS, 1)
    networks = {
        "generator": generator("generator."),
        "discriminator": build_discriminator(config.discriminator, image_shape, random),
    }
    for network in networks.values():
        compute_in(network, config.precision)
        if config.train.sync_batch_norm and workers > 1:
            synchronise_norms(network)
    if config.ema.enabled:
        networks["generator_ema"] = generator("generator_ema.")
    return networks


def build_optimizers(
    config: Config, networks: Dict[str, nn.Cell], total_steps: int, workers: int
) -> Tuple[nn.Cell, nn.Cell]:
    """The optimizers of the generator and of the discriminator; arguments as of `build_system`."""

    def optimizer(role: str, letter: str, updates: int, fusion: int) -> nn.Cell:
        parameters = networks[role].trainable_params()
        found = build_optimizer(getattr(config.optimizer, role), parameters, f"optim_{letter}.", updates)
        if config.precision == "fp16":
            found = LossScale(found, f"loss_scale_{letter}.")
        elif config.train.skip_bad_steps:
            found = ExaminedOptimizer(found, role)
        return found if workers == 1 else ParallelOptimizer(found, workers, fusion)

    d_steps = config.procedure.d_steps
    # Several updates stand in one graph, each waiting for the one before: what they exchange cannot be one message.
    fusion_d = 2 if d_steps == 1 or config.train.accumulate > 1 else 0
    return optimizer("generator", "g", total_steps, 1), optimizer("discriminator", "d", d_steps * total_steps, fusion_d)


def build_system(config: Config, image_shape: Tuple[int, int, int], total_steps: int = 1, workers: int = 1) -> System:
    """The networks, optimizers and step of a run, at step 0.

    Args:
        config: the run's configuration.
        image_shape: (C, H, W) of the training images.
        total_steps: length of the run, for learning rates that fall towards its end.
        workers: how many train together; where there are several they must have joined.

    Raises:
        UsageError: options that do not go together, or sizes that a family of networks does not have.
    """
    check_procedure(config)
    networks = build_networks(config, image_shape, workers)
    generator, discriminator = networks["generator"], networks["discriminator"]
    optim_g, optim_d = build_optimizers(config, networks, total_steps, workers)
    regularise = config.regularise
    judge = Judge(discriminator, regularise, image_shape)
    bound = regularise.clip_weights
    clipping = None if bound is None else WeightClipping(discriminator.trainable_params(), bound)
    count = ms.Parameter(ms.Tensor(0, ms.int32), name="step", requires_grad=False)

    def step(penalties: Optional[nn.Cell]) -> Any:
        parts = generator, judge, optim_g, optim_d, config.procedure, penalties, clipping, count
        if config.train.accumulate > 1:
            return AccumulatedStep(*parts)
        return (SharedFakesStep if config.procedure.fakes == "shared" else TrainOneStep)(*parts).set_train()

    penalties = None
    if regularise.gradient_penalty or regularise.r1 or regularise.r2:
        penalties = Penalties(discriminator, regularise)
    usual = step(penalties if regularise.every == 1 else None)
    system = System(networks, usual, "generator_ema" if config.ema.enabled else "generator")
    if penalties is not None and regularise.every > 1:
        system.rare, system.every = step(penalties), regularise.every
    if config.ema.enabled:
        ema = config.ema
        system.average = MovingAverage(generator, networks["generator_ema"], ema.decay, ema.warmup, ema.every)
    if workers > 1:
        parameters = [parameter for network in networks.values() for parameter in network.get_parameters()]
        system.statistics = MeanStatistics(parameters, workers)
    return system
