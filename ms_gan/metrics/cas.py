"""Classification accuracy score: what a classifier learns of generated images alone, tried on real ones."""

from dataclasses import replace
from typing import Tuple

import numpy as np

from ms_gan.data import ImageData
from ms_gan.data.batches import evenly_spaced
from ms_gan.errors import UsageError
from ms_gan.metrics.conditional import labels_among
from ms_gan.metrics.evaluate import Splits
from ms_gan.metrics.features.fit import RECIPE, ClassifierRecipe
from ms_gan.metrics.features.trained import accuracy_of_fit
from ms_gan.metrics.images import Images
from ms_gan.metrics.report import Evaluation


def check_cas(source: Images, splits: Splits, seed: int) -> None:
    """Refuse what has no classification accuracy score, before anything slow.

    Raises:
        UsageError: images that nobody asked to be of a class, real images that lack a test split or these classes.
    """
    asked = source.asked(seed, 1)
    if asked is None:
        raise UsageError("--cas: needs images of classes that were asked for, and these have none; remove --cas")
    if splits.test is None:
        raise UsageError(f"--cas: {splits.train.name} has no test split on this machine; remove --cas")
    lacking = [name for name in asked.classes if name not in (splits.train.classes or ())]
    if lacking:
        raise UsageError(f"--cas: {splits.train.name} has no class {lacking[0]}, which was asked for; remove --cas")


def with_cas(
    report: Evaluation,
    source: Images,
    splits: Splits,
    num: int,
    seed: int,
    recipe: ClassifierRecipe = RECIPE,
) -> Evaluation:
    """An evaluation with the classification accuracy score: Ravuri and Vinyals 2019 (arXiv:1905.10887), section 3.

    Where the paper trains a ResNet-50, the small classifier that also serves as features is trained, by a recipe of its
    own: scores compare with each other, and with no published one. They take minutes, and memory for all the images.

    Args:
        report: what else was found.
        source: the images; `num` of them, or as many as there are training images.
        splits: the real images. The floor is the accuracy of the same classifier trained on as many of the training
            images, evenly spaced; both are tried on the test split's images of the classes that were asked for.
        num: images to learn from.
        seed: of a generator's latents.
        recipe: how the classifiers are trained.

    Raises:
        UsageError: as of `check_cas`.
        GanError: images that are not finite, or a training that failed.
    """
    check_cas(source, splits, seed)
    asked = source.asked(seed, 1)
    train, test = (_of_classes(data, asked.classes) for data in splits)
    count = min(num, len(train.images))
    images = np.concatenate([block for _, block in source.stream(seed, count)])
    generated = ImageData(images, source.asked(seed, count).labels, "generated images", "a generator", asked.classes)
    some = evenly_spaced(len(train.images), count)
    real = replace(train, images=train.images[some], labels=train.labels[some])
    scores: Tuple[float, ...] = tuple(accuracy_of_fit(data, test, recipe) for data in (generated, real))
    return replace(
        report,
        generated=replace(report.generated, cas=scores[0]),
        floor=replace(report.floor, cas=scores[1]),
    )


def _of_classes(data: ImageData, classes: Tuple[str, ...]) -> ImageData:
    """The images of some classes, their labels places in these."""
    labels = labels_among(data, classes).labels
    kept = np.flatnonzero(labels >= 0)
    images = data.images if len(kept) == len(labels) else data.images[kept]
    return replace(data, images=images, labels=labels[kept], classes=classes)
