"""The parts of a training: named networks, their optimizers, and the step that ties them together."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Protocol, Sequence, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.generators.weights import restore
from ms_gan.training.ema import MovingAverage
from ms_gan.training.skipping import EXAMINED

Shape = Tuple[int, ...]
LABEL: Shape = ()  # of an input that is int32 (N,); all others are float32


class Inputs(Protocol):
    """What each step is given, as a function of its number alone: that is why a resumed run repeats an unbroken one.

    Attributes:
        steps_per_epoch: steps in which the data are seen once.
    """

    steps_per_epoch: int

    def __call__(self, step: int) -> List[Any]:
        """The inputs of a step, counted from 0."""


@dataclass
class System:
    """What is trained.

    Attributes:
        networks: all of them by name.
        optimizers: by the role whose parameters they move: generator, discriminator.
        step: the training step, a Cell or what behaves like one: called with a step's inputs, it returns the task's
            statistics, float32, in their order; `get_parameters` gives everything that it changes.
        generators: the network of each generator that is kept, by the stem of its file: {"generator": "generator_ema"}.
        examples: shapes of each network's inputs, without N, for the plan's table of layers; None: it is given None.
        rare: the step to take in place of `step` in every `every`-th one, with penalties; None: there is none.
        every: how often `rare` is taken.
        averages: follow every `average.every`-th step.
        statistics: sets BatchNorm's running statistics to their mean over all workers; None: there is one worker.
    """

    networks: Dict[str, nn.Cell]
    optimizers: Dict[str, nn.Cell]
    step: Any
    generators: Dict[str, str]
    examples: Dict[str, Tuple[Optional[Shape], ...]]
    rare: Any = None
    every: int = 1
    averages: List[MovingAverage] = field(default_factory=list)
    statistics: Optional[nn.Cell] = None

    @property
    def first_generator(self) -> Tuple[str, str]:
        """The stem and the network of the generator that stands for the system: in checkpoints' cards, in measuring."""
        return next(iter(self.generators.items()))

    def take(self, number: int, inputs: Sequence[Any]) -> ms.Tensor:
        """Take step `number`, from 0, with its inputs; returns its statistics."""
        cell = self.step if self.rare is None or number % self.every else self.rare
        statistics = cell(*inputs)
        for average in self.averages:
            if (number + 1) % average.every == 0:
                average(ms.Tensor(number, ms.float32))
        return statistics

    def average_statistics(self) -> None:
        """Before anything is made of the weights: let all workers have the same running statistics."""
        if self.statistics is not None:
            self.statistics()

    def parameters(self) -> List[Tuple[str, ms.Parameter]]:
        """Everything that training changes, by name."""
        parameters = list(self.step.get_parameters())
        for average in self.averages:
            parameters += average.averages
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
