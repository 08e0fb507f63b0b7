"""A GAN of one's own, that takes noise off pictures: python examples/denoise.py --data.source synthetic --epochs 5"""

import sys
from dataclasses import dataclass, field

from ms_gan.cli import own
from ms_gan.config.schema import option
from ms_gan.config.sections import AdversarialConfig
from ms_gan.tasks import latent
from ms_gan.tasks.task import Measure, Page, Statistic, Task


@dataclass
class DenoiseConfig:
    """The noise, and the network that takes it off."""

    noise: float = option(0.5, "deviation of the noise; black and white are 2 apart", 0.0, 2.0)
    width: int = option(16, "channels of the hidden layers", 1, 1024)
    l1: float = option(10.0, "weight of the distance to the clean picture", 0.0, 1e6)


@dataclass
class Config(AdversarialConfig):
    """One run, complete."""

    denoise: DenoiseConfig = field(default_factory=DenoiseConfig)


TASK = Task(
    name="denoise",
    about="pictures without their noise",
    config=Config,
    statistics=(*latent.STATISTICS, Statistic("loss_l1", "L1", "loss/l1", "losses", "distance to the clean picture")),
    headline=Measure("psnr", "peak signal-to-noise ratio", "higher", ".2f", scale="linear"),
    page=Page("In decibels; higher is better.", latent.PAGE.charts, "Noisy, cleaned, and as it was.", "After", "Real"),
    module="denoise_system",
)

if __name__ == "__main__":
    sys.exit(own.run(TASK))
