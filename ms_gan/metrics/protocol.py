"""How images were measured: what every number about them carries, because numbers compare only where this agrees."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ms_gan import __version__
from ms_gan.generators.weights import weights_digest
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.rules import RULES


@dataclass(frozen=True)
class FeaturesUsed:
    """The feature extractor; see `Features` for the meaning of each.

    The description says what is done to the images first, resizing among it.
    """

    name: str
    description: str
    width: int
    accuracy: Optional[float]


@dataclass(frozen=True)
class GeneratorUsed:
    """The generator.

    Attributes:
        recipe: name of the recipe.
        kind: averaged or raw: whether its weights are the average over the training.
        epoch, step: how long it was trained.
        weights: a digest of its parameters.
    """

    recipe: str
    kind: str
    epoch: float
    step: int
    weights: str


@dataclass(frozen=True)
class Protocol:
    """How images were measured.

    Attributes:
        features: the network whose features are compared.
        generator: what made the images.
        data: the real images they were compared with, in words.
        pixels: a digest of those.
        split: train or test: which split of the data that is.
        real: how many real images the Fréchet distance is to.
        generated: how many images were generated.
        compared: of both, how many the other metrics look at, evenly spaced.
        floor: the real images that stand for a perfect generator's, in words.
        image_shape: (C, H, W) of generated and real images, before the features' resizing.
        seed: of the latents, and of the kernel distance's subsets.
        version: of ms_gan; numbers of two versions compare where `rules` is the same.
        rules: RULES.
    """

    features: FeaturesUsed
    generator: GeneratorUsed
    data: str
    pixels: str
    split: str
    real: int
    generated: int
    compared: int
    floor: str
    image_shape: Tuple[int, int, int]
    seed: int
    version: str = __version__
    rules: int = RULES

    def to_dict(self) -> Dict[str, Any]:
        """The protocol as JSON gives it back."""
        return {**asdict(self), "image_shape": list(self.image_shape)}


def describe_features(features: Features) -> FeaturesUsed:
    """What a protocol keeps of a feature extractor."""
    return FeaturesUsed(features.name, features.description, features.width, features.accuracy)


def describe_generator(sampler: Any) -> GeneratorUsed:
    """What a protocol keeps of a generator, given its sampler."""
    card = sampler.card
    return GeneratorUsed(card.recipe, card.weights, card.epoch, card.step, weights_digest(sampler.parameters())[:16])


def differences(protocols: Sequence[Protocol]) -> List[str]:
    """In what protocols differ, generator and version apart: one line for each part, with every value that occurs.

    Numbers measured under protocols that differ must not be compared.
    """
    found = []
    for part in fields(Protocol):
        values = [getattr(protocol, part.name) for protocol in protocols]
        if part.name not in ("generator", "version") and any(value != values[0] for value in values):
            texts = [value.name if isinstance(value, FeaturesUsed) else str(value) for value in values]
            found.append(f"{part.name}: {' / '.join(dict.fromkeys(texts))}")
    return found
