"""Images of classes that were asked for: whether each is of its class, and how near it is to the real ones of it."""

from functools import cached_property
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ms_gan.data import ImageData
from ms_gan.data.batches import evenly_spaced
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.frechet import Moments, frechet_distance, too_few
from ms_gan.metrics.reference import reference_moments

FEWEST_IMAGES = 10  # images asked to be of a class, for its own accuracy
IMAGES_PER_FEATURE = 2  # images of a class for each number of a feature vector, for a distance within it
NAMED = 5  # classes that a sentence names


class Asked(NamedTuple):
    """The classes that images were asked to be of.

    Attributes:
        labels: (n,), integers, the class of each image in the images' order: a place in `classes`; -1: none of them.
        classes: the names of the classes.
    """

    labels: np.ndarray
    classes: Tuple[str, ...]

    @property
    def counts(self) -> np.ndarray:
        """Images of each class, (classes,)."""
        return np.bincount(self.labels[self.labels >= 0], minlength=len(self.classes))


class Figures(NamedTuple):
    """A measure by class.

    Attributes:
        overall: of all classes.
        worst: the place of the worst class; None where every class has too few images.
        by_class: of each class; None for those with too few images.
    """

    overall: float
    worst: Optional[int]
    by_class: List[Optional[float]]


def labels_among(data: ImageData, classes: Sequence[str]) -> Asked:
    """The real classes of labelled images, found by their names among other classes; -1 for names not among them."""
    places = numbers_of(data.classes or (), classes)
    labels = np.full(len(data.images), -1) if data.labels is None or not len(places) else places[data.labels]
    return Asked(labels, tuple(classes))


