"""A generator as one static graph in a MindIR file, which MindSpore and MindSpore Lite run."""

from pathlib import Path
from typing import Optional

import mindspore as ms
import numpy as np

from ms_gan.export.read_back import write_compared
from ms_gan.generators.sampling import Sampler


def export_mindir(source: Sampler, path: Path, batch_size: Optional[int] = None) -> float:
    """Write a generator as MindIR, and `<name>.json` with its card beside it.

    Args:
        source: the generator.
        path: the file to write, ending in .mindir.
        batch_size: images the graph makes at once; None: any number.

    Returns:
        the largest difference between the images of the file, read back, and those of the source, on [-1, 1].

    Raises:
        GanError: the difference is above TOLERANCE, or a file cannot be written. Nothing is written then.
    """

    def write(draft: Path) -> None:
        latents = ms.Tensor(shape=[batch_size, source.card.latent.width], dtype=ms.float32)
        if batch_size:
            latents = ms.Tensor(np.zeros((batch_size, source.card.latent.width), np.float32))
        ms.export(source.network, latents, file_name=str(draft), file_format="MINDIR")

    return write_compared(source, path, batch_size, write)
