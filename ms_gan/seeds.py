"""Random numbers as a function of what they are for, never of what was drawn before.

Every random number in this project comes from a Philox generator (Salmon et al., "Parallel Random Numbers: As
Easy as 1, 2, 3", SC 2011): a counter-based generator whose output depends on a key and a counter alone. The key is
(seed, purpose), the counter is where the number belongs: epoch, step, block of samples. So a run that is resumed, or
spread over several workers, draws exactly the numbers that an unbroken single run draws, and the numbers are the same
on every device.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

from ms_gan.config.schema import MAX_SEED

if TYPE_CHECKING:
    import numpy as np


class Purpose(IntEnum):
    """What random numbers are drawn for. Values are part of the file format of a run: never renumber them."""

    WEIGHTS = 1
    DATA_ORDER = 2
    TRAINING_LATENTS = 3
    SAMPLE_LATENTS = 4
    SYNTHETIC_IMAGES = 5
    MIRROR = 6
    LABEL_NOISE = 7
    DROPOUT = 8
    FEATURES = 9
    PENALTY = 10
    INSTANCE_NOISE = 11
    AUGMENT = 12
    TRAINING_LABELS = 13
    SAMPLE_LABELS = 14
    JITTER = 15
    DEGRADATION = 16
    POOL = 17
    GENERATOR_NOISE = 21
    STACKED_DIGITS = 22
    ATTACK = 30


def stream(seed: int, purpose: Purpose, *place: int) -> "np.random.Generator":
    """A generator for one purpose at one place.

    Args:
        seed: the run's seed, 0 to 2**63 - 1.
        purpose: what the numbers are for.
        place: up to three counters, for example (epoch,) or (step, part), each 0 to 2**64 - 1.

    Raises:
        ValueError: a seed or a counter out of range, or more than three counters.
    """
    # Not above: options need this module, and numpy starts threads, which must not be there before Signals.
    import numpy as np

    if not 0 <= seed <= MAX_SEED:
        raise ValueError(f"seed {seed} is out of range; allowed: 0 to {MAX_SEED}")
    if len(place) > 3:
        raise ValueError(f"at most three counters name a place, not {len(place)}")
    # The lowest word of the counter is the one that Philox counts up itself while numbers are drawn.
    counter = [0, *place, *[0] * (3 - len(place))]
    return np.random.Generator(
        np.random.Philox(key=np.array([seed, purpose], dtype=np.uint64), counter=np.array(counter, dtype=np.uint64))
    )
