"""Steps that are left out because their losses or gradients are not finite."""

from typing import Any, List, Sequence, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.runtime.workers import Workers
from ms_gan.training.finite import not_finite

EXAMINED = "squared_gradients."  # first part of the names of what ExaminedOptimizer finds


class ExaminedOptimizer(nn.Cell):
    """An optimizer that tells how large its gradients are, of its parameters' shapes.

    A sum of squares is not finite where one of the numbers is not, or where one is too large for the squares that
    optimizers keep. On a CPU MindSpore finds it five times as fast as it asks each number (`isfinite`).

    Args:
        optimizer: an Optimizer.
        role: its key in `System.optimizers`.

    Inputs:
        gradients: a tuple, one for each of the optimizer's parameters.

    Attributes:
        squares: float32, half the sum of squares for each of the optimizer's parameters, added up over its updates.
    """

    def __init__(self, optimizer: nn.Cell, role: str):
        super().__init__(auto_prefix=False)
        self.optimizer = optimizer
        self.parameters = optimizer.parameters
        zeros = ms.Tensor(np.zeros(len(optimizer.parameters), np.float32))
        self.half_square = ops.L2Loss()
        self.squares = ms.Parameter(zeros, name=f"{EXAMINED}{role}", requires_grad=False)

    def construct(self, gradients):
        found = ()
        for gradient in gradients:
            found += (self.half_square(gradient),)
        ops.assign(self.squares, self.squares + ops.stack(found))
        return self.optimizer(gradients)


class Copy(nn.Cell):
    """Sets parameters to the values of others of the same shapes, one by one; returns True once it is done."""

    def __init__(self, targets: Sequence[ms.Parameter], sources: Sequence[ms.Parameter]):
        super().__init__(auto_prefix=False)
        self.targets, self.sources = ms.ParameterTuple(targets), ms.ParameterTuple(sources)

    def construct(self):
        for i in range(len(self.targets)):
            ops.assign(self.targets[i], self.sources[i])
        return True


class CarefulSteps:
    """Takes a system's steps; one whose losses or gradients are not finite changes nothing but the count of steps.

    Everything that training changes is copied before each step and put back after a bad one, whichever updates the
    step consists of. In float16 a loss scale deals with the gradients, and only the losses are looked at.

    Args:
        system: built with train.skip_bad_steps.
        keys: of the task's statistics.
        workers: who take the steps together; all of them find the same.
    """

    def __init__(self, system: Any, keys: Sequence[str], workers: Workers):
        self._system, self._keys, self._workers = system, keys, workers
        changed = [parameter for name, parameter in system.parameters() if name != "step"]
        kept = _clones(changed, "kept")
        self._put_back = Copy(changed, kept)
        found = {p.name: p for p in system.step.get_parameters() if p.name.startswith(EXAMINED)}
        # In the order of the updates.
        self._found = [found[EXAMINED + role] for role in system.optimizers if EXAMINED + role in found]
        zeros = _clones(self._found, "zeros")
        self._prepare = Copy(kept + self._found, changed + zeros)

    def take(self, number: int, inputs: Sequence[Any]) -> Tuple[ms.Tensor, str]:
        """Take step `number`, as System.take does; returns its statistics, (count,), and what was not finite."""
        self._prepare()
        statistics = self._system.take(number, inputs)
        cause = self._cause(self._workers.mean(statistics.asnumpy()))
        if cause:
            self._put_back()
        return statistics, cause

    def _cause(self, statistics: np.ndarray) -> str:
        """What is not finite: the gradients where it begins, in the order of the updates, and the statistics."""
        causes: List[str] = []
        for found in self._found:
            role = found.name[len(EXAMINED) :]
            bad = np.flatnonzero(~np.isfinite(found.asnumpy()))
            if len(bad):
                # A network's last bad gradient is the first one that backpropagation came to.
                name = self._system.optimizers[role].parameters[bad[-1]].name
                others = f" and of {len(bad) - 1} before it" if len(bad) > 1 else ""
                causes.append(f"the gradient of {name}{others}")
        losses = not_finite(statistics[None], self._keys)
        return ", ".join(causes + ([losses[1]] if losses else []))


def _clones(parameters: Sequence[ms.Parameter], prefix: str) -> List[ms.Parameter]:
    """Parameters of the same values under other names."""
    return list(ms.ParameterTuple(parameters).clone(prefix, init="same")) if parameters else []
