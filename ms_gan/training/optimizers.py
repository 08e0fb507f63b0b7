"""Update rules. One cell updates one network's parameters from their gradients."""

from typing import Any, Sequence

import mindspore as ms
from mindspore import nn, ops

from ms_gan.models.layers import clamped
from ms_gan.training.schedules import SCHEDULES, decayed


class Optimizer(nn.Cell):
    """What all update rules share: the count of updates, the clipped gradients, the decaying learning rate.

    Args:
        config: an OptimizerConfig.
        parameters: what to update.
        prefix: first part of the names of the optimizer's own parameters, such as `optim_g.`.
        total: updates of the whole run, for a learning rate that falls towards its end.

    Inputs:
        gradients: a tuple, one for each parameter.
    """

    def __init__(self, config: Any, parameters: Sequence[ms.Parameter], prefix: str, total: int = 1):
        super().__init__(auto_prefix=False)
        self.parameters = ms.ParameterTuple(parameters)
        # Not a float: that stands still at 2^24.
        self.updates = ms.Parameter(ms.Tensor(0, ms.int32), name=f"{prefix}updates", requires_grad=False)
        self.lr = ms.Tensor(config.lr, ms.float32)
        self.decay = config.decay
        self.schedule = None if config.schedule == "constant" else SCHEDULES[config.schedule]
        self.total, self.hold, self.floor = total, config.hold, config.floor
        self.clip = config.clip

    def clipped(self, gradient):
        """A gradient with each element moved into [-clip, clip]."""
        if self.clip is None:
            return gradient
        return clamped(gradient, -self.clip, self.clip)

    def learning_rate(self):
        """The learning rate of the next update: see `decayed`."""
        updates = self.updates.astype(ms.float32)
        return decayed(self.lr, updates, self.total, self.decay, self.schedule, self.hold, self.floor)


class Adam(Optimizer):
    """Adam, exactly as published: Kingma and Ba 2014 (arXiv:1412.6980), algorithm 1.

    `mindspore.nn.Adam` adds eps to a denominator that is not yet corrected for its start at zero, which makes eps
    31 times larger in the first step than in the paper and in PyTorch. Here the kernel is handed the corrected eps.
    """

    def __init__(self, config: Any, parameters: Sequence[ms.Parameter], prefix: str, total: int = 1):
        super().__init__(config, parameters, prefix, total)
        self.moment1 = self.parameters.clone(f"{prefix}moment1", init="zeros")
        self.moment2 = self.parameters.clone(f"{prefix}moment2", init="zeros")
        self.beta1, self.beta2, self.eps = (ms.Tensor(x, ms.float32) for x in (config.beta1, config.beta2, config.eps))
        self.kernel = ops.Adam()

    def construct(self, gradients):
        lr = self.learning_rate()
        updates = ops.assign(self.updates, self.updates + 1).astype(ms.float32)
        beta1_power = ops.pow(self.beta1, updates)
        beta2_power = ops.pow(self.beta2, updates)
        eps = self.eps * ops.sqrt(1.0 - beta2_power)
        for i in range(len(self.parameters)):
            parameter, gradient = self.parameters[i], self.clipped(gradients[i])
            self.kernel(
                parameter, self.moment1[i], self.moment2[i], beta1_power, beta2_power, lr, self.beta1, self.beta2, eps,
                gradient,
            )  # fmt: skip
        return updates


class RMSprop(Optimizer):
    """v <- rho v + (1 - rho) g^2, p <- p - lr g / (sqrt(v) + eps): Hinton 2012, lecture 6e, with Keras's eps."""

    def __init__(self, config: Any, parameters: Sequence[ms.Parameter], prefix: str, total: int = 1):
        super().__init__(config, parameters, prefix, total)
        self.squares = self.parameters.clone(f"{prefix}squares", init="zeros")
        self.rho, self.eps = config.rho, config.eps

    def construct(self, gradients):
        lr = self.learning_rate()
        for i in range(len(self.parameters)):
            gradient = self.clipped(gradients[i])
            squares = self.rho * self.squares[i] + (1.0 - self.rho) * gradient * gradient
            ops.assign(self.parameters[i], self.parameters[i] - lr * gradient / (ops.sqrt(squares) + self.eps))
            ops.assign(self.squares[i], squares)
        return ops.assign(self.updates, self.updates + 1)


OPTIMIZERS = {"adam": Adam, "rmsprop": RMSprop}


def build_optimizer(config: Any, parameters: Sequence[ms.Parameter], prefix: str, total: int = 1) -> Optimizer:
    """The optimizer that an OptimizerConfig describes; arguments as of Optimizer."""
    return OPTIMIZERS[config.name](config, parameters, prefix, total)
