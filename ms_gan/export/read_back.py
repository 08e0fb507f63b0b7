"""Files that are read back and compared with their source before they appear."""

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Callable, List, Optional, Tuple

import numpy as np

from ms_gan.data.legend import UNKNOWN
from ms_gan.errors import GanError
from ms_gan.files import whole_file, write_text
from ms_gan.generators.card import Card
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.opened import Opened
from ms_gan.generators.sampling import card_path, open_generator
from ms_gan.seeds import Purpose, stream

TOLERANCE = 1e-5  # largest difference between two images of one latent, on the scale [-1, 1]
PICTURE_TOLERANCE = 1e-4  # the same of deep networks from picture or map to picture, a hundredth of a level
SATURATION = 0.99  # of Tanh: from there on a program may have a tolerance of its own
COMPARED = 96  # latents; not a multiple of the sampler's block, so that padding is covered
DRAWN_PICTURES = 4  # of noise, and as many of large patches
DRAWN_MAPS = 10
PATCHES = 4  # along each side of a drawn picture or map


def write_compared(
    source: Opened,
    path: Path,
    batch_size: Optional[int],
    write: Callable[[Path], None],
    saturated: float = TOLERANCE,
    pictures: Optional[np.ndarray] = None,
) -> float:
    """Write a generator in a form that `open_generator` reads, and `<name>.json` with its card beside it.

    Args:
        source: the generator.
        path: the file to write; its suffix tells its kind.
        batch_size: images that the file's graph makes at once; None: any number.
        write: writes the file, at the path that it is given.
        saturated: the largest difference where Tanh is saturated.
        pictures: (N, C, H, W), float32, that a generator which takes pictures is compared on beside drawn ones.

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
        expected, found = images_of_both(source, open_generator(draft).run, pictures)
        deep = source.card.port("image") or source.card.port("map")
        tolerance = PICTURE_TOLERANCE if deep else TOLERANCE
        difference = _check(expected, found, tolerance, max(saturated, tolerance), path)
        with whole_file(path) as temporary:
            temporary.write_bytes(content)
        write_text(card_path(path), card.to_json())
    return difference


def images_of_both(
    source: Opened, make: Callable[..., np.ndarray], pictures: Optional[np.ndarray] = None
) -> Tuple[np.ndarray, np.ndarray]:
    """What a source and another function make of the same: latents and labels, or pictures; each (N, C, H, W).

    Args:
        source: the generator.
        make: takes what the generator's ports take, in their order.
        pictures: as in `write_compared`.
    """
    given = _examples(source.card, pictures)
    return source.run(*given), make(*given)


def _examples(card: Card, pictures: Optional[np.ndarray]) -> List[np.ndarray]:
    """What a generator is compared on."""
    if card.kind == "image":
        port, random = card.port("image"), stream(card.seed, Purpose.SAMPLE_LATENTS)
        channels, height, width = port.shape
        noise = random.uniform(-1, 1, (DRAWN_PICTURES, channels, height, width))
        few = random.uniform(-1, 1, (DRAWN_PICTURES, channels, PATCHES, PATCHES))
        patches = few[:, :, np.arange(height) * PATCHES // height][..., np.arange(width) * PATCHES // width]
        drawn = np.concatenate([noise, patches]).astype(np.float32)
        return [drawn if pictures is None else np.concatenate([drawn, pictures])]
    if card.port("map"):
        return _maps_and_styles(card)
    given = [sample_latents(card.seed, 0, COMPARED, card.latent)]
    if card.classes:
        given.append(np.arange(COMPARED, dtype=np.int32) % len(card.classes))
    return given


def _maps_and_styles(card: Card) -> List[np.ndarray]:
    """Maps of patches of classes, some of them unknown, and latents where the generator takes any."""
    port, random = card.port("map"), stream(card.seed, Purpose.SAMPLE_LATENTS)
    height, width = port.shape
    few = random.integers(-1, len(port.classes), (DRAWN_MAPS, PATCHES, PATCHES))
    maps = few[:, np.arange(height) * PATCHES // height][..., np.arange(width) * PATCHES // width]
    latents = card.port("latent")
    styles = random.standard_normal((DRAWN_MAPS, latents.size if latents else 0), dtype=np.float32)
    return [np.where(maps < 0, UNKNOWN, maps).astype(np.int32), *([styles] if latents else [])]


def _check(expected: np.ndarray, found: np.ndarray, tolerance: float, saturated: float, path: Path) -> float:
    differences = np.abs(expected - found)
    allowed = np.where(np.abs(expected) < SATURATION, tolerance, saturated)
    if not (differences <= allowed).all():
        worst = (differences / allowed).argmax()
        raise GanError(
            f"{path}: not written; its images differ from the source's by {differences.flat[worst]:.1e}, "
            f"allowed: {allowed.flat[worst]:.0e}",
            code="inexact",
        )
    return float(differences.max())
