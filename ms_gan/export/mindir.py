"""A generator as one static graph in a MindIR file, which MindSpore and MindSpore Lite run."""

import contextlib
from pathlib import Path
from typing import Optional, Sequence

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.export.read_back import write_compared
from ms_gan.formats.graph_input import GraphInput
from ms_gan.generators.opened import Opened
from ms_gan.models.cpu.convolution import for_any_batch


def export_mindir(
    source: Opened, path: Path, batch_size: Optional[int] = None, pictures: Optional[np.ndarray] = None
) -> float:
    """Write a generator as MindIR, and `<name>.json` with its card beside it.

    Args:
        source: the generator.
        path: the file to write, ending in .mindir.
        batch_size: images the graph makes at once; None: any number.
        pictures: (N, C, H, W), float32, that a generator which takes pictures is compared on beside drawn ones.

    Returns:
        the largest difference between the images of the file, read back, and those of the source, on [-1, 1].

    Raises:
        GanError: the difference is above TOLERANCE, or a file cannot be written. Nothing is written then.
    """

    def write(draft: Path) -> None:
        write_mindir(source.network, source.card.graph_inputs, draft, batch_size)

    return write_compared(source, path, batch_size, write, pictures=pictures)


def write_mindir(network: nn.Cell, inputs: Sequence[GraphInput], path: Path, batch_size: Optional[int]) -> None:
    """Write a cell as MindIR.

    Args:
        network: in evaluation mode.
        inputs: what it takes, in the order of its arguments.
        path: the file to write, ending in .mindir.
        batch_size: images the graph makes at once; None: any number.
    """
    with contextlib.nullcontext() if batch_size else for_any_batch(network):
        ms.export(network, *(_example(one, batch_size) for one in inputs), file_name=str(path), file_format="MINDIR")


def _example(one: GraphInput, batch_size: Optional[int]) -> ms.Tensor:
    """An input of a size; its values do not matter."""
    if batch_size:
        return ms.Tensor(one.zeros(batch_size))
    return ms.Tensor(shape=[None, *one.shape], dtype=ms.int32 if one.whole else ms.float32)
