"""What a program must know to make images with a generator: the card that goes with its weights.

The card is embedded in every checkpoint, and lies as `<name>.json` beside every exported model.
"""

import json
import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Dict, List, Optional

from ms_gan import __version__
from ms_gan.config.network_sections import GeneratorConfig, LatentConfig
from ms_gan.config.parser import from_dict
from ms_gan.config.schema import option
from ms_gan.errors import GanError, UsageError
from ms_gan.formats.graph_input import GraphInput
from ms_gan.generators.latents import BLOCK_LATENTS
from ms_gan.generators.ports import Port, of_latents, read_ports
from ms_gan.seeds import MAX_SEED

FORMAT = "ms_gan generator 1"  # of generators that take latents alone: versions from 0.1.0 on read it
FORMAT_OF_PORTS = "ms_gan generator 2"  # of all others
NO_OPTION = {"no_option": True}  # fields that format 2 alone has
CARD_CHARACTERS = 100_000  # characters of a card
MOST_LAYERS = 100
FLOAT_BYTES = 4
LAUNCH_BYTES = 2 << 30  # of the images that a network makes at once, and of their latents


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
    """A generator's card.

    Attributes:
        task: the task that trained it.
        network: the name of its network in a training's checkpoint, without the average's ending.
        inputs: what it takes; empty: latents alone, as `latent` has them.
        options: of a network that is none of this package's families: what its task needs to make it again.
    """

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
    task: str = field(default="latent", metadata=NO_OPTION)
    network: str = field(default="generator", metadata=NO_OPTION)
    inputs: List[Port] = field(default_factory=list, metadata=NO_OPTION)
    options: Dict[str, Any] = field(default_factory=dict, metadata=NO_OPTION)

    @property
    def ports(self) -> List[Port]:
        """What the generator takes."""
        return self.inputs or [of_latents(self.latent.width, self.latent.distribution)]

    def port(self, role: str) -> Optional[Port]:
        """The first port of a role; None: it has none."""
        return next((port for port in self.ports if port.role == role), None)

    @property
    def classes(self) -> List[str]:
        """The names of the classes that it can be asked for; none where it takes no labels."""
        port = self.port("label")
        return list(port.classes or ()) if port else []

    @property
    def graph_inputs(self) -> List[GraphInput]:
        """What an exported graph takes."""
        return [GraphInput(port.name, tuple(port.shape), whole=port.role in ("label", "map")) for port in self.ports]

    @property
    def kind(self) -> str:
        """The roles of what it takes, joined: latent, latent+label, image, map, ..."""
        return "+".join(port.role for port in self.ports)

    @property
    def weights(self) -> str:
        """Whose weights a generator has: averaged, over the training, or raw. A file format: metrics.jsonl."""
        return "averaged" if self.averaged else "raw"

    @property
    def block(self) -> int:
        """Images that the network makes at once."""
        return self.batch_size or BLOCK_LATENTS

    def to_json(self) -> str:
        """The card as JSON text."""
        values = asdict(self)
        more = {f.name: values.pop(f.name) for f in fields(self) if f.metadata.get("no_option")}
        if self.task != "latent" or self.inputs:
            values.update(more, format=FORMAT_OF_PORTS, inputs=[port.to_dict() for port in self.inputs])
        return json.dumps(values, indent=1)

    def check(self) -> None:
        """Refuse a generator that is larger than any that this project trains.

        Raises:
            UsageError: it has too many layers, or makes too much at once.
        """
        layers = len(self.generator.hidden)
        if layers > MOST_LAYERS:
            raise UsageError(f"generator.hidden: {layers:,} layers are too many; allowed: {MOST_LAYERS}")
        numbers = self.block * (math.prod(self.image.shape) + sum(port.size for port in self.ports))
        if numbers * FLOAT_BYTES > LAUNCH_BYTES:
            raise UsageError(
                f"image: {self.block:,} images of {'x'.join(map(str, self.image.shape))} with their inputs take "
                f"{numbers * FLOAT_BYTES:,} bytes at once; allowed: {LAUNCH_BYTES:,}"
            )


def read_card(text: str, where: str) -> Card:
    """A card from JSON text.

    Args:
        text: what `Card.to_json` wrote.
        where: names the file in an error.

    Raises:
        GanError: not a card, or a card that this version does not understand, or of a generator that is too large.
    """
    if len(text) > CARD_CHARACTERS:
        raise GanError(
            f"{where}: not a generator's card; it is longer than {CARD_CHARACTERS:,} characters", code="damaged"
        )
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise GanError(f"{where}: not a generator's card (not JSON)", code="damaged") from None
    if not isinstance(values, dict) or values.get("format") not in (FORMAT, FORMAT_OF_PORTS):
        raise GanError(
            f"{where}: not a generator's card; its format should be {FORMAT!r} or {FORMAT_OF_PORTS!r}", code="damaged"
        )
    try:
        more = _read_more(values) if values["format"] == FORMAT_OF_PORTS else {}
        card = replace(from_dict(Card, {key: value for key, value in values.items() if key not in more}, where), **more)
    except UsageError as error:
        raise GanError(str(error), code="damaged", option=error.option) from None
    try:
        card.check()
    except UsageError as error:
        raise GanError(f"{where}: {error}", code="damaged", option=error.option) from None
    return card


def _read_more(values: Dict[str, Any]) -> Dict[str, Any]:
    """What format 2 alone has. Raises a UsageError for what is none of it."""
    more = {f.name: values.get(f.name) for f in fields(Card) if f.metadata.get("no_option")}
    for name in ("task", "network"):
        if not (isinstance(more[name], str) and more[name].replace("_", "").isalnum()):
            raise UsageError(f"{name}: should be a name of letters, digits and _")
    if not isinstance(more["options"], dict):
        raise UsageError("options: should be a mapping")
    return {**more, "inputs": read_ports(more["inputs"]) if more["inputs"] else []}
