"""What a run of the latent task shows: samples of the same latents each time, measured against the data."""

from typing import Iterable, List, Optional, Tuple

import numpy as np

from ms_gan.data import ImageData
from ms_gan.data.labels import class_counts, labelled
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.ports import Port, of_labels, of_latents
from ms_gan.generators.sampling import Sampler
from ms_gan.metrics.blocks import measured_blocks
from ms_gan.metrics.images import Sampled
from ms_gan.pictures.pixels import to_uint8
from ms_gan.tasks.latent import Config
from ms_gan.training.adversarial.watch import Watch
from ms_gan.training.frechet import FrechetToData
from ms_gan.training.lengths import Lengths
from ms_gan.training.showcase import Sheet, Sign
from ms_gan.training.system import System


class LatentShowcase:
    """The Showcase of the latent task.

    Args:
        config: the run's configuration.
        data: the training images.
        system: what is trained.
        lengths: of the run.
        told: signs that need not be told of again.
    """

    def __init__(self, config: Config, data: ImageData, system: System, lengths: Lengths, told: Iterable[str] = ()):
        data = labelled(data) if config.conditional else data
        self._config, self._data, self._system, self._lengths = config, data, system, lengths
        self._kept = system.generators["generator"]
        self.shape, self.count = data.images.shape[1:], config.train.sample_count
        self.sampler = Sampler.from_card(self.card(self._kept, 0))
        moved = system.networks["generator"].trainable_params()
        self._watch = Watch(config, data.images[: self.count], moved, lengths.total, told)
        self.losses, self.weights = self._watch.losses, self._watch.weights
        self.headline = FrechetToData(
            config,
            data,
            lambda opened: measured_blocks(Sampled(opened), config.seed, config.metrics.samples),
            lambda opened: Sampled(opened).asked(config.seed, config.metrics.samples),
            copies=True,
        )

    def real(self) -> Sheet:
        """The first images of the data; where the run has labels, those of each class in a row."""
        if not self._config.conditional:
            return Sheet(self._data.images[: self.count])
        rows, columns = self._rows()
        numbers = [np.resize(np.flatnonzero(self._data.labels == row), columns) for row in range(rows)]
        return Sheet(self._data.images[np.concatenate(numbers)], columns)

    def sheet(self, step: int) -> Sheet:
        """The first samples of the run's seed; where it has labels, of the same latents in each class's row."""
        opened, seed = self.opened(self._kept, step), self._config.seed
        if not self._config.conditional:
            return Sheet(opened.samples(seed, self.count))
        rows, columns = self._rows()
        return Sheet(
            to_uint8(opened.of_classes(sample_latents(seed, 0, columns, self._config.latent), range(rows))), columns
        )

    def _rows(self) -> Tuple[int, int]:
        """How many classes a sheet shows, and how many images of each."""
        rows = min(len(self._data.classes), self.count)
        return rows, self.count // rows

    def images(self, step: int, sheet: Sheet) -> Optional[Sign]:
        """Whether the samples have been nearly the same for long."""
        return self._watch.images(step, sheet.images)

    def opened(self, network: str, step: int) -> Sampler:
        """The sampler, with the present weights of a network and its card."""
        self.sampler.load(self._system.networks[network])
        self.sampler.card = self.card(network, step)
        return self.sampler

    def card(self, network: str, step: int) -> Card:
        """The card of the generator or of its average."""
        c = self._config
        channels, height, width = self.shape
        return Card(
            recipe=c.recipe,
            seed=c.seed,
            step=step,
            epoch=step / self._lengths.per_epoch,
            averaged=c.ema.enabled and network == self._kept,
            latent=c.latent,
            image=ImageConfig(channels, height, width),
            generator=c.generator,
            inputs=self._ports(),
        )

    def _ports(self) -> List[Port]:
        """What the card lists beside `latent`: nothing where the generator takes latents alone."""
        if not self._config.conditional:
            return []
        counts = class_counts(self._data).tolist()
        latent = self._config.latent
        return [of_latents(latent.width, latent.distribution), of_labels(self._data.classes, counts)]
