"""What the task `attack` trains: a generator of adversarial pictures, and a discriminator that should not see them."""

from ms_gan.systems.attack.build import build, generator  # noqa: F401
from ms_gan.systems.attack.showcase import AttackShowcase as Showcase  # noqa: F401
