"""A generator as one static graph in a MindIR file, compared with its source before success is reported."""

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Optional

import mindspore as ms
import numpy as np

from ms_gan.card import Card
from ms_gan.errors import GanError
from ms_gan.files import whole_file, write_text
from ms_gan.latents import sample_latents
from ms_gan.sampling import Sampler, card_path, open_generator

TOLERANCE = 1e-5  # largest difference between two images of one latent, on the scale [-1, 1]
COMPARED = 96  # latents; not a multiple of the sampler's block, so that padding is covered


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
    path = Path(path)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "generator.mindir"
        _write_mindir(source, draft, batch_size)
        content = draft.read_bytes()
        card = replace(source.card, batch_size=batch_size, sha256=hashlib.sha256(content).hexdigest())
        card_path(draft).write_text(card.to_json(), encoding="utf-8")
        difference = _compare(source, open_generator(draft), card)
        if not difference <= TOLERANCE:
            raise GanError(
                f"{path}: not written; its images differ from the source's by {difference:.1e}, "
                f"allowed: {TOLERANCE:.0e}"
            )
        with whole_file(path) as temporary:
            temporary.write_bytes(content)
        write_text(card_path(path), card.to_json())
    return difference


def _write_mindir(source: Sampler, path: Path, batch_size: Optional[int]) -> None:
    latents = ms.Tensor(shape=[batch_size, source.card.latent.width], dtype=ms.float32)
    if batch_size:
        latents = ms.Tensor(np.zeros((batch_size, source.card.latent.width), np.float32))
    ms.export(source.network, latents, file_name=str(path), file_format="MINDIR")


def _compare(source: Sampler, exported: Sampler, card: Card) -> float:
    latents = sample_latents(card.seed, 0, COMPARED, card.latent)
    return float(np.abs(source.generate(latents) - exported.generate(latents)).max())
