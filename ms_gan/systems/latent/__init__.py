"""GANs whose generator makes images of latents."""

from ms_gan.systems.latent.build import build as build
from ms_gan.systems.latent.showcase import LatentShowcase as Showcase  # noqa: F401
