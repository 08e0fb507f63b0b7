"""How near pictures are to those that they should be: L1, peak signal-to-noise ratio, structural similarity."""

from typing import NamedTuple, Optional

import numpy as np

from ms_gan.errors import UsageError

PEAK = 255.0  # from black to white
MOST_DECIBELS = 100.0  # what a picture counts that equals its truth, whose ratio has no bound
RADIUS, SIGMA = 5, 1.5  # pixels: of the window of the structural similarity, 11 a side, and its deviation
SMALLEST_SIDE = 2 * RADIUS + 1  # pixels
K1, K2 = 0.01, 0.03
PIXELS_AT_ONCE = 1 << 18  # values of a block in float64


class PairMeasures(NamedTuple):
    """Means over pictures.

    Attributes:
        l1: absolute difference, 0 to 1, where 1 is from black to white.
        psnr: peak signal-to-noise ratio in decibels.
        ssim: structural similarity, -1 to 1; 1 for equal pictures.
        hole_l1: absolute difference over all pixels of the holes, 0 to 1; None without holes.
    """

    l1: float
    psnr: float
    ssim: float
    hole_l1: Optional[float] = None


def compare(outputs: np.ndarray, truths: np.ndarray, holes: Optional[np.ndarray] = None) -> PairMeasures:
    """Each picture against its truth.

    The ratio is 10 lg(255^2 / mean squared error) of each picture, of at most 100 dB, and then the mean over pictures.
    The similarity is that of Wang et al. 2004 ("Image quality assessment: from error visibility to structural
    similarity", eq. 13) with their Gaussian window of 11x11 pixels, over all places where the window lies inside the
    picture, of each colour by itself.

    Args:
        outputs: uint8 (N, C, H, W), H and W at least 11.
        truths: uint8, of the same shape.
        holes: bool (N, H, W), True where the outputs' pixels were unknown.

    Raises:
        UsageError: pictures with less than 11 pixels a side.
        ValueError: not uint8, of two shapes, or no picture.
    """
    _check(outputs, truths, holes)
    block = max(1, PIXELS_AT_ONCE // int(np.prod(truths.shape[1:])))
    found, inside, within = [], 0.0, 0
    for start in range(0, len(truths), block):
        part = slice(start, start + block)
        a, b = outputs[part].astype(np.float64), truths[part].astype(np.float64)
        apart = np.abs(a - b)
        found.append((apart.mean((1, 2, 3)) / PEAK, _decibels(apart), _similarity(a, b).mean((1, 2, 3))))
        if holes is not None:
            inside += float(apart.mean(1)[holes[part]].sum()) / PEAK
            within += int(np.count_nonzero(holes[part]))
    means = (float(np.concatenate(each).mean()) for each in zip(*found))
    return PairMeasures(*means, inside / within if within else None)


def _check(outputs: np.ndarray, truths: np.ndarray, holes: Optional[np.ndarray]) -> None:
    """Refuse what cannot be compared."""
    shapes = f"{outputs.dtype} {outputs.shape} and {truths.dtype} {truths.shape}"
    if outputs.dtype != np.uint8 or truths.dtype != np.uint8 or outputs.shape != truths.shape or truths.ndim != 4:
        raise ValueError(f"pictures are {shapes}; both should be uint8 (N, C, H, W)")
    if not len(truths):
        raise ValueError("no pictures; at least one is needed")
    if min(truths.shape[2:]) < SMALLEST_SIDE:
        raise UsageError(
            f"pictures of {truths.shape[2]}x{truths.shape[3]} pixels are too small for the structural similarity; "
            f"allowed: {SMALLEST_SIDE}x{SMALLEST_SIDE} and more",
            code="few",
        )
    expected = (len(truths), *truths.shape[2:])
    if holes is not None and (holes.dtype != np.bool_ or holes.shape != expected):
        raise ValueError(f"holes are {holes.dtype} {holes.shape}, and should be bool {expected}")


def _decibels(apart: np.ndarray) -> np.ndarray:
    """The ratio of each picture, (n,), of absolute differences (n, C, H, W)."""
    error = np.square(apart).mean((1, 2, 3))
    smallest = PEAK**2 / 10 ** (MOST_DECIBELS / 10)
    return 10 * np.log10(PEAK**2 / np.maximum(error, smallest))


def _similarity(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The similarity at each place of the window, (n, C, H - 10, W - 10), of pictures (n, C, H, W) in float64."""
    mean_a, mean_b = _blurred(a), _blurred(b)
    variance_a, variance_b = _blurred(a * a) - mean_a**2, _blurred(b * b) - mean_b**2
    covariance = _blurred(a * b) - mean_a * mean_b
    c1, c2 = (K1 * PEAK) ** 2, (K2 * PEAK) ** 2
    above = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    return above / ((mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2))


def _blurred(images: np.ndarray) -> np.ndarray:
    """The Gaussian mean of each window that lies inside the images: (n, C, H, W) -> (n, C, H - 10, W - 10)."""
    weights = np.exp(-0.5 * (np.arange(-RADIUS, RADIUS + 1) / SIGMA) ** 2)
    weights /= weights.sum()
    height, width = (side - 2 * RADIUS for side in images.shape[2:])
    rows = sum(weight * images[:, :, i : i + height] for i, weight in enumerate(weights))
    return sum(weight * rows[:, :, :, i : i + width] for i, weight in enumerate(weights))
