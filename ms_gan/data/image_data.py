"""What every source of images returns."""

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Tuple

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


class FolderFiles(NamedTuple):
    """The files that a folder's images were decoded from: where their classes are looked up, once somebody asks.

    Attributes:
        given: the folder or the zip file, as a person named it.
        folder: where the pictures lie.
        zipped: whether it was a zip file that they came in.
        names: of all the folder's pictures, their paths below it, sorted.
        lost: paths of what is there but cannot be looked at; those of folders end in a slash.
        taken: which of the names are wanted, integers (n,): not all where data.classes or data.limit is set.
        kept: which of the names each image is, integers (N,): those that could be read.
    """

    given: Path
    folder: Path
    zipped: bool
    names: Tuple[str, ...]
    lost: Tuple[str, ...]
    taken: np.ndarray
    kept: np.ndarray


@dataclass(frozen=True)
class ImageData:
    """A data set in memory, or mapped into it from a file.

    Attributes:
        images: uint8 (N, C, H, W), 0 black to 255 white; C is 1 (grey) or 3 (red, green, blue). Read-only.
        labels: integers (N,), the class of each image, or None where the source has no classes, as a folder has none
            until `ms_gan.data.labels.labelled` looks them up.
        title: what the images are, for people, such as "MNIST, training split".
        origin: the folder or file they were read from, or how they were made.
        classes: the name of each label, or None.
        notices: sentences that a person should see before training, such as files that could not be read.
        chosen: the numbers of the classes that data.classes names; None where it is not set.
        files: what a folder's images were decoded from; None for other sources.
    """

    images: np.ndarray
    labels: Optional[np.ndarray]
    title: str
    origin: str
    classes: Optional[Tuple[str, ...]] = None
    notices: Tuple[str, ...] = ()
    chosen: Optional[Tuple[int, ...]] = None
    files: Optional[FolderFiles] = None

    @property
    def arrays(self) -> Dict[str, np.ndarray]:
        """All images that a training learns from, by name, each uint8 (N, C, H, W)."""
        return {"images": self.images}

    @property
    def name(self) -> str:
        """The title with the number of images: "MNIST, training split, 60,000 images"."""
        count = len(self.images)
        return f"{self.title}, {count:,} image{'' if count == 1 else 's'}"
