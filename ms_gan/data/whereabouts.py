"""Where the published data sets are on this machine, or where they would be downloaded from. Reads no files."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence
from urllib.parse import urlsplit

from ms_gan.data import cifar, mnist
from ms_gan.data.fetch import NpmPackage, Way
from ms_gan.runtime.paths import data_folders


@dataclass(frozen=True)
class Whereabouts:
    """One data set.

    Attributes:
        source: its name in the config.
        folder: the folder or the archive that holds its training split, or None.
        ways: where it would be fetched, in order.
    """

    source: str
    folder: Optional[Path]
    ways: Sequence[str]


def whereabouts() -> List[Whereabouts]:
    """Of each data set that the project fetches.

    Raises:
        UsageError: MS_GAN_DATA names a folder that does not exist.
    """
    folders = data_folders(None)
    found = []
    for dataset in (mnist.MNIST, mnist.FASHION_MNIST):
        pair = next(filter(None, (mnist.locate(dataset, folder) for folder in folders)), None)
        found.append(Whereabouts(dataset.source, pair[0].parent if pair else None, _open(dataset.ways)))
    archive = next(filter(None, map(cifar.locate, folders)), None)
    found.append(Whereabouts("cifar10", archive, [urlsplit(cifar.URL).hostname]))
    return found


def _open(ways: Sequence[Way]) -> List[str]:
    """The names of the ways that work on this machine."""
    return [way.name for way in ways if not isinstance(way, NpmPackage) or shutil.which("npm")]
