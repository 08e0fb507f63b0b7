"""Small data sets in the layouts that the readers know, for tests."""

import gzip
from pathlib import Path
from typing import Tuple

import numpy as np


def idx_bytes(array: np.ndarray) -> bytes:
    """An array of unsigned bytes as an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()


def write_idx(path: Path, array: np.ndarray) -> Path:
    """Write an IDX file, gzipped where its name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = idx_bytes(array)
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def random_digits(count: int = 20) -> Tuple[np.ndarray, np.ndarray]:
    """Noise in MNIST's shapes: uint8 images (count, 28, 28) and labels (count,)."""
    random = np.random.default_rng(0)
    return random.integers(0, 256, (count, 28, 28), np.uint8), random.integers(0, 10, count, np.uint8)


def write_mnist(folder: Path, count: int = 20, ending: str = "") -> Path:
    """A folder with a training split of MNIST's layout."""
    images, labels = random_digits(count)
    write_idx(folder / f"train-images-idx3-ubyte{ending}", images)
    write_idx(folder / f"train-labels-idx1-ubyte{ending}", labels)
    return folder
