"""Statistics of real images, computed once and kept in the user's cache."""

import hashlib
import io
import sys
from pathlib import Path
from typing import Optional

import numpy as np
from tqdm import tqdm

from ms_gan.data.cache import mark_used
from ms_gan.files import whole_file
from ms_gan.metrics.blocks import image_blocks
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.frechet import Moments
from ms_gan.runtime.paths import cache_dir
from ms_gan.runtime.progress import progress


def reference_moments(
    features: Features,
    images: np.ndarray,
    limit: Optional[int] = None,
    pixels: Optional[str] = None,
    among: Optional[np.ndarray] = None,
) -> Moments:
    """Moments of real images' features, from the cache or, the first time, computed into it.

    They lie beside the features' own weights, named by a digest of the number of images and of all their pixels: sets
    that differ in one pixel share nothing. All pixels are hashed, not a sample: 47 MB take a twentieth of a second,
    their features half a minute.

    Args:
        features: the extractor.
        images: uint8 (N, C, H, W), in memory or mapped from a file; looked at in blocks.
        limit: use so many of them, evenly spaced, because a folder's images come sorted by name; None: all.
        pixels: their `pixel_digest`, where it is known already.
        among: numbers of the images that are meant, (n,), such as those of one class; None: all.

    Raises:
        UsageError: images of another shape than the extractor accepts.
        GanError: the cache cannot be written.
    """
    there = len(images) if among is None else len(among)
    count = min(there, limit or there)
    path = cache_dir() / "features" / features.name / f"moments-{pixels or pixel_digest(images, count, among)}"
    found = _read(path, features.width)
    if found is None:
        if path.exists():
            tqdm.write(f"note: {path}: damaged; it is computed again", file=sys.stderr)
        found = Moments.empty(features.width)
        with progress("Measuring real images", count, "image") as update:
            for block in image_blocks(images, count, among):
                found.add(features(block)[0])
                update(len(block))
        _write(path, found)
    return found


def pixel_digest(images: np.ndarray, count: int, among: Optional[np.ndarray] = None) -> str:
    """16 hexadecimal digits of the number, shape and pixels of `count` images, evenly spaced; `among`: numbers (n,)."""
    content = hashlib.sha256(f"{count} {images.shape[1:]}".encode())
    for block in image_blocks(images, count, among):
        content.update(np.ascontiguousarray(block))
    return content.hexdigest()[:16]


def _write(path: Path, moments: Moments) -> None:
    """The arrays as numpy's .npz, after their own SHA-256."""
    content = io.BytesIO()
    np.savez(content, count=moments.count, mean=moments.mean, scatter=moments.scatter)
    with whole_file(path) as temporary:
        temporary.write_bytes(hashlib.sha256(content.getvalue()).digest() + content.getvalue())


def _read(path: Path, width: int) -> Optional[Moments]:
    """What `_write` wrote; None where there is nothing, or nothing sound."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    checksum, content = content[:32], content[32:]
    if hashlib.sha256(content).digest() != checksum:
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        found = Moments(int(file["count"]), file["mean"], file["scatter"])
    mark_used(path)
    return found if found.mean.shape == (width,) and found.scatter.shape == (width, width) else None
