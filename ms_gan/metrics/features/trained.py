"""Features of a classifier that was trained on the training images' own labels."""

import hashlib
import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.config.data_section import DataConfig
from ms_gan.data import ImageData, load
from ms_gan.data.held_out import load_held_out
from ms_gan.metrics.features import shipped
from ms_gan.metrics.features.cache import Stored, stored, write
from ms_gan.metrics.features.classifier import WIDTH, Classifier
from ms_gan.metrics.features.extractor import Features, block_for
from ms_gan.metrics.features.fit import ClassifierRecipe, fit
from ms_gan.pictures.pixels import to_float
from ms_gan.runtime.paths import cache_dir

SAMPLED = 1_000  # images that stand for a data set in its checksum


def can_be_learnt(data: ImageData) -> bool:
    """Whether images have classes that a classifier could be trained to tell apart."""
    return data.labels is not None and data.classes is not None and len(data.classes) > 1


def classifier_features(config: DataConfig, data: ImageData, seed: int, recipe: ClassifierRecipe) -> Features:
    """A classifier of the data source's classes, all of them, for images as the run sees them: their size and colours.

    A run that learns some classes only is measured by the classifier of all: one that knows nothing but frogs has
    nothing to tell apart. One whose images are padded is measured by the classifier of the source's own size, which
    looks at what is within the margin, so that numbers compare between runs with and without it. Those of MNIST and
    Fashion-MNIST come with the package; any other is trained once and kept in the user's cache: `cache.stored`.

    Args:
        config: the run's data options.
        data: the run's training images.
        seed: the run's; only synthetic images depend on it.

    Raises:
        GanError: the cache cannot be written.
    """
    seen = data.images.shape[1:]
    config, data = whole_source(config, data, seed)
    network, card, place = trained_classifier(config, data, seed, recipe)
    return _features(card["name"], network, data, seen, card["accuracy"], str(place))


def trained_classifier(
    config: DataConfig, data: ImageData, seed: int, recipe: ClassifierRecipe
) -> Tuple[Classifier, Dict[str, Any], Path]:
    """The classifier itself: images (N, C, H, W) to features and logits, in evaluation mode.

    Args:
        config, data: what `whole_source` gives.
        seed, recipe: as for `classifier_features`.

    Returns:
        the network, its card, and where both are kept.

    Raises:
        GanError: the cache cannot be written.
    """
    facts = facts_of(data, recipe)
    place, found = shipped.PLACE / config.source, shipped.find(config.source, facts)
    if found is None:
        name = f"{config.source}-classifier-{digest_of(facts)}"
        place = cache_dir() / "features" / name
        found = stored(place, lambda: _trained(name, config, data, seed, recipe))
    network = Classifier(data.images.shape[1:], len(data.classes))
    load_into(network, found)
    return network.set_train(False), found.card, place


def load_into(network: nn.Cell, found: Stored) -> None:
    """Give a network the weights that are stored under the names of its parameters."""
    for parameter in network.get_parameters():
        parameter.set_data(ms.Tensor(found.weights[parameter.name].astype(np.float32)))


def digest_of(facts: Dict[str, Any]) -> str:
    """Eight hexadecimal digits that stand for all that a network depends on."""
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:8]


def train_anew(config: DataConfig, data: ImageData, seed: int, recipe: ClassifierRecipe, folder: Path) -> Features:
    """Train the classifier of a data source again, into a folder, with weights in half precision.

    This is how the classifiers that come with the package are made: `shipped`.

    Args:
        config, data, seed: as for `classifier_features`.
        recipe: how it is trained.
        folder: gets weights.npz and card.json.

    Raises:
        CannotWrite: the folder cannot be written.
    """
    seen = data.images.shape[1:]
    config, data = whole_source(config, data, seed)
    started = time.monotonic()
    network = fit(data, recipe)
    weights = {parameter.name: parameter.asnumpy().astype(np.float16) for parameter in network.get_parameters()}
    for parameter in network.get_parameters():
        parameter.set_data(ms.Tensor(weights[parameter.name].astype(np.float32)))
    name = f"{config.source}-classifier-{hashlib.sha256(b''.join(map(bytes, weights.values()))).hexdigest()[:8]}"
    card = _card(name, network, config, data, seed, recipe, started)
    write(folder, Stored(weights, card))
    return _features(name, network, data, seen, card["accuracy"], str(folder))


