"""What a program must know to make images with a generator: the card that goes with its weights.

The card is embedded in every checkpoint, and lies as `<name>.json` beside every exported model.
"""

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Optional

from ms_gan import __version__
from ms_gan.config.parser import from_dict
from ms_gan.config.schema import option
from ms_gan.config.sections import GeneratorConfig, LatentConfig
from ms_gan.errors import GanError, UsageError
from ms_gan.generators.latents import BLOCK
from ms_gan.seeds import MAX_SEED

FORMAT = "ms_gan generator 1"
LONGEST = 100_000  # characters of a card
MOST_LAYERS = 100
FLOAT_BYTES = 4
LARGEST_LAUNCH = 2 << 30  # bytes of the images that a network makes at once, and of their latents


@dataclass
class ImageConfig:
    """The generator's output: (N, channels, height, width), float32 in [low, high]."""

    channels: int = option(1, "colours", 1, 4)
    height: int = option(28, "rows", 1, 1024, "pixels")
    width: int = option(28, "columns", 1, 1024, "pixels")
    low: float = option(-1.0, "value of black", -1.0, -1.0)
    high: float = option(1.0, "value of white", 1.0, 1.0)

    @property
    def shape(self):
        """(C, H, W)."""
        return (self.channels, self.height, self.width)


@dataclass
class Card:
    """A generator's card."""

    format: str = option(FORMAT, "kind of card")
    version: str = option(__version__, "of ms_gan, which wrote it")
    recipe: str = option("", "name of the recipe")
    seed: int = option(0, "of the run", 0, MAX_SEED)
    step: int = option(0, "steps trained", 0)
    epoch: float = option(0.0, "epochs trained", 0.0)
    averaged: bool = option(False, "whether the weights are the average over the training")
    batch_size: Optional[int] = option(None, "images that an exported graph makes at once; null: any number", 1, 65536)
    sha256: Optional[str] = option(None, "of the exported file, in hexadecimal; null: the card of a checkpoint")
    latent: LatentConfig = field(default_factory=LatentConfig)
    image: ImageConfig = field(default_factory=ImageConfig)
    generator: GeneratorConfig = field(default_factory=GeneratorConfig)

    @property
    def block(self) -> int:
        """Images that the network makes at once."""
        return self.batch_size or BLOCK

    def to_json(self) -> str:
        """The card as JSON text."""
        return json.dumps(asdict(self), indent=1)

    def check(self) -> None:
        """Refuse a generator that is larger than any that this project trains.

        Raises:
            UsageError: it has too many layers, or makes too much at once.
        """
        layers = len(self.generator.hidden)
        if layers > MOST_LAYERS:
            raise UsageError(f"generator.hidden: {layers:,} layers are too many; allowed: {MOST_LAYERS}")
        numbers = self.block * (math.prod(self.image.shape) + self.latent.width)
        if numbers * FLOAT_BYTES > LARGEST_LAUNCH:
            raise UsageError(
                f"image: {self.block:,} images of {'x'.join(map(str, self.image.shape))} with their latents take "
                f"{numbers * FLOAT_BYTES:,} bytes at once; allowed: {LARGEST_LAUNCH:,}"
            )


def read_card(text: str, where: str) -> Card:
    """A card from JSON text.

    Args:
        text: what `Card.to_json` wrote.
        where: names the file in an error.

    Raises:
        GanError: not a card, or a card that this version does not understand, or of a generator that is too large.
    """
    if len(text) > LONGEST:
        raise GanError(f"{where}: not a generator's card; it is longer than {LONGEST:,} characters")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise GanError(f"{where}: not a generator's card (no JSON)") from None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise GanError(f"{where}: not a generator's card; its format should be {FORMAT!r}")
    try:
        card = from_dict(Card, values, where)
    except UsageError as error:
        raise GanError(str(error)) from None
    try:
        card.check()
    except UsageError as error:
        raise GanError(f"{where}: {error}") from None
    return card
