"""Inputs of graphs, by the names that cards give them."""

from typing import Tuple

from ms_gan.formats.graph_input import GraphInput


def latents(width: int) -> GraphInput:
    """The input (N, width) of a generator of latents."""
    return GraphInput("latents", (width,))


def labels() -> GraphInput:
    """The input (N,) of a generator that is told the class of each image."""
    return GraphInput("labels", (), whole=True)


def pictures(shape: Tuple[int, int, int]) -> GraphInput:
    """The input (N, C, H, W) of a generator that makes images of images."""
    return GraphInput("pictures", tuple(shape))
