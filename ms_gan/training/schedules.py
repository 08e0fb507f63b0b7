"""Learning-rate schedules: the factor of the learning rate at each step of a run.

They are pure functions of the step, a scalar tensor: they can stand in a compiled step, and a run resumes anywhere.
"""

import math

from mindspore import ops

from ms_gan.models.layers import clamped


def progress(step, total, hold):
    """Which share of the way from `hold * total` to `total` lies behind a step: 0 before it, 1 after it."""
    share = (step - hold * total) / ((1.0 - hold) * total)
    return clamped(share, 0.0, 1.0)


def constant(step, total, hold=0.0, floor=0.0):
    """1 at every step."""
    return 1.0


def linear(step, total, hold=0.5, floor=0.0):
    """1 for the first `hold` of the run, then falling in a straight line to `floor` at its end.

    Zhu et al. 2017 (arXiv:1703.10593), section 4, with hold 0.5 and floor 0.

    Args:
        step: how many steps came before this one, a float32 scalar.
        total: steps of the whole run.
        hold: share of the run, 0 to below 1.
        floor: the last factor, 0 to 1.

    Returns:
        a float32 scalar in [floor, 1].
    """
    return 1.0 - (1.0 - floor) * progress(step, total, hold)


def cosine(step, total, hold=0.0, floor=0.0):
    """1 for the first `hold` of the run, then falling to `floor` along half a cosine: Loshchilov and Hutter 2016
    (arXiv:1608.03983), equation 5 without restarts. Arguments and result as of `linear`.
    """
    return floor + 0.5 * (1.0 - floor) * (1.0 + ops.cos(math.pi * progress(step, total, hold)))


def decayed(lr, step, total, decay, schedule, hold, floor):
    """lr / (1 + decay * step), which is Keras's time-based decay, times the factor of a schedule, or of none (None)."""
    if decay != 0.0:
        lr = lr / (1.0 + decay * step)
    return lr if schedule is None else lr * schedule(step, total, hold, floor)


SCHEDULES = {"constant": constant, "linear": linear, "cosine": cosine}
