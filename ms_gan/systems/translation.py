"""What runs show whose generator makes pictures of pictures."""

from typing import Any, Callable, Dict, Mapping, Optional

import numpy as np
from mindspore import nn

from ms_gan.data.batches import evenly_spaced
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.opened import Opened
from ms_gan.generators.ports import Port
from ms_gan.pictures.pixels import to_float, to_uint8
from ms_gan.training.lengths import Lengths
from ms_gan.training.showcase import Headline, Sheet, Showcase
from ms_gan.training.system import System


class TranslationShowcase(Showcase, Headline):
    """Sheets of three pictures a row: input, output, truth. The headline is their peak signal-to-noise ratio.

    Args:
        config: the run's configuration.
        system: what is trained.
        lengths: of the run.
        network: a new network of the generator's kind, its parameters named `generator.*`.
        pictures: what the generator is given, float32 (N, C, H, W); shown within [-1, 1].
        truths: what it should make of them, uint8 (N, C, H, W).
        options: what makes the network again, for its card.
        shown: how many of the pictures a sheet shows; None: all.
    """

    def __init__(
        self,
        config: Any,
        system: System,
        lengths: Lengths,
        network: nn.Cell,
        pictures: np.ndarray,
        truths: np.ndarray,
        options: Dict[str, Any],
        shown: Optional[int] = None,
    ):
        self._config, self._system, self._lengths, self._options = config, system, lengths, options
        self._pictures, self._truths = pictures, truths
        # Evenly spaced: pictures that lie side by side in a folder are often alike.
        self._shown = evenly_spaced(len(truths), shown or len(truths))
        self.shape, self.count, self.headline = truths.shape[1:], 3 * len(self._shown), self
        self.what, self.first = f"peak signal-to-noise ratio of {len(truths)} pictures", ""
        self.beside: Mapping[str, float] = {}
        self._opened = Opened(network, self.card("generator", 0))

    def card(self, network: str, step: int) -> Card:
        """The card of a network."""
        c = self._config
        return Card(
            recipe=c.recipe,
            seed=c.seed,
            step=step,
            epoch=step / self._lengths.per_epoch,
            averaged=network.endswith("_ema"),
            image=ImageConfig(*self.shape),
            task=c.task,
            network=network.removesuffix("_ema"),
            inputs=[Port("pictures", "image", list(self._pictures.shape[1:]))],
            options=self._options,
        )

    def opened(self, network: str, step: int) -> Opened:
        """The generator, with the present weights of a network and its card."""
        self._opened.load(self._system.networks[network])
        self._opened.card = self.card(network, step)
        return self._opened

    def sheet(self, step: int) -> Sheet:
        """Inputs, outputs and truths."""
        given, truths = self._pictures[self._shown], self._truths[self._shown]
        made = self.opened(self._system.first_generator[1], step).run(given)
        rows = np.stack([visible(given, self.shape[0]), to_uint8(made), truths], axis=1)
        return Sheet(rows.reshape(-1, *self.shape), columns=3)

    def protocol(self, opened: Any) -> Dict[str, Any]:
        """How many pictures are compared, and with which options."""
        return {"pictures": len(self._truths), **self._options}

    def measure(self, opened: Any, stop: Callable[[], bool]) -> Optional[float]:
        """Decibels: 10 lg(peak^2 / mean squared error), where the peak is 2, from black to white."""
        error = np.square(opened.run(self._pictures) - to_float(self._truths)).mean()
        return float(10 * np.log10(4 / error))


def visible(pictures: np.ndarray, channels: int) -> np.ndarray:
    """What a generator is given as people can look at it.

    Args:
        pictures: float32 (N, C, H, W); beyond the colours there may be a mask.
        channels: 1 or 3, of the pictures beside which they are shown.

    Returns:
        uint8 (N, channels, H, W).
    """
    colours = pictures[:, : 3 if pictures.shape[1] >= 3 else 1]
    if colours.shape[1] != channels:
        colours = colours.mean(axis=1, keepdims=True) if channels == 1 else np.repeat(colours, channels, axis=1)
    return to_uint8(np.clip(colours, -1, 1))
