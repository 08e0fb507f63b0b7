"""Augmentation before the discriminator: DiffAugment (Zhao et al. 2020, arXiv:2006.10738), and ADA's changes.

Real and generated images pass through the same random changes before the discriminator sees them, in its updates and
in the generator's, so that a small data set cannot be learnt by heart. The random numbers are inputs, and everything
is made of products and comparisons, whose gradients are quick on every device. Ranges are those of the papers' code.
"""

from typing import Any, Callable, Sequence, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.models.layers import product
from ms_gan.training.adversarial.transforms import Blit, Geometry, Tint, placed


class Whole(nn.Cell):
    """A change that takes its numbers as they are drawn, and is made to an image as a whole or not at all."""

    draws, gates, width = 0, 1, 0

    @staticmethod
    def values(drawn: np.ndarray, shape: Tuple[int, int, int]) -> np.ndarray:
        """(N, draws) of numbers (N, draws) from U[0, 1): the same."""
        return drawn

    @classmethod
    def chances(cls, drawn: np.ndarray) -> np.ndarray:
        """(N, draws + 1): the p from which on each value counts, of numbers (N, 1) from U[0, 1): the last one's."""
        return np.concatenate([np.zeros((len(drawn), cls.draws), np.float32), drawn], axis=1)


def _pick(draws, count):
    """Whole numbers 0 to count - 1, as float32, from numbers in [0, 1): no product of them is rounded up to count."""
    return ops.floor(draws * count)


class Color(Whole):
    """Brightness by -0.5 to 0.5, saturation 0 to 2 times, contrast 0.5 to 1.5 times.

    One affine map: saturation s and contrast c mix the colours of a pixel by c (s I + (1 - s) / C), which leaves a
    grey pixel's saturation alone; contrast turns about the mean of the image, which saturation keeps.
    """

    draws = width = 3

    def __init__(self, shape: Tuple[int, int, int]):
        super().__init__()
        colours, size = shape[0], int(np.prod(shape))
        self.own = ms.Tensor(np.eye(colours, dtype=np.float32).reshape(1, -1))
        self.grey = ms.Tensor(np.full((1, colours * colours), 1 / colours, np.float32))
        self.share = ms.Tensor(np.full((size, 1), 1 / size, np.float32))
        self.everywhere = ms.Tensor(np.ones((1, size), np.float32))

    def construct(self, images, draws):
        count, colours = images.shape[:2]
        brightness, saturation, contrast = draws[:, 0:1] - 0.5, draws[:, 1:2] * 2.0, draws[:, 2:3] + 0.5
        mix = product(contrast * saturation, self.own) + product(contrast * (1.0 - saturation), self.grey)
        mean = product(images.reshape((count, -1)), self.share)
        mixed = ops.bmm(mix.reshape((count, colours, colours)), images.reshape((count, colours, -1)))
        offset = product(brightness + (1.0 - contrast) * mean, self.everywhere)
        return (mixed.reshape((count, -1)) + offset).reshape(images.shape)


class Translation(Whole):
    """Shifts images (N, C, H, W) by up to an eighth of each side, in whole pixels, with zeros where nothing was.

    A shift is a product with the matrix that has ones where column - row is the shift.
    """

    draws = width = 2

    def __init__(self, shape: Tuple[int, int, int]):
        super().__init__()
        self.reach = [int(side / 8 + 0.5) for side in shape[1:]]
        places = [np.arange(side, dtype=np.float32) for side in shape[1:]]
        self.rows, self.columns = (ms.Tensor((p - p[:, None])[None]) for p in places)

    def shifts(self, grid, draws, reach):
        """(N, side, side): the matrix of each image's shift."""
        shift = _pick(draws, 2 * reach + 1) - reach
        return ops.equal(grid, shift.reshape((-1, 1, 1))).astype(ms.float32)

    def construct(self, images, draws):
        rows = self.shifts(self.rows, draws[:, 0], self.reach[0])
        columns = self.shifts(self.columns, draws[:, 1], self.reach[1])
        return placed(images, rows, columns)


