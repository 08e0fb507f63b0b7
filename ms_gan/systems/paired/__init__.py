"""What the task `paired` trains: a generator of pictures, and a discriminator that sees them beside what is made."""

from ms_gan.systems.paired.build import build, generator  # noqa: F401
from ms_gan.systems.paired.showcase import PairedShowcase as Showcase  # noqa: F401
