"""Descent on what a network is given rather than on its weights: adversarial examples, searches for latents.

One compiled graph takes all steps, for a whole batch. The loop is not unrolled: the graph is as large, and takes as
long to compile, for a thousand steps as for one.
"""

from typing import Callable

import mindspore as ms
from mindspore import nn, ops

from ms_gan.models.layers import total

RULES = ("sign", "adam")


class Descent(nn.Cell):
    """Moves each row of x against the gradient of its value, and back to where it has to stay after each step.

    sign: x - rate * sign(gradient), with one step the fast gradient sign method of Goodfellow et al. 2015
    (arXiv:1412.6572), with more of them projected gradient descent: Madry et al. 2018 (arXiv:1706.06083), section 2.1.
    adam: Kingma and Ba 2015 (arXiv:1412.6980), algorithm 1, with its defaults.

    Args:
        value: a cell or function (x, *given) -> float32 (N,) or (N, 1), what is to fall for each row of x. Rows must
            not depend on one another: networks in it are in evaluation mode.
        stay: a function (x, *given) -> x that moves x to where it may be: within a distance of the start, for example.
        rule: sign or adam.

    Inputs:
        x: (N, ...), float32, where the search starts.
        rates: (steps,), float32, the size of each step.
        given: more tensors, for `value` and `stay`.

    Outputs:
        x after the steps.

    Raises:
        ValueError: a rule that there is none of.
    """

    def __init__(self, value: Callable, stay: Callable, rule: str = "sign"):
        super().__init__(auto_prefix=False)
        if rule not in RULES:
            raise ValueError(f"a step goes by {' or '.join(RULES)}, not {rule}")
        self.value = value
        self.stay = stay
        self.rule = rule
        self.gradient = ms.grad(self._sum)

    def _sum(self, x, *given):
        """Each row has its own value, so the gradient of the sum is the gradients of all of them."""
        return total(self.value(x, *given))

    def construct(self, x, rates, *given):
        step, steps = ms.Tensor(0, ms.int32), ms.Tensor(rates.shape[0], ms.int32)
        mean, square = ops.zeros_like(x), ops.zeros_like(x)
        decayed, decayed_square = ms.Tensor(1.0, ms.float32), ms.Tensor(1.0, ms.float32)
        while step < steps:
            gradient = self.gradient(x, *given)
            if self.rule == "sign":
                direction = ops.sign(gradient)
            else:
                mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient * gradient
                decayed, decayed_square = 0.9 * decayed, 0.999 * decayed_square
                direction = mean / (1 - decayed) / (ops.sqrt(square / (1 - decayed_square)) + 1e-8)
            x = self.stay(x - ops.gather(rates, step, 0) * direction, *given)
            step = step + 1
        return x
