"""Files that are read back and compared with their source before they appear."""

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Callable, Optional, Tuple

import numpy as np

from ms_gan.errors import GanError
from ms_gan.files import whole_file, write_text
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import Sampler, card_path, open_generator

TOLERANCE = 1e-5  # largest difference between two images of one latent, on the scale [-1, 1]
SATURATION = 0.99  # of Tanh: from there on a program may have a tolerance of its own
COMPARED = 96  # latents; not a multiple of the sampler's block, so that padding is covered


def write_compared(
    source: Sampler, path: Path, batch_size: Optional[int], write: Callable[[Path], None], saturated: float = TOLERANCE
) -> float:
    """Write a generator in a form that `open_generator` reads, and `<name>.json` with its card beside it.

    Args:
        source: the generator.
        path: the file to write; its suffix tells its kind.
        batch_size: images that the file's graph makes at once; None: any number.
        write: writes the file, at the path that it is given.
        saturated: the largest difference where Tanh is saturated.

    Returns:
        the largest difference between the images of the file, read back, and those of the source, on [-1, 1].

    Raises:
        GanError: the difference is above what is allowed, or a file cannot be written. Nothing is written then.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / f"generator{path.suffix}"
        write(draft)
        content = draft.read_bytes()
        card = replace(source.card, batch_size=batch_size, sha256=hashlib.sha256(content).hexdigest())
        card_path(draft).write_text(card.to_json(), encoding="utf-8")
        expected, found = images_of_both(source, open_generator(draft).generate)
        difference = _check(expected, found, saturated, path)
        with whole_file(path) as temporary:
            temporary.write_bytes(content)
        write_text(card_path(path), card.to_json())
    return difference


def images_of_both(source: Sampler, generate: Callable[..., np.ndarray]) -> Tuple[np.ndarray, np.ndarray]:
    """What a source and another function make of the same latents and labels, each (COMPARED, C, H, W)."""
    given = [sample_latents(source.card.seed, 0, COMPARED, source.card.latent)]
    if source.card.classes:
        given.append(np.arange(COMPARED, dtype=np.int32) % len(source.card.classes))
    return source.generate(*given), generate(*given)


def _check(expected: np.ndarray, found: np.ndarray, saturated: float, path: Path) -> float:
    differences = np.abs(expected - found)
    allowed = np.where(np.abs(expected) < SATURATION, TOLERANCE, saturated)
    if not (differences <= allowed).all():
        worst = (differences / allowed).argmax()
        raise GanError(
            f"{path}: not written; its images differ from the source's by {differences.flat[worst]:.1e}, "
            f"allowed: {allowed.flat[worst]:.0e}"
        )
    return float(differences.max())
