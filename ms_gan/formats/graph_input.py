"""What the graph of an exported generator takes."""

from typing import NamedTuple, Tuple

import numpy as np


class GraphInput(NamedTuple):
    """One of a graph's inputs: (N, *shape), float32, or int32 where it is whole.

    Attributes:
        name: latents, labels, pictures, ...
        shape: of one, without N; () for a number.
        whole: whether it holds int32, as labels do.
    """

    name: str
    shape: Tuple[int, ...]
    whole: bool = False

    def zeros(self, count: int) -> np.ndarray:
        """So many zeros of it, (count, *shape)."""
        return np.zeros((count, *self.shape), np.int32 if self.whole else np.float32)
