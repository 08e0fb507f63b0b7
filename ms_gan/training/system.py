"""The parts of a training: named networks, their optimizers, and the step that ties them together."""

from dataclasses import dataclass
from typing import Dict, List, Tuple

import mindspore as ms
from mindspore import nn

from ms_gan.config import Config
from ms_gan.models import build_discriminator, build_generator
from ms_gan.seeds import Purpose, stream
from ms_gan.training.ema import MovingAverage
from ms_gan.training.optimizers import build_optimizer
from ms_gan.training.step import SharedFakesStep, TrainOneStep


@dataclass
class System:
    """What is trained.

    Attributes:
        networks: by name; `sampled` names the one that makes the pictures.
        step: the training step.
        sampled: a key of `networks`.
    """

    networks: Dict[str, nn.Cell]
    step: nn.Cell
    sampled: str

    def parameters(self) -> List[Tuple[str, ms.Parameter]]:
        """Everything that training changes, by name."""
        return [(parameter.name, parameter) for parameter in self.step.get_parameters()]


def build_system(config: Config, image_shape: Tuple[int, int, int]) -> System:
    """The networks, optimizers and step of a run, at step 0.

    Args:
        config: the run's configuration.
        image_shape: (C, H, W) of the training images.
    """

    def generator(prefix: str) -> nn.Cell:
        # The same place in the same stream: the average starts as the generator's equal.
        random = stream(config.seed, Purpose.WEIGHTS, 0)
        return build_generator(config.generator, config.latent.width, image_shape, random, prefix)

    networks = {
        "generator": generator("generator."),
        "discriminator": build_discriminator(
            config.discriminator, image_shape, stream(config.seed, Purpose.WEIGHTS, 1)
        ),
    }
    average = None
    if config.ema.enabled:
        networks["generator_ema"] = generator("generator_ema.")
        average = MovingAverage(networks["generator"], networks["generator_ema"], config.ema.decay, config.ema.warmup)
    optim_g = build_optimizer(config.optimizer.generator, networks["generator"].trainable_params(), "optim_g.")
    optim_d = build_optimizer(config.optimizer.discriminator, networks["discriminator"].trainable_params(), "optim_d.")
    kind = SharedFakesStep if config.procedure.fakes == "shared" else TrainOneStep
    step = kind(networks["generator"], networks["discriminator"], optim_g, optim_d, average, config.procedure)
    step.set_train()
    return System(networks, step, "generator_ema" if config.ema.enabled else "generator")
