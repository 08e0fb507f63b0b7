"""Labels for training by class: numbers from 0 without gaps, the names they stand for, and how many images each has."""

from dataclasses import replace
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ms_gan.data.image_data import FolderFiles, ImageData
from ms_gan.data.sorting import HOW, LIST, NO_CLASS, Sorting, no_labels, some, sort_pictures
from ms_gan.data.walk import printable
from ms_gan.errors import UsageError

FEWEST_IMAGES = 2  # images of a class, on average, from which classes can be learnt
UNEVEN = 10  # times the images of the smallest class that the largest may have without a warning
LISTED = 20  # classes whose counts are all shown


def labelled(data: ImageData) -> ImageData:
    """The same images with labels that a network can be trained by.

    Args:
        data: images of any source; those of a folder get the classes of their subfolders or of a dataset.json, see
            `ms_gan.data.sorting`.

    Returns:
        the data with labels int32 (N,), 0 to K - 1, and the names of those K classes, in the order of their numbers.
        Each class has an image, and two on average. Where classes are uneven, a notice says so.

    Raises:
        UsageError: there are no labels, or of one class only; a class that somebody named has no image; fewer than two
            images a class; a picture has no label; labels are out of range; dataset.json is broken.
        GanError: a folder or its dataset.json cannot be read.
    """
    needed: Sequence[int] = data.chosen or ()
    if data.labels is None:
        if data.files is None:
            raise UsageError(f"data: {data.title} have no labels; {HOW}")
        data, needed = _looked_up(data, data.files)
    names, counts = _names(data), _checked_counts(data)
    absent = [names[number] for number in needed if not counts[number]]
    if absent:
        raise UsageError(
            f"data.classes: {data.name} have no image of {_of_class(absent)}; raise data.limit, or do not choose"
            f" {_them(absent)}"
        )
    present = np.flatnonzero(counts)
    if len(present) < 2:
        raise UsageError(
            f"data: {data.name} are of one class only, {printable(names[present[0]])}; to train by class takes two or"
            " more: choose others with data.classes, raise data.limit, or add pictures of another class"
        )
    if len(data.labels) < FEWEST_IMAGES * len(present):
        few = [names[number] for number in present if counts[number] < FEWEST_IMAGES]
        raise UsageError(
            f"data: {data.name}, in {len(present):,} classes, are too few: a class needs {FEWEST_IMAGES} on average,"
            f" and {_of_class(few)} {'have' if len(few) > 1 else 'has'} only one; add pictures, or choose other classes"
            " with data.classes"
        )
    labels = (np.cumsum(counts > 0) - 1)[data.labels].astype(np.int32)
    told = (uneven(data),) if uneven(data) else ()
    classes = tuple(names[number] for number in present)
    return replace(data, labels=labels, classes=classes, notices=data.notices + told, chosen=None, files=None)


def class_counts(data: ImageData) -> np.ndarray:
    """How many images each class has, int64 (classes,), in the order of their numbers; of data with labels."""
    return np.bincount(data.labels, minlength=len(data.classes or ()))


def uneven(data: ImageData) -> Optional[str]:
    """A sentence where the largest class has over 10 times the images of the smallest; None otherwise.

    Classes without any image do not count.
    """
    (smallest, fewest), (largest, most) = _extremes(data)
    if most <= UNEVEN * fewest:
        return None
    return (
        f"classes are uneven: {largest} has {most:,} images, {smallest} has {fewest:,}; small classes are learnt worse:"
        " even them out, or leave them out with data.classes"
    )


def in_words(data: ImageData) -> str:
    """How many images each class has: "cat 120, dog 80", or of many classes the smallest and the largest."""
    counts = class_counts(data)
    present = np.flatnonzero(counts)
    if len(present) <= LISTED:
        return ", ".join(f"{printable(_names(data)[number])} {counts[number]:,}" for number in present)
    (smallest, fewest), (largest, most) = _extremes(data)
    return f"{len(present):,} classes, of {fewest:,} images ({smallest}) to {most:,} ({largest})"


def _looked_up(data: ImageData, files: FolderFiles) -> Tuple[ImageData, Sequence[int]]:
    """A folder's images with their labels and all classes, and the numbers of those that must have images."""
    sorting = sort_pictures(files)
    if not sorting.classes:
        raise no_labels(files, sorting.by_list)
    labels = sorting.labels[files.kept]
    beside = [files.names[number] for number in files.kept[labels == NO_CLASS]]
    if beside and sorting.by_list:
        raise UsageError(
            f"--data-dir: {LIST} in {files.given} leaves out {len(beside):,} of {data.name}: {some(beside)}; add them"
            " to the file, or remove the pictures"
        )
    if beside:
        raise UsageError(
            f"--data-dir: {len(beside):,} of {data.name} lie beside the subfolders, which are the classes:"
            f" {some(beside)}; move them into one, or remove them"
        )
    needed = data.chosen or sorting.needed
    _refuse_empty(data, files, sorting, needed)
    return replace(data, labels=labels, classes=sorting.classes), needed


def _refuse_empty(data: ImageData, files: FolderFiles, sorting: Sorting, needed: Sequence[int]) -> None:
    """Refuse classes without any image, and say why they have none."""
    there, taken, kept = (set(sorting.labels[part].tolist()) for part in (slice(None), files.taken, files.kept))
    where = f"{LIST} names it" if sorting.by_list else "no picture is found in its subfolder"
    reasons = (
        (there, f"{where}; add pictures, or remove the class"),
        (taken, "data.limit takes the first pictures by path; raise it, or choose classes with data.classes"),
        (kept, "none of its pictures can be read; mend them, or choose other classes with data.classes"),
    )
    for having, reason in reasons:
        absent = [sorting.classes[number] for number in needed if number not in having]
        if absent:
            raise UsageError(f"--data-dir: {files.given} gives no image of {_of_class(absent)}: {reason}")


def _checked_counts(data: ImageData) -> np.ndarray:
    """Images of each class, (K,). Raises UsageError where a label has no class."""
    least, most = int(data.labels.min(initial=0)), int(data.labels.max(initial=0))
    if len(data.labels) != len(data.images) or least < 0 or most >= len(_names(data)):
        raise UsageError(
            f"data: {data.name} have {len(data.labels):,} labels from {least} to {most}; there should be one for each"
            f" image, from 0 to {len(_names(data)) - 1}"
        )
    return class_counts(data)


def _names(data: ImageData) -> Tuple[str, ...]:
    return data.classes or tuple(map(str, range(int(data.labels.max(initial=0)) + 1)))


def _extremes(data: ImageData) -> List[Tuple[str, int]]:
    """Name and number of images of the smallest class that has any, and of the largest."""
    counts, names = class_counts(data), _names(data)
    present = np.flatnonzero(counts)
    order = present[np.argsort(counts[present], kind="stable")]
    return [(printable(names[number]), int(counts[number])) for number in (order[0], order[-1])]


def _of_class(names: Sequence[str]) -> str:
    return f"class{'es' if len(names) > 1 else ''} {some(names)}"


def _them(names: Sequence[str]) -> str:
    return "them" if len(names) > 1 else "it"
