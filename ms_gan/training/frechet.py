"""The Fréchet distance of what a generator makes to a data set, as a run's headline measure."""

from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional

import numpy as np

from ms_gan.config.sections import RunConfig
from ms_gan.data import ImageData
from ms_gan.metrics.blocks import image_blocks
from ms_gan.metrics.conditional import Asked, Hits
from ms_gan.metrics.copies import FEW, OTHERS, SEARCHED, distances_to_others, nearness
from ms_gan.metrics.features import Features, open_features
from ms_gan.metrics.features.shipped import covers
from ms_gan.metrics.features.trained import can_be_learnt
from ms_gan.metrics.frechet import Moments, frechet_distance, too_few
from ms_gan.metrics.neighbours import nearest
from ms_gan.metrics.protocol import Protocol, describe_features, describe_generator
from ms_gan.metrics.reference import pixel_digest, reference_moments
from ms_gan.runs.events import say
from ms_gan.training.showcase import Sign


class FrechetToData:
    """A Headline: the Fréchet distance to some images.

    Args:
        config: the run's configuration.
        data: the images.
        blocks: from a generator as the showcase opens it to what it makes, blocks of uint8 images (N, C, H, W), in all
            config.metrics.samples of them.
        asked: from such a generator to the classes that those images were asked to be of; None: of none. Then `beside`
            has the share of them that the features see as their class, where these tell the classes apart.
        copies: whether to look for copies where there are few images: `beside` has the share of samples that are nearer
            to an image than 99 % of the others are, and `sign` warns of them, once.
    """

    def __init__(
        self,
        config: RunConfig,
        data: ImageData,
        blocks: Callable[[Any], Iterable[np.ndarray]],
        asked: Callable[[Any], Optional[Asked]] = lambda opened: None,
        copies: bool = False,
    ):
        self._config, self._data, self._blocks, self._asked = config, data, blocks, asked
        self.beside: Mapping[str, float] = {}
        self.sign: Optional[Sign] = None
        self._copies, self._warned = copies and len(data.images) < FEW, False
        self._features: Optional[Features] = None
        self.what = f"Frechet distance of {config.metrics.samples:,} images"
        self.first = ""
        if config.metrics.features is None and can_be_learnt(data) and not covers(config.data):
            self.first = "the first one on a data set trains a classifier for it, which takes minutes"
        self._rules: Dict[str, Any] = {}

    def prepare(self) -> None:
        """Get ready features and the data's moments, from the cache, or computed now for the first time.

        Raises:
            UsageError: features that do not suit the images; onnxruntime is not installed.
            GanError: a cache that cannot be written.
        """
        if self._features is not None:
            return
        config, images = self._config, self._data.images
        features = open_features(config.data, self._data, config.metrics.features, config.seed)
        pixels = pixel_digest(images, len(images))
        self._real = reference_moments(features, images, pixels=pixels)
        self._rules = {
            "features": describe_features(features),
            "data": self._data.name,
            "pixels": pixels,
            "split": "train",
            "real": len(images),
            "generated": config.metrics.samples,
            "compared": 0,
            "floor": "not measured",
            "image_shape": images.shape[1:],
            "seed": config.seed,
        }
        for count in (config.metrics.samples, len(images)):
            warning = too_few(count, features.width)
            if warning:
                say(f"note: {warning}")
        if self._copies:
            self._train = np.concatenate([features(block)[0] for block in image_blocks(images, len(images))])
            self._others = distances_to_others(self._train)
        self._features = features

    def protocol(self, opened: Any) -> Dict[str, Any]:
        """How a generator is measured, after `prepare`."""
        return Protocol(generator=describe_generator(opened), **self._rules).to_dict()

    def measure(self, opened: Any, stop: Callable[[], bool]) -> Optional[float]:
        """The distance, after `prepare`; None where `stop` became true meanwhile.

        Raises:
            GanError: images or features that are not finite.
        """
        found, asked = Moments.empty(self._features.width), self._asked(opened)
        hits = None if asked is None else Hits(asked, self._features)
        seen: List[np.ndarray] = []
        for images in self._blocks(opened):
            if stop():
                return None
            features, probabilities = self._features(images)
            found.add(features)
            if self._copies and sum(map(len, seen)) < SEARCHED:
                seen.append(features)
            if hits is not None:
                hits.add(probabilities)
        self.beside = {} if hits is None or hits.share is None else {"accuracy": hits.share}
        self._look_for_copies(seen)
        return frechet_distance(self._real, found)

    def _look_for_copies(self, seen: List[np.ndarray]) -> None:
        """Put the share of copies among samples, by their features, beside the distance; and the sign of them."""
        self.sign = None
        near = nearness(nearest(np.concatenate(seen), self._train)[1], self._others, OTHERS) if self._copies else None
        if near is None:
            return
        self.beside = {**self.beside, "copied": near.copied, "nearness": near.samples / near.real}
        if near.copies and not self._warned:
            self.sign, self._warned = Sign("copies", near.warning), True
