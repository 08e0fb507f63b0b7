"""Weights and inputs that both sides of a golden test start from, as functions of a name: nothing large is stored."""

import zlib

import numpy as np

KEPT = 97  # values kept of each updated parameter


def values(name, shape, bound=1.0):
    """Uniform numbers in [-bound, bound), a function of the name alone."""
    random = np.random.Generator(np.random.Philox(zlib.crc32(name.encode())))
    return random.uniform(-bound, bound, shape).astype(np.float32)


def weight(name, shape):
    """A Dense weight or bias of about the size that training starts from, or a BatchNorm scale near one."""
    if name.endswith("gamma"):
        return 1 + values(name, shape, 0.1)
    fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 100
    return values(name, shape, fan_in**-0.5)


def excerpt(parameter):
    """A few values spread over a parameter."""
    flat = np.asarray(parameter).reshape(-1)
    return flat[np.linspace(0, flat.size - 1, min(KEPT, flat.size)).astype(int)]
