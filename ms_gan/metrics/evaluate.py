"""Images measured by every metric, and real images measured in the same way beside them."""

from dataclasses import replace
from typing import Iterable, List, NamedTuple, Optional

import numpy as np

from ms_gan.data import ImageData
from ms_gan.data.batches import evenly_spaced
from ms_gan.errors import UsageError
from ms_gan.metrics.blocks import image_blocks, measured_blocks
from ms_gan.metrics.classes import ClassCounts, class_balance, class_counts
from ms_gan.metrics.conditional import Tally
from ms_gan.metrics.copies import NEAR, SEARCHED, find_copies
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.frechet import Moments, frechet_distance, too_few
from ms_gan.metrics.images import PICTURES, Images
from ms_gan.metrics.inception_score import inception_score
from ms_gan.metrics.kernel import kernel_distance
from ms_gan.metrics.neighbours import Manifold, manifold, neighbour_metrics
from ms_gan.metrics.protocol import Protocol, describe_features
from ms_gan.metrics.reference import pixel_digest, reference_moments
from ms_gan.metrics.report import Evaluation, Measures
from ms_gan.runtime.progress import progress
from ms_gan.seeds import Purpose, stream

COMPARED = 10_000  # images, at most, whose features are kept; the others count for moments and classes only
FEWEST_IMAGES = 10  # images, for the score's parts and the nearest neighbours
SUBSET = 1_000  # images, at most, in one of the kernel distance's subsets
SUBSETS, FLOOR, PICTURES_ORDER = 4, 5, 6  # places in the features' random numbers, behind those of features/fit.py


class Splits(NamedTuple):
    """A run's training images, and images of the same kind that it never saw, if there are any."""

    train: ImageData
    test: Optional[ImageData]


class Seen(NamedTuple):
    """Images that were looked at: moments and classes of all, features (n, d) and probabilities (n, k) of some."""

    moments: Moments
    features: np.ndarray
    probabilities: Optional[np.ndarray]
    counts: Optional[ClassCounts]


class Reference(NamedTuple):
    """Real images to compare with: moments of all, balls around some, and how many there are of each class."""

    moments: Moments
    manifold: Manifold
    histogram: Optional[np.ndarray]