class Cutout(Whole):
    """Zeros in a rectangle of half of each side of images (N, C, H, W), centred anywhere and cut off at the border."""

    draws = width = 2

    def __init__(self, shape: Tuple[int, int, int]):
        super().__init__()
        self.sides = shape[1:]
        self.places = [ms.Tensor(np.arange(side, dtype=np.float32)[None]) for side in self.sides]
        self.reach = [ms.Tensor(int(side / 2 + 0.5) / 2, ms.float32) for side in self.sides]

    def hidden(self, axis, draws):
        """(N, side): 1 in the rows (axis 0) or columns (axis 1) that the rectangle covers."""
        side = self.sides[axis]
        size = int(side / 2 + 0.5)
        centre = _pick(draws, side + 1 - size % 2) - size // 2 + (size - 1) / 2
        return ops.less(ops.abs(self.places[axis] - centre), self.reach[axis]).astype(ms.float32)

    def construct(self, images, draws):
        rows, columns = self.hidden(0, draws[:, 0:1]), self.hidden(1, draws[:, 1:2])
        return images * (1.0 - ops.bmm(rows.expand_dims(2), columns.expand_dims(1))).expand_dims(1)


class Sometimes(nn.Cell):
    """A change of DiffAugment to some of the images (N, C, H, W): those with a 1 behind the change's own numbers."""

    def __init__(self, change: nn.Cell):
        super().__init__()
        self.change = change
        self.own, self.width = change.width, change.width + 1

    def construct(self, images, draws):
        made = draws[:, self.own :].reshape((-1, 1, 1, 1))
        return made * self.change(images, draws[:, : self.own]) + (1.0 - made) * images


WHOLE = {"color": Color, "translation": Translation, "cutout": Cutout}  # with p made as a whole or not
POLICIES = {**WHOLE, "blit": Blit, "geometry": Geometry, "tint": Tint}


class Augmentation(nn.Cell):
    """Random changes of images, differentiable by the images.

    Args:
        policy: keys of POLICIES, in the order in which they are applied; DiffAugment's is color, translation, cutout,
            ADA's is blit, geometry, tint.
        shape: (C, H, W) of the images.
        p: probability of each part of each change, a number or a scalar parameter; None: all are made to all images.

    Attributes:
        width: how many numbers an image takes.

    Inputs:
        images: (N, C, H, W), float32.
        numbers: (N, width), float32, as `drawing` draws them.

    Outputs:
        images (N, C, H, W), float32; brightness and contrast may take them out of [-1, 1].

    Raises:
        ValueError: a name that is no policy.
    """

    def __init__(self, policy: Sequence[str], shape: Tuple[int, int, int], p: Any = None):
        super().__init__(auto_prefix=False)
        unknown = [name for name in policy if name not in POLICIES]
        if unknown:
            raise ValueError(f"augmentation {unknown[0]!r} is unknown; choose from {', '.join(POLICIES)}")
        self.sometimes = p is not None
        self.p = ms.Tensor(p, ms.float32) if isinstance(p, float) else p
        changes = [(POLICIES[name](shape), p is not None and name in WHOLE) for name in policy]
        self.changes = nn.CellList([Sometimes(change) if wrapped else change for change, wrapped in changes])
        self.half = sum(change.width for change in self.changes)
        self.width = 2 * self.half if self.sometimes else self.half

    def construct(self, images, numbers):
        first = 0
        if self.sometimes:
            numbers = numbers[:, : self.half] * ops.less(numbers[:, self.half :], self.p).astype(ms.float32)
        for change in self.changes:
            images = change(images, numbers[:, first : first + change.width])
            first += change.width
        return images


def drawing(
    policy: Sequence[str], shape: Tuple[int, int, int], sometimes: bool
) -> Callable[[np.random.Generator, int], np.ndarray]:
    """The function that draws Augmentation's numbers for some images.

    Args:
        policy, shape: as of Augmentation.
        sometimes: whether there is a p.

    Returns:
        (random, N) to float32 (N, width): values, and with a p behind them as many numbers from U[0, 1): a value counts
        where its number is below p. A change that is made as a whole has a 1 as its last value, which p decides on.
    """
    kinds = [POLICIES[name] for name in policy]
    splits = np.cumsum([kind.draws for kind in kinds] + ([kind.gates for kind in kinds] if sometimes else []))

    def draw(random: np.random.Generator, count: int) -> np.ndarray:
        drawn = np.split(random.random((count, splits[-1]), dtype=np.float32), splits[:-1], axis=1)
        values = [kind.values(own, shape) for kind, own in zip(kinds, drawn)]
        if sometimes:
            one = np.ones((count, 1), np.float32)
            values = [np.concatenate([own, one], 1) if name in WHOLE else own for name, own in zip(policy, values)]
            values += [kind.chances(own) for kind, own in zip(kinds, drawn[len(kinds) :])]
        return np.concatenate(values, axis=1).astype(np.float32)

    return draw
