"""What the task `unpaired` trains: two generators, there and back, and a discriminator of each kind of pictures."""

from ms_gan.systems.unpaired.build import build, generator  # noqa: F401
from ms_gan.systems.unpaired.showcase import UnpairedShowcase as Showcase  # noqa: F401
