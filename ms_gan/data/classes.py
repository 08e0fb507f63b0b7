"""Choosing images by their class."""

from dataclasses import replace
from typing import List, Optional, Sequence, Tuple, Union

import numpy as np

from ms_gan.data.image_data import ImageData
from ms_gan.errors import UsageError

LISTED = 20  # classes spelt out in a message


def keep_classes(data: ImageData, wanted: Sequence[Union[int, str]]) -> ImageData:
    """The images of some classes.

    Args:
        data: a data set with labels and class names.
        wanted: names, in any case of letters, or numbers.

    Raises:
        UsageError: the data set has no classes, or not that one, or no image of them.
    """
    numbers = class_numbers(wanted, None if data.labels is None else data.classes)
    kept = np.isin(data.labels, numbers)
    names = " and ".join(data.classes[number] for number in numbers)
    if not kept.any():
        raise UsageError(f"data.classes: {data.name} have no images of class {names or '(none given)'}")
    title = data.title + in_title(numbers, data.classes)
    return replace(data, images=data.images[kept], labels=data.labels[kept], title=title, chosen=tuple(numbers))


def in_title(numbers: Sequence[int], classes: Sequence[str]) -> str:
    """What a data set's title says of the classes that were chosen."""
    return f", class{'es' if len(numbers) > 1 else ''} {' and '.join(classes[number] for number in numbers)}"


def class_numbers(wanted: Sequence[Union[int, str]], classes: Optional[Tuple[str, ...]]) -> List[int]:
    """The numbers of some classes, in their order.

    Args:
        wanted: names, in any case of letters, or numbers.
        classes: all names by number; None: there are no classes.

    Raises:
        UsageError: there are no classes, or not that one.
    """
    if classes is None:
        raise UsageError("data.classes: this source has no classes; remove the option")
    return sorted({class_number(name, classes, "data.classes") for name in wanted})


def class_number(wanted: Union[int, str], classes: Sequence[str], option: str) -> int:
    """The number of a class by its name, in any case of letters, or by its number.

    Args:
        wanted: the name or the number.
        classes: all names by number.
        option: what asks for it, for the error.

    Raises:
        UsageError: there is no such class.
    """
    text = str(wanted).strip()
    # A name goes first: MNIST's classes are called by numbers. A folder's may differ in the case of letters alone.
    for written, names in ((text, list(classes)), (text.lower(), [name.lower() for name in classes])):
        if written in names:
            return names.index(written)
    if text.isdecimal() and int(text) < len(classes):
        return int(text)
    known = ", ".join(f"{name} ({number})" for number, name in enumerate(classes[:LISTED]))
    known += f" and {len(classes) - LISTED:,} more" if len(classes) > LISTED else ""
    raise UsageError(f"{option}: no class {wanted}; there are {known}")
