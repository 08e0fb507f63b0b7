"""What every source of images hands on."""

from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np


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