def protocol_of(
    source: Images, features: Features, splits: Splits, num: int, seed: int, split: str = "train"
) -> Protocol:
    """How `evaluate` measures when it is given the same.

    Raises:
        UsageError: there is no test split; images of another shape than the data's; too few images for a metric.
    """
    if split == "test" and splits.test is None:
        raise UsageError(f"--split test: {splits.train.name} has no test split on this machine; use --split train")
    shape = source.shape
    if shape != splits.train.images.shape[1:]:
        made, held = ("x".join(map(str, sides)) for sides in (shape, splits.train.images.shape[1:]))
        raise UsageError(
            f"the images are {made} (channels x rows x columns), those of the data {held}", code="mismatch"
        )
    real, other = splits if split == "train" else splits[::-1]
    _refuse_few(num, len(real.images), len(real.images) // 2 if other is None else len(other.images))
    if other is not None:
        floor = f"{min(num, len(other.images)):,} of {other.name}"
    else:
        floor = f"{min(num, (len(real.images) + 1) // 2):,} of one half of the data, against the other half"
    return Protocol(
        features=describe_features(features),
        generator=source.described(),
        data=real.name,
        pixels=pixel_digest(real.images, len(real.images)),
        split=split,
        real=len(real.images),
        generated=num,
        compared=min(COMPARED, num, len(real.images)),
        floor=floor,
        image_shape=shape,
        seed=seed,
    )


def evaluate(
    source: Images, features: Features, splits: Splits, num: int, seed: int, split: str = "train"
) -> Evaluation:
    """Measure images, as they are generated or read, in memory that does not grow with their number.

    The floor, what a perfect generator would reach, is measured too: real images of the other split stand in the place
    of generated ones, as many as were generated or as there are. A generator far below it copies its training images.
    Where there is no other split, every second image is measured against the others.

    Args:
        source: the images.
        features: the extractor.
        splits: the real images.
        num: images to measure, 10 or more.
        seed: of a generator's latents, and of the kernel distance's subsets.
        split: train or test: which real images to compare with.

    Raises:
        UsageError: as of `protocol_of`, or too few images for a metric.
        GanError: images or features that are not finite; a cache that cannot be written.
    """
    protocol = protocol_of(source, features, splits, num, seed, split)
    real, other = splits if split == "train" else splits[::-1]
    histogram = _histogram(features, real)
    reference = _reference(features, real.images, histogram, protocol.compared, protocol.pixels)
    tally = Tally.of(source.asked(seed, num), features, real)
    generated = _look(features, measured_blocks(source, seed, num), num, protocol.compared, "Measuring", tally)
    if protocol.generator.kind == PICTURES:
        generated = _shuffled(generated, seed, PICTURES_ORDER)
    measures = _measure(generated, reference, seed, tally)

    stand_in = _every_other(real, 0) if other is None else other
    if other is None:
        real = _every_other(real, 1)
        reference = _reference(features, real.images, histogram, protocol.compared)
    count = min(num, len(stand_in.images))
    beside = None if tally is None else tally.floor(stand_in, count, real)
    seen = _look(
        features, image_blocks(stand_in.images, count), count, protocol.compared, "Measuring the floor", beside
    )
    floor = _measure(_shuffled(seen, seed, FLOOR), reference, seed, beside)

    test = None if splits.test is None else splits.test.images
    copies = find_copies(source, features, splits.train.images, test, seed, min(num, SEARCHED))
    near = copies.nearness
    notes = [*_notes(protocol, floor, features, measures), *_notes_by_class(tally, source, protocol)]
    return Evaluation(
        protocol,
        generated=replace(measures, nearest=copies.median, copied=near and near.copied),
        floor=replace(floor, nearest=near.real if near else copies.unseen, copied=near and NEAR),
        classes=None if histogram is None else list(real.classes),
        data_histogram=None if histogram is None else histogram.tolist(),
        notes=[*notes, *filter(None, [near and near.warning])],
        asked=None if tally is None else list(tally.asked.classes),
        copies=copies,
    )


def _every_other(data: ImageData, first: int) -> ImageData:
    """Every second image, from the first (0) or the second one (1) on."""
    labels = None if data.labels is None else data.labels[first::2]
    return replace(data, images=data.images[first::2], labels=labels)


def _shuffled(seen: Seen, seed: int, place: int) -> Seen:
    """With the probabilities in another order: sorted by class, the score's parts would be of one class each: 1."""
    if seen.probabilities is None:
        return seen
    order = stream(seed, Purpose.FEATURES, place)
    return seen._replace(probabilities=order.permutation(seen.probabilities))


def _refuse_few(num: int, real: int, stand_in: int) -> None:
    """Refuse fewer images than the metrics need, before any is generated.

    Args:
        num: images to generate.
        real: those to compare with.
        stand_in: those that take the place of generated ones for the floor.
    """
    counted = ((num, "images to generate, --num"), (real, "real images"), (stand_in, "real images for the floor"))
    for count, what in counted:
        if count < FEWEST_IMAGES:
            raise UsageError(
                f"{count:,} {what}: too few; neighbours and the score need {FEWEST_IMAGES} or more", code="few"
            )


def _histogram(features: Features, data: ImageData) -> Optional[np.ndarray]:
    """Images of each class (k,), or None where the features do not tell the data's classes apart."""
    if data.labels is None or features.classes is None or features.classes != list(data.classes or ()):
        return None
    return np.bincount(data.labels, minlength=len(data.classes))


def _reference(
    features: Features,
    images: np.ndarray,
    histogram: Optional[np.ndarray],
    compared: int,
    pixels: Optional[str] = None,
) -> Reference:
    some = np.concatenate([features(block)[0] for block in image_blocks(images, compared)])
    return Reference(reference_moments(features, images, pixels=pixels), manifold(some), histogram)


def _look(
    features: Features,
    blocks: Iterable[np.ndarray],
    total: int,
    kept: int,
    doing: str,
    tally: Optional[Tally] = None,
) -> Seen:
    """Look at `total` images (n, C, H, W) that come in blocks, and keep the features of `kept`, evenly spaced."""
    moments, values, likely, counts = Moments.empty(features.width), [], [], []
    wanted, start = np.zeros(total, bool), 0
    wanted[evenly_spaced(total, kept)] = True
    with progress(doing, total, "image") as update:
        for images in blocks:
            block, probabilities = features(images)
            chosen = wanted[start : start + len(images)]
            moments.add(block)
            if tally is not None:
                tally.add(block, probabilities)
            values.append(block[chosen])
            if probabilities is not None:
                likely.append(probabilities[chosen])
                counts.append(class_counts(probabilities))
            start += len(images)
            update(len(images))
    if not likely:
        return Seen(moments, np.concatenate(values), None, None)
    all_counts = ClassCounts(sum(part.counts for part in counts), sum(part.confident for part in counts))
    return Seen(moments, np.concatenate(values), np.concatenate(likely), all_counts)


def _measure(seen: Seen, reference: Reference, seed: int, tally: Optional[Tally] = None) -> Measures:
    """Every metric of images that were looked at; the nearest training images apart."""
    random = stream(seed, Purpose.FEATURES, SUBSETS)
    # Subsets that took all images would have no deviation.
    size = min(SUBSET, len(seen.features) // 2, len(reference.manifold.features) // 2)
    kernel = kernel_distance(reference.manifold.features, seen.features, random, size=size)
    near = neighbour_metrics(reference.manifold, manifold(seen.features, reference.manifold.neighbours))
    found = Measures(
        count=seen.moments.count,
        frechet=frechet_distance(reference.moments, seen.moments),
        kernel=kernel.mean,
        kernel_deviation=kernel.deviation,
        **near._asdict(),
        **({} if tally is None else tally.measures),
    )
    if seen.counts is None:
        return found
    score = inception_score(seen.probabilities)
    confident = seen.counts.confident / seen.moments.count
    found = replace(found, score=score.mean, score_deviation=score.deviation, confident=confident)
    if reference.histogram is None:
        return found
    balance = class_balance(seen.counts, reference.histogram)
    return replace(
        found,
        histogram=seen.counts.counts.tolist(),
        class_distance=balance.distance,
        covered=balance.covered,
        smallest_class=balance.smallest,
        largest_class=balance.largest,
    )


def _notes(protocol: Protocol, floor: Measures, features: Features, measures: Measures) -> List[str]:
    """What a person must know about numbers that are missing, or biased by the number of images."""
    warnings = [too_few(count, features.width) for count in dict.fromkeys((protocol.generated, protocol.real))]
    notes = [warning for warning in warnings if warning]
    if floor.count < protocol.generated:
        notes.append(
            f"the floor has {floor.count:,} images, fewer than were generated: its Frechet distance is too large"
        )
    if measures.score is None:
        notes.append(f"scores, confidence and classes are left out: {features.name} tells no classes apart")
    elif measures.histogram is None:
        notes.append(f"shares of classes are left out: {features.name} does not know the data's classes")
    return notes


def _notes_by_class(tally: Optional[Tally], source: Images, protocol: Protocol) -> List[str]:
    """What a person must know about the measures of classes that were asked for."""
    if tally is not None:
        return tally.notes
    # Pictures in folders of any name were not asked to be of a class; a generator that takes one was.
    if protocol.generator.kind == PICTURES or source.asked(protocol.seed, 1) is None:
        return []
    return [f"measures by class are left out: {protocol.data} has none of the classes that were asked for"]