def accuracy_of_fit(data: ImageData, test: ImageData, recipe: ClassifierRecipe) -> float:
    """The share of some images, 0 to 1, that a classifier gets right which is trained now on others.

    Args:
        data: the images to train on, with labels (N,) and names of classes.
        test: the images to try it on, of the same shape (C, H, W) and with the same numbers of classes.
        recipe: how it is trained.

    Raises:
        GanError: the training failed.
    """
    return _accuracy(_features("classifier", fit(data, recipe), data, data.images.shape[1:]), test)


def whole_source(config: DataConfig, data: ImageData, seed: int) -> Tuple[DataConfig, ImageData]:
    """The images that a classifier is trained on, and their options: all classes, in the source's own size.

    Of a folder that is those of the run: its labels have been looked up for the classes that the run learns.
    """
    # Of a folder's images, image_size is the very size; of others, what they are padded to.
    own = config if config.source == "folder" else replace(config, classes=None, image_size=None)
    return (config, data) if own == config else (own, load(own, seed))


def _trained(name: str, config: DataConfig, data: ImageData, seed: int, recipe: ClassifierRecipe) -> Stored:
    """The classifier, from its first step to its accuracy."""
    started = time.monotonic()
    network = fit(data, recipe)
    weights = {parameter.name: parameter.asnumpy() for parameter in network.get_parameters()}
    return Stored(weights, _card(name, network, config, data, seed, recipe, started))


def _card(
    name: str,
    network: Classifier,
    config: DataConfig,
    data: ImageData,
    seed: int,
    recipe: ClassifierRecipe,
    started: float,
) -> Dict[str, Any]:
    """What is known about a classifier whose training began at `started`, by `time.monotonic`."""
    test = load_held_out(config, data, seed)
    accuracy = None if test is None else _accuracy(_features(name, network, data, data.images.shape[1:]), test)
    seconds = round(time.monotonic() - started, 1)
    about = {"name": name, **facts_of(data, recipe), "classes": data.classes, "accuracy": accuracy, "seconds": seconds}
    return {**about, "mindspore": ms.__version__}


def facts_of(data: ImageData, recipe: ClassifierRecipe) -> Dict[str, Any]:
    """All that a classifier depends on, but for the processor."""
    shape = data.images.shape[1:]
    return {"recipe": asdict(recipe), "data": data.name, "checksum": checksum(data), "image_shape": list(shape)}


def checksum(data: ImageData) -> str:
    """A digest of a data set: of its labels, and of up to 1,000 of its images, evenly spaced."""
    chosen = np.linspace(0, len(data.images) - 1, min(SAMPLED, len(data.images))).astype(np.int64)
    content = hashlib.sha256(np.ascontiguousarray(data.images[chosen]))
    content.update(data.labels.astype(np.int32))
    return content.hexdigest()


def _features(
    name: str,
    network: Classifier,
    data: ImageData,
    seen: Tuple[int, int, int],
    accuracy: Optional[float] = None,
    kept_in: Optional[str] = None,
) -> Features:
    """The features of images of shape `seen` by a classifier that was trained on `data`."""
    shape = data.images.shape[1:]
    rows, columns = (
        slice((outer - inner) // 2, (outer - inner) // 2 + inner) for outer, inner in zip(seen[1:], shape[1:])
    )

    def compute(images: np.ndarray):
        features, logits = network(ms.Tensor(to_float(images[:, :, rows, columns])))
        return features.asnumpy(), logits.asnumpy()

    margin = "" if seen == shape else f", the {'x'.join(map(str, shape))} within the margin"
    return Features(
        name,
        f"convolutional classifier of {len(data.classes)} classes, trained on {data.name}; takes images as the run"
        f" sees them ({'x'.join(map(str, seen))}){margin}, not resized, pixels in [-1, 1]",
        WIDTH,
        compute,
        block_for(seen),
        seen,
        data.classes,
        accuracy,
        kept_in,
    )


def _accuracy(features: Features, test: ImageData) -> float:
    _, probabilities = features(test.images)
    return float((probabilities.argmax(axis=1) == test.labels).mean())
