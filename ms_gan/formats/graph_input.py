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


def latents(width: int) -> GraphInput:
    """The input (N, width) of a generator of latents."""
    return GraphInput("latents", (width,))


def labels() -> GraphInput:
    """The input (N,) of a generator that is told the class of each image."""
    return GraphInput("labels", (), whole=True)


def pictures(shape: Tuple[int, int, int]) -> GraphInput:
    """The input (N, C, H, W) of a generator that makes images of images."""
    return GraphInput("pictures", tuple(shape))
