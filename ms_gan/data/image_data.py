"""What every source of images returns."""

from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np

TRAINING, TEST = "training split", "test split"


def title_of(name: str, split: str, genuine: bool) -> str:
    """What files of a published data set are called; its name is for what has the published content.

    Args:
        name: the data set's.
        split: TRAINING or TEST. Other files than the published ones are the training images unless they are called so.
        genuine: whether they have the published content.
    """
    if genuine:
        return f"{name}, {split}"
    return f"files in {name}'s format" + (f", {split}" if split == TEST else "")


@dataclass(frozen=True)
class ImageData:
    """A data set in memory, or mapped into it from a file.

    Attributes:
        images: uint8 (N, C, H, W), 0 black to 255 white; C is 1 (grey) or 3 (red, green, blue). Read-only.
        labels: integers (N,), the class of each image, or None where the source has no classes.
        title: what the images are, for people, such as "MNIST, training split".
        origin: the folder or file they were read from, or how they were made.
        classes: the name of each label, or None.
        notices: sentences that a person should see before training, such as files that could not be read.
    """

    images: np.ndarray
    labels: Optional[np.ndarray]
    title: str
    origin: str
    classes: Optional[Tuple[str, ...]] = None
    notices: Tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The title with the number of images: "MNIST, training split, 60,000 images"."""
        count = len(self.images)
        return f"{self.title}, {count:,} image{'' if count == 1 else 's'}"
