"""Numbers that are not finite: which of them, and where."""

from typing import Iterable, Optional, Sequence, Tuple

import mindspore as ms
import numpy as np


def not_finite(statistics: np.ndarray, keys: Sequence[str]) -> Optional[Tuple[int, str]]:
    """The first of some steps with a statistic that is not finite, and the names of those, or None.

    Args:
        statistics: (steps, statistics).
        keys: the statistics' names, in their order.
    """
    bad = ~np.isfinite(statistics)
    if not bad.any():
        return None
    first = int(bad.any(axis=1).argmax())
    return first, ", ".join(name for name, found in zip(keys, bad[first]) if found)


def first_not_finite(parameters: Iterable[Tuple[str, ms.Parameter]]) -> Optional[str]:
    """The name of the first parameter with a number that is not finite, or None."""
    return next((name for name, parameter in parameters if not np.isfinite(parameter.asnumpy()).all()), None)
