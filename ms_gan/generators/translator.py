"""A generator that makes pictures of pictures, for pictures of any size."""

import math
from dataclasses import replace
from typing import Iterator, List, Optional, Tuple

import mindspore as ms
import numpy as np

from ms_gan.data.degrade import Degradation
from ms_gan.errors import GanError, UsageError
from ms_gan.generators.card import Card
from ms_gan.generators.opened import Opened
from ms_gan.pictures.pixels import to_float, to_uint8

TILE = 512  # pixels of a side: larger pictures are made in tiles
MOST_MULTIPLE = 1024
LARGEST_SIDE = 1024  # pixels of what a card describes
FAINTEST = 1e-3  # weight of a tile's outermost pixels, which count where the picture ends there too


class Translator(Opened):
    """A generator from pictures (N, C', H, W) to pictures (N, C, H, W), H and W being any.

    Pictures are made one at a time, so that none depends on the others. Sides that the network's halvings do not divide
    are filled up by reflection, and cut back. A picture that is larger than a tile is made in tiles that overlap by a
    quarter; where they do, one fades into the other. The graph of an exported file has one size, which is its tile.

    Args:
        network: a cell from pictures to pictures of the same size, whose sides are a multiple of `multiple`.
        card: its card; what it takes has the role image.

    Attributes:
        multiple: what the sides of the network's pictures are a multiple of.
        tile: (rows, columns) of the largest picture that the network is given.
        degradation: what a training did to its pictures, or None.

    Raises:
        GanError: the card does not say a possible `multiple`, or a degradation that is known.
    """

    def __init__(self, network: ms.nn.Cell, card: Card):
        super().__init__(network, card)
        self.block = card.batch_size or 1
        self.multiple = card.options.get("multiple", 1)
        if type(self.multiple) is not int or not 1 <= self.multiple <= MOST_MULTIPLE:
            raise GanError(
                f"the card's options.multiple should be a whole number, 1 to {MOST_MULTIPLE}", code="damaged"
            )
        self.degradation = _degradation(card)
        self.fixed = card.sha256 is not None
        self.limit_tiles(TILE)

    @property
    def channels(self) -> int:
        """Colours of the pictures that a person gives it: those of its own where a training degraded them."""
        return self.card.image.channels if self.degradation else self.card.port("image").shape[0]

    def sized(self, height: int, width: int) -> "Translator":
        """The same network with a card that says pictures of another size: what an export is made for.

        Raises:
            UsageError: sides that the network's halvings do not divide, or that an exported file cannot have.
        """
        if height % self.multiple or width % self.multiple or not 0 < max(height, width) <= LARGEST_SIDE:
            raise UsageError(
                f"--size {height}x{width}: is not allowed; allowed: multiples of {self.multiple}, at most "
                f"{LARGEST_SIDE}"
            )
        image = replace(self.card.image, height=height, width=width)
        ports = [replace(port, shape=[port.shape[0], height, width]) for port in self.card.inputs]
        return Translator(self.network, replace(self.card, image=image, inputs=ports))

    def limit_tiles(self, side: int) -> None:
        """Make pictures that are larger than so many pixels in tiles; an exported file's size stays as it is."""
        side = max(self.multiple, side // self.multiple * self.multiple)
        self.tile = tuple(self.card.port("image").shape[1:]) if self.fixed else (side, side)

    @property
    def takes_hole(self) -> bool:
        """Whether it fills in holes, and so must be told where they are."""
        return self.degradation is not None and self.degradation.name == "mask"

    def prepared(self, picture: np.ndarray, hole: Optional[np.ndarray] = None) -> np.ndarray:
        """A person's own picture as the training's inputs were: grey, enlarged, or with a hole.

        Args:
            picture: uint8 (C, H, W), with `channels` colours.
            hole: bool (H, W), where a generator that fills in holes shall do so.

        Returns:
            float32 (C', H', W') in [-1, 1], what `finished` takes.

        Raises:
            UsageError: there is no hole, but there should be one.
        """
        return self.degradation.prepared(picture, hole) if self.degradation else to_float(picture)

    def shown(self, given: np.ndarray) -> np.ndarray:
        """What `prepared` gave, as people look at it: uint8 (C, H', W'), a hole being grey."""
        return to_uint8(given[:-1] if self.takes_hole else given)

    def finished(self, given: np.ndarray) -> np.ndarray:
        """What it makes of a picture that is prepared: float32 (C', H, W) -> uint8 (C, H, W); only holes are filled in.

        Raises:
            GanError: as `translate`.
        """
        made = self.translate(given[None])
        return to_uint8(self.degradation.restored(made, given[None]) if self.degradation else made)[0]

    def translate(self, pictures: np.ndarray) -> np.ndarray:
        """What it makes of pictures: (N, C', H, W) -> (N, C, H, W), both float32 in [-1, 1].

        Raises:
            GanError: it made NaN or infinite pixels, or pictures of another size.
        """
        made = np.empty((len(pictures), self.card.image.channels, *pictures.shape[2:]), np.float32)
        for number, picture in enumerate(pictures):
            made[number] = self._translated(picture)
        if not np.isfinite(made).all():
            raise GanError("the generator produced NaN or infinite pixels; its weights are corrupted", code="diverged")
        return made

    def _translated(self, picture: np.ndarray) -> np.ndarray:
        """(C', H, W) -> (C, H, W)."""
        height, width = picture.shape[1:]
        trained = self.card.port("image").shape[1:]
        sides = [self._padded_side(*three) for three in zip((height, width), self.tile, trained)]
        rows, columns = (((new - old) // 2, new - old - (new - old) // 2) for old, new in zip((height, width), sides))
        picture = np.pad(picture, ((0, 0), rows, columns), "reflect")
        tile = [min(side, most) for side, most in zip(sides, self.tile)]
        made = self._launched(picture) if tile == sides else self._tiled(picture, tile)
        return made[:, rows[0] : rows[0] + height, columns[0] : columns[0] + width]

    def _tiled(self, picture: np.ndarray, tile: List[int]) -> np.ndarray:
        """(C', H, W) -> (C, H, W) in tiles of (rows, columns)."""
        sides = list(picture.shape[1:])
        made = np.zeros((self.card.image.channels, *sides), np.float32)
        total = np.zeros(sides, np.float32)
        weight = _fading(tile)
        for top, left in _places(sides, tile):
            window = np.s_[:, top : top + tile[0], left : left + tile[1]]
            made[window] += weight * self._launched(picture[window])
            total[window[1:]] += weight
        return made / total

    def _padded_side(self, side: int, tile: int, trained: int) -> int:
        """A side after it was filled up: a multiple of `multiple`, or at least a tile where there is but one size.

        The network is compiled for each size anew, which takes seconds. So sides are multiples of a quarter of a power
        of 2 too: pictures of all sizes up to 512 have no more than 12 different sides above 64.
        """
        if self.fixed or side == trained:
            return max(side, tile) if self.fixed else side
        step = max(1, 2 ** (side.bit_length() - 1) // 4)
        step = math.ceil(step / self.multiple) * self.multiple
        return math.ceil(side / step) * step

    def _launched(self, tile: np.ndarray) -> np.ndarray:
        """(C', h, w) -> (C, h, w), by one call of the network."""
        given = np.zeros((self.block, *tile.shape), np.float32)
        given[0] = tile
        made = self.network(ms.Tensor(given)).asnumpy()
        wanted = (self.block, self.card.image.channels, *tile.shape[1:])
        if made.shape != wanted:
            raise GanError(
                f"the generator made pictures of shape {made.shape}, where its card promises {wanted}", code="mismatch"
            )
        return made[0]


def _degradation(card: Card) -> Optional[Degradation]:
    """What the card says was done to the training's pictures."""
    values = card.options.get("degrade")
    try:
        return None if not isinstance(values, dict) else Degradation.from_dict(values)
    except UsageError as error:
        raise GanError(f"the card's options.degrade: {error}", code="damaged") from None


def _places(sides: List[int], tile: List[int]) -> Iterator[Tuple[int, int]]:
    """Where tiles begin, (top, left), so that they cover a picture and overlap by a quarter or more."""

    def starts(side: int, length: int) -> List[int]:
        count = 1 + math.ceil((side - length) / max(1, length - length // 4))
        return np.linspace(0, side - length, count).round().astype(int).tolist()

    lefts = starts(sides[1], tile[1])
    return ((top, left) for top in starts(sides[0], tile[0]) for left in lefts)


def _fading(tile: List[int]) -> np.ndarray:
    """Weights of a tile's pixels, (h, w): 1 in the middle, and next to nothing at the border, where the network lacked
    what lies beyond; they rise over an eighth of a side. Where two tiles overlap by a quarter, both add up to 1."""

    def ramp(length: int) -> np.ndarray:
        distance = np.minimum(np.arange(length), np.arange(length)[::-1]) + 0.5
        return np.clip((distance - length / 16) / (length / 8), FAINTEST, 1).astype(np.float32)

    return ramp(tile[0])[:, None] * ramp(tile[1])
