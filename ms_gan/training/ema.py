"""The exponential moving average of a network."""

import mindspore as ms
from mindspore import nn, ops


class MovingAverage(nn.Cell):
    """average <- d^k * average + (1 - d^k) * network, over weights and BatchNorm statistics alike, every k steps.

    An average of every step would cost a tenth of a step of a dense network, and k = 4 gives the same images: 4 steps
    are few beside the 1 / (1 - d) that an average reaches back.

    With warm-up d is min(decay, (1 + t) / (10 + t)) at step t, so that the average forgets the random start: the
    rule of TensorFlow's ExponentialMovingAverage with num_updates. Averages of generators: Yazici et al. 2018
    (arXiv:1806.04498).

    Args:
        network: what is averaged.
        average: a network of the same shape, which holds the average.
        decay: the share of the old average kept for each step, d.
        warmup: whether young averages forget faster.
        every: k.

    Inputs:
        step: how many steps came before the last one, a float32 scalar.
    """

    def __init__(self, network: nn.Cell, average: nn.Cell, decay: float, warmup: bool, every: int):
        super().__init__(auto_prefix=False)
        self.sources = ms.ParameterTuple(network.get_parameters())
        self.averages = ms.ParameterTuple(average.get_parameters())
        self.decay = decay
        self.warmup = warmup
        self.every = every

    def construct(self, step):
        decay = ops.minimum((1.0 + step) / (10.0 + step), self.decay) if self.warmup else self.decay
        new = 1.0 - decay**self.every
        for i in range(len(self.sources)):
            ops.assign(self.averages[i], self.averages[i] + new * (self.sources[i] - self.averages[i]))
        return step
