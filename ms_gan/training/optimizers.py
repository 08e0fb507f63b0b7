"""Update rules. One cell updates one network's parameters from their gradients."""

from typing import Any, Sequence

import mindspore as ms
from mindspore import nn, ops


class Adam(nn.Cell):
    """Adam, exactly as published: Kingma and Ba 2014 (arXiv:1412.6980), algorithm 1.

    `mindspore.nn.Adam` adds eps to a denominator that is not yet corrected for its start at zero, which makes eps
    31 times larger in the first step than in the paper and in PyTorch. Here the kernel is handed the corrected eps.

    Args:
        parameters: what to update.
        lr: learning rate.
        beta1, beta2: decay of the two moments.
        eps: added to the denominator.
        prefix: first part of the names of the moments, such as `optim_g.`.

    Inputs:
        gradients: a tuple, one for each parameter.
    """

    def __init__(
        self, parameters: Sequence[ms.Parameter], lr: float, beta1: float, beta2: float, eps: float, prefix: str
    ):
        super().__init__(auto_prefix=False)
        self.parameters = ms.ParameterTuple(parameters)
        self.moment1 = self.parameters.clone(f"{prefix}moment1", init="zeros")
        self.moment2 = self.parameters.clone(f"{prefix}moment2", init="zeros")
        self.updates = ms.Parameter(ms.Tensor(0.0, ms.float32), name=f"{prefix}updates", requires_grad=False)
        self.lr, self.beta1, self.beta2, self.eps = (ms.Tensor(x, ms.float32) for x in (lr, beta1, beta2, eps))
        self.kernel = ops.Adam()

    def construct(self, gradients):
        updates = ops.assign(self.updates, self.updates + 1.0)
        beta1_power = ops.pow(self.beta1, updates)
        beta2_power = ops.pow(self.beta2, updates)
        eps = self.eps * ops.sqrt(1.0 - beta2_power)
        for i in range(len(self.parameters)):
            self.kernel(
                self.parameters[i],
                self.moment1[i],
                self.moment2[i],
                beta1_power,
                beta2_power,
                self.lr,
                self.beta1,
                self.beta2,
                eps,
                gradients[i],
            )
        return updates


def build_optimizer(config: Any, parameters: Sequence[ms.Parameter], prefix: str) -> nn.Cell:
    """The optimizer that an OptimizerConfig describes."""
    return Adam(parameters, config.lr, config.beta1, config.beta2, config.eps, prefix)
