"""What a run of the latent task shows: samples of the same latents each time, measured against the data."""

from typing import Iterable, Optional

from ms_gan.data import ImageData
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.generators.sampling import Sampler
from ms_gan.metrics.blocks import measured_blocks
from ms_gan.metrics.images import Sampled
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
        )

    def real(self) -> Sheet:
        """The first images of the data."""
        return Sheet(self._data.images[: self.count])

    def sheet(self, step: int) -> Sheet:
        """The first samples of the run's seed."""
        return Sheet(self.opened(self._kept, step).samples(self._config.seed, self.count))

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
        )
