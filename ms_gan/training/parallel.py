"""What data parallel training adds to the networks: means over all workers, and the certainty that they agree."""

import hashlib
from dataclasses import replace
from typing import Dict, Iterable, List, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.config.parser import write_yaml
from ms_gan.config.sections import RunConfig
from ms_gan.errors import GanError, UsageError
from ms_gan.generators.weights import weights_digest
from ms_gan.runtime import Device
from ms_gan.runtime.workers import Workers
from ms_gan.training.checkpoint import sample_digest

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
RUNNING = ("moving_mean", "moving_variance")


class ParallelOptimizer(nn.Cell):
    """An optimizer of the mean of all workers' gradients, of its parameters' shapes.

    The mean is taken before the optimizer looks at the gradients: a loss scale finds the same overflow on all workers.

    Args:
        optimizer: an Optimizer, or a LossScale of one.
        count: of the workers.
        fusion: gradients that may travel together have one number, of their own in a graph; 0: each travels alone.

    Inputs:
        gradients: this worker's, a tuple, one for each of the optimizer's parameters.
    """

    def __init__(self, optimizer: nn.Cell, count: int, fusion: int):
        super().__init__(auto_prefix=False)
        self.optimizer = optimizer
        self.parameters = optimizer.parameters
        self.scale = getattr(optimizer, "scale", None)
        self.mean = nn.DistributedGradReducer(list(optimizer.parameters), True, count, fusion)

    def construct(self, gradients):
        return self.optimizer(self.mean(gradients))


class MeanStatistics(nn.Cell):
    """Sets BatchNorm's running statistics, of any shape, to their mean over all workers: each has seen its own images.

    Args:
        parameters: of all networks.
        count: of the workers.

    Outputs:
        True, once all are set.
    """

    def __init__(self, parameters: Iterable[ms.Parameter], count: int):
        super().__init__(auto_prefix=False)
        self.statistics = ms.ParameterTuple([p for p in parameters if p.name.endswith(RUNNING)])
        self.share = 1.0 / count
        self.sum = ops.AllReduce()

    def construct(self):
        for statistic in self.statistics:
            ops.assign(statistic, self.share * self.sum(statistic))
        return True


def check_patience(device: Device) -> None:
    """Refuse to measure quality where the other workers would not wait for worker 0 to do it.

    Raises:
        UsageError: several workers on CPUs, and MindSpore before 2.10, which lets them wait for 30 seconds only.
    """
    old = tuple(map(int, device.mindspore.split(".")[:2])) < (2, 10)
    if device.workers.count > 1 and device.name == "CPU" and old:
        raise UsageError(
            f"metrics.every: with MindSpore {device.mindspore} workers on CPUs wait for each other for 30 seconds at "
            "most, and measuring takes longer; set it to 0, or use MindSpore 2.10"
        )


def synchronise_norms(network: nn.Cell) -> None:
    """Let every BatchNorm of a network normalise over the images of all workers, in place; names and values stay."""
    for _, cell in list(network.cells_and_names()):
        for name, norm in list(cell.name_cells().items()):
            if not isinstance(norm, NORMS):
                continue
            # In half precision too it stays in float32: ms_gan.models.precision.
            synchronised = nn.SyncBatchNorm(norm.num_features, 1e-5, 0.9).to_float(ms.float32)
            for parameter in ("gamma", "beta", *RUNNING):
                setattr(synchronised, parameter, getattr(norm, parameter))
            if isinstance(cell, nn.SequentialCell):
                cell[int(name)] = synchronised
            else:
                setattr(cell, name, synchronised)


def facts(
    config: RunConfig, arrays: Dict[str, np.ndarray], parameters: Iterable[Tuple[str, ms.Parameter]]
) -> Dict[str, bytes]:
    """What all workers must start from, the images (N, C, H, W) by name too, for `check_agreement`."""
    c = config
    # Without what each machine may have in a place of its own.
    elsewhere = {name: None for name in ("dir", "a", "b", "legend") if hasattr(c.data, name)}
    options = replace(c, data=replace(c.data, **elsewhere), metrics=replace(c.metrics, features=None), output=None)
    return {
        "options": write_yaml(options).encode(),
        **{name: f"{array.shape} {sample_digest(array)}".encode() for name, array in arrays.items()},
        "weights": weights_digest(parameter for _, parameter in parameters).encode(),
    }


def check_agreement(workers: Workers, facts: Dict[str, bytes]) -> None:
    """Make sure that all workers start from the same.

    Args:
        workers: several; all of them call this.
        facts: what must agree, by its name for people.

    Raises:
        GanError: one differs; names the first worker that it differs on.
    """
    digests = [hashlib.sha256(content).digest()[:8] for content in facts.values()]
    gathered = workers.gather(np.frombuffer(b"".join(digests), np.uint8).astype(np.float32))
    differs = (gathered != gathered[0]).reshape(workers.count, len(facts), -1).any(axis=2)
    for rank, row in enumerate(differs):
        names: List[str] = [name for name, other in zip(facts, row) if other]
        if names:
            raise GanError(
                f"worker {rank} differs from worker 0 in: {', '.join(names)}; give all "
                "machines the same options, the same data and the same version of everything",
                code="workers",
            )
