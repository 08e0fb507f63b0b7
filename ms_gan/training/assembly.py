"""What every builder of a system puts together in the same way."""

from typing import Any, List

import mindspore as ms
from mindspore import nn

from ms_gan.training.ema import MovingAverage
from ms_gan.training.loss_scale import LossScale
from ms_gan.training.optimizers import build_optimizer
from ms_gan.training.parallel import MeanStatistics, ParallelOptimizer
from ms_gan.training.skipping import ExaminedOptimizer
from ms_gan.training.system import System


def follow(system: System, config: Any, workers: int) -> None:
    """Let averages follow the generators that have one, and BatchNorm's statistics be the mean over all workers.

    Args:
        system: what is trained; the average of a network NAME is its network NAME_ema.
        config: the run's RunConfig.
        workers: how many train together.
    """
    ema, networks = config.ema, system.networks
    for name in networks:
        if f"{name}_ema" in networks:
            average = MovingAverage(networks[name], networks[f"{name}_ema"], ema.decay, ema.warmup, ema.every)
            system.averages.append(average)
    if workers > 1:
        parameters = [parameter for network in networks.values() for parameter in network.get_parameters()]
        system.statistics = MeanStatistics(parameters, workers)


def make_optimizer(
    config: Any, role: str, parameters: List[ms.Parameter], updates: int, workers: int, fusion: int
) -> nn.Cell:
    """The optimizer of a role: with a loss scale in fp16, examined where bad steps are skipped, shared by workers.

    Args:
        config: the run's RunConfig.
        role: generator or discriminator.
        parameters: those that it moves; of several networks where a role has several.
        updates: that it makes in the whole run, for learning rates that fall towards the end.
        workers: how many train together.
        fusion: number of the message in which workers exchange its gradients; 0: each gradient has one of its own.
    """
    letter = role[0]
    found = build_optimizer(getattr(config.optimizer, role), parameters, f"optim_{letter}.", updates)
    if config.precision == "fp16":
        found = LossScale(found, f"loss_scale_{letter}.")
    elif config.train.skip_bad_steps:
        found = ExaminedOptimizer(found, role)
    return found if workers == 1 else ParallelOptimizer(found, workers, fusion)
