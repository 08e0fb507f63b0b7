"""A generator that makes pictures of maps of classes, and how it reads maps."""

import copy
from pathlib import Path
from typing import IO, Any, Optional, Union

import numpy as np

from ms_gan.config.network_sections import LatentConfig
from ms_gan.data.legend import Legend, legend_of, of_numbers
from ms_gan.data.maps import numbers_of, open_map
from ms_gan.errors import GanError, UsageError
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.opened import Opened
from ms_gan.pictures.pixels import to_uint8


class Painter:
    """Pictures of maps (N, H, W), in styles that latents choose where the generator has any.

    Args:
        opened: the generator.

    Attributes:
        card: its card.
        legend: names and colours of the classes.
        style: numbers of a latent; 0: each map has one picture.

    Raises:
        GanError: a generator of something else than maps, or whose card does not name their classes.
    """

    def __init__(self, opened: Opened):
        self.card = opened.card
        port, latents = self.card.port("map"), self.card.port("latent")
        if port is None or self.card.kind not in ("map", "map+latent") or len(port.shape) != 2 or not port.classes:
            raise GanError("this generator takes no maps of classes")
        self.legend = _legend_of(port)
        self.side = tuple(port.shape)
        self.style = latents.size if latents else 0
        self._many, self._single = opened, copy.copy(opened)
        if self.card.batch_size is None:  # for one picture a launch of one is several times as fast
            self._single.block = 1

    def warm_up(self) -> None:
        """Compile the launch of one picture, so that the first stroke does not wait for it."""
        self.paint(np.zeros((1, *self.side), np.uint8))

    def parameters(self) -> list:
        """The network's parameters, named `generator.*`."""
        return self._many.parameters()

    def styles(self, seed: int, count: int) -> np.ndarray:
        """The latents of a seed's first styles, (count, style), float32."""
        return sample_latents(seed, 0, count, LatentConfig(self.style)) if self.style else self.typical(count)

    def typical(self, count: int) -> np.ndarray:
        """The latents of the typical style, zeros, (count, style), float32."""
        return np.zeros((count, self.style), np.float32)

    def paint(self, maps: np.ndarray, latents: Optional[np.ndarray] = None) -> np.ndarray:
        """Pictures, uint8 (N, C, H, W), of maps (N, H, W) and latents (N, style); None: of the typical style.

        Raises:
            GanError: the generator produced NaN or infinite pixels.
        """
        latents = self.typical(len(maps)) if latents is None else latents.astype(np.float32, copy=False)
        given = [maps.astype(np.int32), *([latents] if self.style else [])]
        return to_uint8((self._single if len(maps) == 1 else self._many).run(*given))

    def read(self, source: Union[Path, IO[bytes]], name: str) -> np.ndarray:
        """A map in a file, uint8 (H, W): its central part in the shape of the pictures, scaled by nearest neighbour.

        Raises:
            GanError: it cannot be read, or has a pixel that is no class; names the pixel.
        """
        return numbers_of(open_map(source, self.side, name), self.legend, name)


def _legend_of(port: Any) -> Legend:
    """The classes of a card's port; a stranger's card may have colours that are none."""
    if not port.colours:
        return Legend(tuple(port.classes), of_numbers(len(port.classes)).colours)
    try:
        return legend_of(dict(zip(port.classes, port.colours)), "the card's classes")
    except UsageError as error:
        raise GanError(str(error)) from None
