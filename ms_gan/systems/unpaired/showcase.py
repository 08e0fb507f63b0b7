"""What a run of the task `unpaired` shows: pictures, what becomes of them on the other side, and what comes back."""

from dataclasses import asdict
from typing import Any, Callable, Dict, Iterable, Optional

import numpy as np

from ms_gan.data.batches import evenly_spaced
from ms_gan.data.domains import DomainData
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.opened import Opened
from ms_gan.generators.ports import Port
from ms_gan.metrics.features import open_features
from ms_gan.metrics.frechet import frechet_distance, moments
from ms_gan.metrics.protocol import describe_features
from ms_gan.pictures.pixels import to_float, to_uint8
from ms_gan.systems.translation import visible
from ms_gan.systems.unpaired.build import make_translator
from ms_gan.tasks.unpaired import FRECHET, Config
from ms_gan.training.lengths import Lengths
from ms_gan.training.showcase import Headline, Sheet, Showcase
from ms_gan.training.system import System

OTHER = {"generator_ab": "generator_ba", "generator_ba": "generator_ab"}


class UnpairedShowcase(Showcase, Headline):
    """The Showcase of the task `unpaired`. The headline is of the way from a to b; the way back stands beside it.

    Args:
        config: the run's configuration.
        data: both kinds of pictures; those of the training stand for held-out ones where there are none.
        system: what is trained.
        lengths: of the run.
        told: not used: no sign is looked for.
    """

    def __init__(self, config: Config, data: DomainData, system: System, lengths: Lengths, told: Iterable[str] = ()):
        self._config, self._system, self._lengths = config, system, lengths
        self._held = data.held_out if data.held_out is not None else data
        most = config.metrics.samples
        self._sides = {"generator_ab": self._held.images, "generator_ba": self._held.other}
        self._sides = {name: side[evenly_spaced(len(side), most)] for name, side in self._sides.items()}
        self.shape = max((side.shape[1:] for side in self._sides.values()), key=lambda shape: shape[0])
        rows = min(config.train.sample_count, *map(len, self._sides.values()))
        # Evenly spaced: pictures that lie side by side in a folder are often alike.
        self._shown = {name: evenly_spaced(len(side), rows) for name, side in self._sides.items()}
        self.count, self.headline = 6 * rows, self
        kind = "held-out" if data.held_out is not None else "training"
        self.what = f"{FRECHET.plain} of {len(self._sides['generator_ab']):,} {kind} pictures from a to b"
        self.first, self.beside = "", {}
        self._opened = {
            name: Opened(make_translator(config, name, *self._channels(name)), self.card(name, 0)) for name in OTHER
        }
        self._features: Any = None
        self._real: Dict[str, Any] = {}

    def _channels(self, name: str) -> Any:
        """Those of what a generator is given, and of what it makes."""
        return self._sides[name].shape[1], self._sides[OTHER[name]].shape[1]

    def card(self, network: str, step: int) -> Card:
        """The card of a network."""
        c, name = self._config, network.removesuffix("_ema")
        source, target = ("a", "b") if name == "generator_ab" else ("b", "a")
        given = self._sides[name].shape[1:]
        return Card(
            recipe=c.recipe,
            seed=c.seed,
            step=step,
            epoch=step / self._lengths.per_epoch,
            averaged=network.endswith("_ema"),
            image=ImageConfig(*self._sides[OTHER[name]].shape[1:]),
            task=c.task,
            network=name,
            inputs=[Port("pictures", "image", list(given), title=f"pictures of {source}, to become {target}")],
            options={"generator": asdict(c.generator), "multiple": 4, "degrade": None},
        )

    def opened(self, network: str, step: int) -> Opened:
        """A generator, with the present weights of a network and its card."""
        opened = self._opened[network.removesuffix("_ema")]
        opened.load(self._system.networks[network])
        opened.card = self.card(network, step)
        return opened

    def sheet(self, step: int) -> Sheet:
        """Rows of six: of a there and back, then of b."""
        kept = {name: self.opened(network, step) for name, network in self._system.generators.items()}
        parts = []
        for name, side in self._sides.items():
            given = to_float(side[self._shown[name]])
            there = kept[name].run(given)
            parts += [visible(each, self.shape[0]) for each in (given, there, kept[OTHER[name]].run(there))]
        return Sheet(np.stack(parts, axis=1).reshape(-1, *self.shape), columns=6)

    def prepare(self) -> None:
        """Get ready features and those of both kinds of pictures.

        Raises:
            UsageError: features that do not suit the pictures; onnxruntime is not installed.
            GanError: a cache that cannot be written.
        """
        if self._features is None:
            config = self._config
            self._features = open_features(config.data, self._held, config.metrics.features, config.seed)
            self._real = {name: moments(self._seen(self._sides[OTHER[name]])) for name in OTHER}

    def _seen(self, images: np.ndarray) -> np.ndarray:
        """Features of pictures of either kind."""
        return self._features(visible(to_float(images), self._held.images.shape[1]))[0]

    def protocol(self, opened: Any) -> Dict[str, Any]:
        """How many pictures are compared, and by which features."""
        return {"pictures": len(self._sides["generator_ab"]), "features": asdict(describe_features(self._features))}

    def measure(self, opened: Any, stop: Callable[[], bool]) -> Optional[float]:
        """The distance of what becomes of a to b; beside it that of the way back, and the mean error of both cycles.

        Raises:
            GanError: what a generator makes is not finite.
        """
        step, averaged = opened.card.step, "_ema" if opened.card.averaged else ""
        kept = {name: self.opened(f"{name}{averaged}", step) for name in OTHER}
        distances, errors = {}, []
        for name, side in self._sides.items():
            given = to_float(side)
            there = kept[name].run(given)
            if stop():
                return None
            distances[name] = frechet_distance(self._real[name], moments(self._seen(to_uint8(there))))
            errors.append(float(np.abs(kept[OTHER[name]].run(there) - given).mean()) / 2)
            if stop():
                return None
        self.beside = {"frechet_back": distances["generator_ba"], "cycle_error": sum(errors) / 2}
        return distances["generator_ab"]
