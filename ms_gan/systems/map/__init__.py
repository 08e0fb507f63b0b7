"""GANs whose generator makes pictures of maps of classes."""

from ms_gan.systems.map.build import build as build
from ms_gan.systems.map.build import generator as generator
from ms_gan.systems.map.showcase import MapShowcase as Showcase  # noqa: F401
