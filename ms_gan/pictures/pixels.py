"""Pixels as bytes and as the numbers that networks see."""

import mmap

import numpy as np


def to_float(images: np.ndarray) -> np.ndarray:
    """uint8 pixels, 0 to 255, as float32 in [-1, 1], the range of Tanh; any shape."""
    scaled = images * np.float32(1 / 127.5)
    scaled -= np.float32(1)
    return scaled


def to_uint8(images: np.ndarray) -> np.ndarray:
    """float32 pixels in [-1, 1] as uint8, 0 to 255, rounded and clipped; any shape. Undoes `to_float` exactly."""
    return np.rint((np.clip(images, -1, 1) + 1) * 127.5).astype(np.uint8)


def perturbation(attacked: np.ndarray, clean: np.ndarray, times: float) -> np.ndarray:
    """What was added, as pictures: middle grey is nothing, and `times` as strong as it is.

    Args:
        attacked, clean: uint8 (N, C, H, W).
        times: factor.

    Returns:
        uint8 (N, C, H, W).
    """
    return np.clip(128 + times * (attacked.astype(np.float64) - clean), 0, 255).round().astype(np.uint8)


def unload(images: np.ndarray) -> None:
    """Give the memory of images (N, C, H, W) that are mapped from a file back; the system reads them again when needed.

    Without this a process seems to grow by the whole file during its first epoch. Other images stay as they are.
    """
    base = images
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)
