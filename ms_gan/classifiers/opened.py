"""A classifier, opened for use: its network, from pictures to logits, and its card."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.classifiers.networks import Dense, Plain
from ms_gan.config.data_section import DataConfig
from ms_gan.data import ImageData
from ms_gan.data.held_out import load_held_out
from ms_gan.data.labels import labelled
from ms_gan.errors import UsageError
from ms_gan.metrics.features.cache import Stored, stored
from ms_gan.metrics.features.fit import RECIPE, ClassifierRecipe, fit
from ms_gan.metrics.features.trained import digest_of, facts_of, load_into, trained_classifier, whole_source
from ms_gan.pictures.pixels import to_float
from ms_gan.runtime.paths import cache_dir

OTHERS = {"plain": Plain, "dense": Dense}
FAMILIES = ("features", *OTHERS)  # features: the network that measures the quality of generators
GENTLE = replace(RECIPE, lr=1e-3)  # networks without normalisation learn more slowly
BLOCK = 256  # pictures that go through at once


class Logits(nn.Cell):
    """The logits alone of a network that gives features and logits; always in evaluation mode, its weights fixed.

    Args:
        network: images (N, C, H, W) to features and logits.
        prefix: the first part of every parameter's name.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1]; of padded ones the middle is looked at.

    Outputs:
        logits (N, classes), float32.
    """

    def __init__(self, network: nn.Cell, shape: Tuple[int, int, int], prefix: str = "classifier."):
        super().__init__(auto_prefix=False)
        self.network, self.shape = network, shape
        network.update_parameters_name(prefix)
        for parameter in network.get_parameters():
            parameter.requires_grad = False
        self.set_train(False)

    def add_flags_recursive(self, **flags):
        """A step that trains something else must not let this network's BatchNorm follow its batches."""
        return super().add_flags_recursive(**{**flags, **({"training": False} if "training" in flags else {})})

    def construct(self, images):
        if images.shape[1:] != self.shape:
            top, left = (images.shape[2] - self.shape[1]) // 2, (images.shape[3] - self.shape[2]) // 2
            images = images[:, :, top : top + self.shape[1], left : left + self.shape[2]]
        _, logits = self.network(images)
        return logits


@dataclass(frozen=True)
class ImageClassifier:
    """A classifier.

    Attributes:
        logits: the network, from images (N, C, H, W) in [-1, 1] to logits (N, classes); has gradients.
        family: one of FAMILIES.
        name: with a digest of all that it depends on.
        classes: their names.
        shape: (C, H, W) of the images that it was trained on.
        accuracy: share of the test split that it gets right; None: there is no test split.
        trained_on: which images.
        kept_in: the folder that holds the weights.
    """

    logits: Logits
    family: str
    name: str
    classes: Tuple[str, ...]
    shape: Tuple[int, int, int]
    accuracy: Optional[float]
    trained_on: str
    kept_in: str

    def card(self) -> Dict[str, Any]:
        """What is known about it, as JSON can hold it."""
        about = {key: getattr(self, key) for key in ("family", "name", "accuracy", "trained_on")}
        return {**about, "classes": list(self.classes), "shape": list(self.shape)}

    def scores(self, images: np.ndarray) -> np.ndarray:
        """Logits (N, classes), float32, of images (N, C, H, W), float32 in [-1, 1], in blocks of one size."""
        parts = []
        for start in range(0, len(images), BLOCK):
            block = np.zeros((BLOCK, *images.shape[1:]), np.float32)
            part = images[start : start + BLOCK]
            block[: len(part)] = part
            parts.append(self.logits(ms.Tensor(block)).asnumpy()[: len(part)])
        return np.concatenate(parts)

    def verdicts(self, images: np.ndarray) -> np.ndarray:
        """The class of each of images (N, C, H, W), uint8, or float32 in [-1, 1]: int64 (N,)."""
        return self.scores(to_float(images) if images.dtype == np.uint8 else images).argmax(axis=1)


def open_classifier(
    family: str, config: DataConfig, data: ImageData, seed: int = 0, recipe: Optional[ClassifierRecipe] = None
) -> ImageClassifier:
    """The classifier of a data source: the package's, the cache's, or one that is trained now.

    Args:
        family: one of FAMILIES.
        config: the data options.
        data: the training images; a folder's need labels.
        seed: of the run; only synthetic images depend on it.
        recipe: how it is trained; None: the family's usual one.

    Raises:
        UsageError: an unknown family; images without labels.
        GanError: the cache cannot be written.
    """
    if family not in FAMILIES:
        raise UsageError(f"classifier: {family} is not known; allowed: {', '.join(FAMILIES)}")
    config, data = whole_source(config, data if data.labels is not None else labelled(data), seed)
    if family == "features":
        network, card, place = trained_classifier(config, data, seed, recipe or RECIPE)
    else:
        network, card, place = _of_family(family, config, data, seed, recipe or GENTLE)
    shape = data.images.shape[1:]
    return ImageClassifier(
        Logits(network, shape),
        family,
        card["name"],
        tuple(data.classes),
        shape,
        card["accuracy"],
        data.name,
        str(place),
    )


def _of_family(
    family: str, config: DataConfig, data: ImageData, seed: int, recipe: ClassifierRecipe
) -> Tuple[nn.Cell, Dict[str, Any], Path]:
    """A network of another family than the features', its card, and where both are kept."""
    facts = {"family": family, **facts_of(data, recipe)}
    name = f"{config.source}-{family}-{digest_of(facts)}"
    place = cache_dir() / "features" / name

    def trained() -> Stored:
        started, network = time.monotonic(), fit(data, recipe, _network(family, data))
        weights = {parameter.name: parameter.asnumpy() for parameter in network.get_parameters()}
        seconds = round(time.monotonic() - started, 1)
        card = {"name": name, **facts, "classes": list(data.classes), "seconds": seconds, "mindspore": ms.__version__}
        return Stored(weights, {**card, "accuracy": _accuracy(network, config, data, seed)})

    found, network = stored(place, trained), _network(family, data)
    load_into(network, found)
    return network.set_train(False), found.card, place


def _network(family: str, data: ImageData) -> nn.Cell:
    return OTHERS[family](data.images.shape[1:], len(data.classes))


def _accuracy(network: nn.Cell, config: DataConfig, data: ImageData, seed: int) -> Optional[float]:
    """The share of the test split that a network gets right; None where there is none."""
    test = load_held_out(config, data, seed)
    if test is None:
        return None
    right: List[np.ndarray] = []
    for start in range(0, len(test.images), BLOCK):
        _, logits = network(ms.Tensor(to_float(test.images[start : start + BLOCK])))
        right.append(logits.asnumpy().argmax(axis=1) == test.labels[start : start + BLOCK])
    return float(np.concatenate(right).mean())
