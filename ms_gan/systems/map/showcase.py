"""What a run shows whose generator makes pictures of maps."""

from dataclasses import asdict
from typing import Any, Iterable, Iterator, List

import numpy as np

from ms_gan.data.map_data import MapData
from ms_gan.data.maps import in_colour
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.opened import Opened
from ms_gan.generators.ports import Port
from ms_gan.pictures.pixels import to_uint8
from ms_gan.seeds import Purpose, stream
from ms_gan.systems.map.build import generator
from ms_gan.tasks.map import Config
from ms_gan.training.frechet import FrechetToData
from ms_gan.training.lengths import Lengths
from ms_gan.training.showcase import Sheet, Showcase
from ms_gan.training.system import System

BLOCK = 64  # pictures made at once for a measurement


class MapShowcase(Showcase):
    """Sheets of four pictures a row: a held-out map, its typical picture, one of another style, the real picture.

    The headline is the Frechet distance of pictures of held-out maps to the training pictures.

    Args:
        config: the run's configuration.
        data: the training pairs; where none are held out they are shown themselves.
        system: what is trained.
        lengths: of the run.
        told: signs that need not be told of again; there are none.
    """

    def __init__(self, config: Config, data: MapData, system: System, lengths: Lengths, told: Iterable[str] = ()):
        self._config, self._system, self._lengths = config, system, lengths
        self._legend, self._held_out = data.legend, data.held_out or data
        rows = max(1, config.train.sample_count // 4)
        self._maps, self._truths = self._held_out.maps[:rows], self._held_out.images[:rows]
        self.shape, self.count = data.images.shape[1:], 4 * len(self._maps)
        self.headline = FrechetToData(config, data, self._blocks)
        self._opened = Opened(self._network(), self.card("generator", 0))

    def _network(self) -> Any:
        network = generator(self.card("generator", 0))
        network.update_parameters_name("generator.")
        return network

    def card(self, network: str, step: int) -> Card:
        """The card of the generator or of its average."""
        c = self._config
        _, height, width = self.shape
        names, colours = list(self._legend.names), list(self._legend.hexadecimal)
        ports = [Port("maps", "map", [height, width], classes=names, colours=colours)]
        if c.generator.style:
            ports.append(Port("latents", "latent", [c.generator.style], "normal"))
        return Card(
            recipe=c.recipe,
            seed=c.seed,
            step=step,
            epoch=step / self._lengths.per_epoch,
            averaged=network.endswith("_ema"),
            image=ImageConfig(*self.shape),
            task=c.task,
            network="generator",
            inputs=ports,
            options={"generator": asdict(c.generator)},
        )

    def opened(self, network: str, step: int) -> Opened:
        """The generator, with the present weights of a network and its card."""
        self._opened.load(self._system.networks[network])
        self._opened.card = self.card(network, step)
        return self._opened

    def real(self) -> None:
        """The sheets hold the real pictures."""

    def sheet(self, step: int) -> Sheet:
        """Held-out maps, two pictures of each, and the real ones."""
        opened = self.opened(self._system.first_generator[1], step)
        coloured = in_colour(self._maps, self._legend.colours)
        if self.shape[0] == 1:
            coloured = coloured.mean(1, keepdims=True).astype(np.uint8)
        made = [to_uint8(opened.run(*self._given(self._maps, style))) for style in (None, 1)]
        return Sheet(np.stack([coloured, *made, self._truths], axis=1).reshape(-1, *self.shape), columns=4)

    def _given(self, maps: np.ndarray, style: Any) -> List[np.ndarray]:
        """What the generator takes of maps (n, H, W), with the typical style, zeros, or those that a number draws."""
        width = self._config.generator.style
        latents = np.zeros((len(maps), width), np.float32)
        if style is not None and width:
            random = stream(self._config.seed, Purpose.SAMPLE_LATENTS, style)
            latents = random.standard_normal(latents.shape, dtype=np.float32)
        return [maps.astype(np.int32), *([latents] if width else [])]

    def _blocks(self, opened: Opened) -> Iterator[np.ndarray]:
        """Pictures of held-out maps, with other styles in each round through them, metrics.samples in all."""
        maps, left, number = self._held_out.maps, self._config.metrics.samples, 0
        while left:
            part = np.arange(number * BLOCK, number * BLOCK + min(BLOCK, left)) % len(maps)
            yield to_uint8(opened.run(*self._given(maps[part], 2 + number)))
            left, number = left - len(part), number + 1