def numbers_of(names: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    """The place among `classes` of each of some names, (n,), int; -1 for those that are not there."""
    places = {name: place for place, name in enumerate(classes)}
    return np.array([places.get(name, -1) for name in names], int)


def class_accuracy(right: np.ndarray, asked: np.ndarray) -> Optional[Figures]:
    """The share of images that a classifier sees as the class that was asked for, of all images and by class.

    A class of few images says nothing about itself, and cannot be the worst: its images count for the whole alone.

    Args:
        right: images seen as the class that was asked for, by class, (classes,).
        asked: images asked for, by class, (classes,).

    Returns:
        shares, 0 to 1; None where there are no images.
    """
    by_class = [float(hits / count) if count >= FEWEST_IMAGES else None for hits, count in zip(right, asked)]
    known = [place for place, value in enumerate(by_class) if value is not None]
    if not asked.any():
        return None
    worst = min(known, key=lambda place: by_class[place], default=None)
    return Figures(float(right.sum() / asked.sum()), worst, by_class)


def intra_frechet(real: Dict[int, Moments], generated: Dict[int, Moments], classes: int) -> Optional[Figures]:
    """The Fréchet distance within each class, and its mean over the classes.

    Called intra-FID by Miyato and Koyama 2018 (arXiv:1802.05637), section 4, where the features are Inception-v3's.
    It tells classes that are mixed up, which the distance of all images does not.

    Args:
        real: moments of the real images of each class, by its place.
        generated: moments of the images asked to be of each class; classes that one of both lacks are left out.
        classes: how many there are.

    Returns:
        the distances; None where no class is left.
    """
    found = {place: frechet_distance(real[place], generated[place]) for place in sorted(real.keys() & generated.keys())}
    if not found:
        return None
    mean = float(np.mean(list(found.values())))
    return Figures(mean, max(found, key=found.get), [found.get(place) for place in range(classes)])


class Hits:
    """Counts images that a classifier sees as the class that was asked for, while they come in blocks.

    Args:
        asked: the classes of the images, in the order in which `add` is given them.
        features: the extractor.

    Attributes:
        counted: whether the features tell all these classes apart, by their names; else nothing is counted.
        right: hits by class, (classes,).
    """

    def __init__(self, asked: Asked, features: Features):
        known, names = features.classes or (), set(asked.classes)
        self.counted = names.issubset(known) and len(names) == len(asked.classes)
        self.right = np.zeros(len(asked.classes), int)
        self._asked, self._start = asked, 0
        self._numbers = numbers_of(known, asked.classes)

    def add(self, probabilities: Optional[np.ndarray]) -> None:
        """Take in the probabilities of the next images' classes, (n, classes of the features), or None."""
        if not self.counted or probabilities is None:
            return
        labels = self._asked.labels[self._start : self._start + len(probabilities)]
        self._start += len(probabilities)
        right = (self._numbers[probabilities.argmax(axis=1)] == labels) & (labels >= 0)
        self.right += np.bincount(labels[right], minlength=len(self.right))

    @property
    def share(self) -> Optional[float]:
        """Hits among all images, 0 to 1; None where nothing is counted."""
        return float(self.right.sum() / self._asked.counts.sum()) if self.counted else None


class Tally:
    """Images of asked classes, counted while they are looked at in blocks.

    Args:
        asked: the classes of the images, in the order in which `add` is given them.
        features: the extractor. Accuracy needs one that tells all these classes apart, by their names.
        real: the real images. A distance within a class needs so many of it, and so many generated ones, that the
            covariance is not nearly singular: twice the features' width.
        like: for a floor: the tally of the generated images; classes that are left out there are left out here.

    Attributes:
        measured: classes within which a distance is measured, (classes,), bool.
    """

    def __init__(self, asked: Asked, features: Features, real: ImageData, like: Optional["Tally"] = None):
        self.asked, self._features, self._real = asked, features, real
        self._labels = labels_among(real, asked.classes).labels
        real_counts = np.bincount(self._labels[self._labels >= 0], minlength=len(asked.classes))
        self._fewest = np.minimum(asked.counts, real_counts)
        self.measured = self._fewest >= IMAGES_PER_FEATURE * features.width
        self._whole = True
        if like is not None:
            self._whole = bool(self.measured[like.measured].all())
            self.measured &= like.measured
        self._hits = Hits(asked, features)
        self._moments = {int(place): Moments.empty(features.width) for place in np.flatnonzero(self.measured)}
        self._start = 0

    @classmethod
    def of(cls, asked: Optional[Asked], features: Features, real: ImageData) -> Optional["Tally"]:
        """A tally of images, if they were asked to be of classes of which the real images have at least one."""
        if asked is None or real.labels is None or not set(asked.classes) & set(real.classes or ()):
            return None
        return cls(asked, features, real)

    def floor(self, stand_in: ImageData, count: int, real: ImageData) -> "Tally":
        """A tally of `count` real images, evenly spaced, in the place of generated ones: each is what it should be."""
        asked = labels_among(stand_in, self.asked.classes)
        some = Asked(asked.labels[evenly_spaced(len(asked.labels), count)], asked.classes)
        return Tally(some, self._features, real, like=self)

    def add(self, features: np.ndarray, probabilities: Optional[np.ndarray]) -> None:
        """Take in the features (n, d) of the next images, and the probabilities of their classes (n, k) or None."""
        labels = self.asked.labels[self._start : self._start + len(features)]
        self._start += len(features)
        self._hits.add(probabilities)
        for place, moments in self._moments.items():
            moments.add(features[labels == place])

    @property
    def accuracy(self) -> Optional[Figures]:
        """Images seen as the class that was asked for; None where the features do not tell these classes apart."""
        return class_accuracy(self._hits.right, self.asked.counts) if self._hits.counted else None

    @cached_property
    def distances(self) -> Optional[Figures]:
        """Fréchet distances within classes; None where no class, or not every one of `like`, has enough images.

        Raises:
            GanError: a cache that cannot be written.
        """
        if not self._whole:
            return None
        images = self._real.images
        real = {
            place: reference_moments(self._features, images, among=np.flatnonzero(self._labels == place))
            for place in self._moments
        }
        return intra_frechet(real, self._moments, len(self.asked.classes))

    @property
    def measures(self) -> Dict[str, Any]:
        """What of `Measures` needs classes that were asked for, by name of the field."""
        found: Dict[str, Any] = {}
        for key, figures in (("accuracy", self.accuracy), ("intra_frechet", self.distances)):
            if figures is not None:
                worst = None if figures.worst is None else figures.by_class[figures.worst]
                found |= {key: figures.overall, f"{key}_worst": worst, f"{key}_by_class": figures.by_class}
        return found

    @property
    def notes(self) -> List[str]:
        """What a person must know about `measures`: the worst classes, and what is left out."""
        accuracy, distances, width, notes = self.accuracy, self.distances, self._features.width, []
        if accuracy is None:
            notes.append(
                f"class accuracy is left out: {self._features.name} does not tell apart classes of these names"
            )
        elif accuracy.worst is not None:
            share = f"{accuracy.by_class[accuracy.worst]:.1%} of {self.asked.counts[accuracy.worst]:,} images"
            notes.append(f"the class seen least often where it was asked for is {self._name(accuracy.worst)}: {share}")
        if distances is not None:
            largest = f"{self._name(distances.worst)}: {distances.by_class[distances.worst]:.3f}"
            notes.append(f"the Frechet distance within a class is largest in {largest}")
            few = too_few(int(self._fewest[self.measured].min()), width)
            notes += [f"within a class, {few}"] if few else []
        left_out = [self._name(place) for place in np.flatnonzero(~self.measured)]
        if left_out:
            more = f" and {len(left_out) - NAMED:,} more" if len(left_out) > NAMED else ""
            notes.append(
                f"Frechet distances within classes leave out {', '.join(left_out[:NAMED])}{more}: there are fewer than "
                f"{IMAGES_PER_FEATURE * width:,} generated or real images of such a class, twice the features' width"
            )
        return notes

    def _name(self, place: int) -> str:
        return self.asked.classes[place]
