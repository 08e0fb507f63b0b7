"""Weights and inputs that both sides of a golden test start from, as functions of a name: nothing large is stored."""

import zlib

import numpy as np

BATCH = 8
KEPT = 97  # values kept of each large array
SIDE = 16  # of the pictures of translation_inputs


def values(name, shape, bound=1.0):
    """Uniform numbers in [-bound, bound), a function of the name alone."""
    random = np.random.Generator(np.random.Philox(zlib.crc32(name.encode())))
    return random.uniform(-bound, bound, shape).astype(np.float32)


def weight(name, shape):
    """A weight or bias of about the size that training starts from, or a BatchNorm scale near one."""
    if name.endswith("gamma"):
        return 1 + values(name, shape, 0.1)
    fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 100
    return values(name, shape, fan_in**-0.5)


def step_inputs(shape, latent, noisy=False, features=0):
    """What a step is given: images, latents for both updates, label noise (1, 2, N, 1), masks (3, N, features)."""
    noise = (0.025 + values("noise", (1, 2, BATCH, 1), 0.025)) if noisy else None
    masks = np.float32(1 / 0.6) * (values("masks", (3, BATCH, features)) > -0.2) if features else None
    latents = [values(name, (BATCH, latent), 1.7) for name in ("latents_d", "latents_g")]
    return [values("images", (BATCH, *shape)), *latents, noise, masks]


def excerpt(array):
    """A few values spread over an array."""
    flat = np.asarray(array).reshape(-1)
    return flat[np.linspace(0, flat.size - 1, min(KEPT, flat.size)).astype(int)]


def labels_of(name, classes=10):
    """Labels (N,), int32, a function of the name alone."""
    random = np.random.Generator(np.random.Philox(zlib.crc32(name.encode())))
    return random.integers(0, classes, BATCH).astype(np.int32)


def maps_of(classes, sides):
    """Maps (N, H, W), int32, some pixels unknown, a function of their sizes alone."""
    random = np.random.Generator(np.random.Philox(zlib.crc32(b"maps")))
    maps = random.integers(0, classes + 1, (BATCH, *sides)).astype(np.int32)
    return np.where(maps == classes, 255, maps).astype(np.int32)


def translation_inputs(case, step):
    """What a step of pictures is given: paired: (pictures, images); unpaired: (a, b, draws of a, draws of b)."""
    names = {"pictures": 4, "images": 3} if case == "paired" else {"a": 3, "b": 3}
    size = 4 if case == "paired" else 2
    arrays = [values(f"{name} {step}", (size, channels, SIDE, SIDE)) for name, channels in names.items()]
    if case == "unpaired":
        arrays += [0.5 + values(f"draws {name} {step}", (size, 2), 0.5) for name in names]
    return arrays
