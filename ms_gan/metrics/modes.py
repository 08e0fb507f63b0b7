"""How many of the thousand modes of stacked MNIST are there: Metz et al. 2017 (arXiv:1611.02163), section 3.3.1."""

from dataclasses import replace
from typing import Callable, Iterable, NamedTuple

import numpy as np

from ms_gan.config.data_section import DataConfig
from ms_gan.data import ImageData, load
from ms_gan.data.mnist import SIDE
from ms_gan.data.stacked import COLOURS, MODES
from ms_gan.metrics.blocks import image_blocks, measured_blocks
from ms_gan.metrics.features import open_features
from ms_gan.metrics.images import Images
from ms_gan.metrics.report import Evaluation

DIGITS = 10
Classify = Callable[[np.ndarray], np.ndarray]  # uint8 (n, 1, 28, 28) -> integers (n,), the digit that each shows


class Modes(NamedTuple):
    """Of some stacks: how many modes have at least one, and the KL divergence of their shares to equal ones, in nats.

    Real stacks do not reach a KL of 0: with 26,000 of them chance alone makes about 0.019, and MNIST has more of some
    digits than of others.
    """

    covered: int
    divergence: float


def modes_of(images: np.ndarray, classify: Classify) -> np.ndarray:
    """The mode of each stack, (n,), 0 to 999: its digits in the order of the colours.

    Args:
        images: uint8 (n, 3, H, W), digits of 28x28 in the middle.
        classify: tells the digits.
    """
    top, left = ((side - SIDE) // 2 for side in images.shape[2:])
    digits = images[:, :, top : top + SIDE, left : left + SIDE].reshape(-1, 1, SIDE, SIDE)
    return classify(np.ascontiguousarray(digits)).reshape(-1, COLOURS) @ np.array([100, 10, 1])


def count_modes(modes: np.ndarray) -> Modes:
    """Modes covered, and sum p log(p / (1 / 1000)) over the shares p of modes (n,)."""
    shares = np.bincount(modes, minlength=MODES) / len(modes)
    present = shares[shares > 0]
    return Modes(len(present), float((present * np.log(present * MODES)).sum()))


def digit_classifier(config: DataConfig) -> Classify:
    """The package's classifier of MNIST; `config`: the data options of the stacks."""
    own = DataConfig(source="mnist", dir=config.dir)
    features = open_features(own, load(own, 0))
    return lambda images: features(images)[1].argmax(axis=1)


def with_modes(
    report: Evaluation, source: Images, held_out: ImageData, classify: Classify, num: int, seed: int
) -> Evaluation:
    """An evaluation of stacks with their modes, and with those of real stacks beside them.

    Args:
        report: what else was found.
        source: the stacks; the first `num` of them.
        held_out: real ones, the floor: `num` of them, or all.
        classify: tells the digits.
        num: how many; 26,000 in most papers. With fewer both numbers are worse.
        seed: of a generator's latents.
    """

    def counted(blocks: Iterable[np.ndarray]) -> Modes:
        return count_modes(np.concatenate([modes_of(images, classify) for images in blocks]))

    found = counted(measured_blocks(source, seed, num))
    floor = counted(image_blocks(held_out.images, min(num, len(held_out.images))))
    return replace(
        report,
        generated=replace(report.generated, modes=found.covered, modes_divergence=found.divergence),
        floor=replace(report.floor, modes=floor.covered, modes_divergence=floor.divergence),
    )
