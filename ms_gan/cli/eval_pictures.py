"""eval.py --images: pictures of any origin measured against others, without a generator."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional, Tuple

import numpy as np

from ms_gan.config.data_section import DataConfig
from ms_gan.config.paths import FILE, FOLDER, kind_at
from ms_gan.config.sizes import size_of
from ms_gan.data.image_data import ImageData
from ms_gan.errors import GanError, UsageError, first_line

CHANNELS = {1: "grey", 3: "rgb"}


class Measured(NamedTuple):
    """What is measured: the images, those to compare with, more of these that training never saw, their options."""

    images: ImageData
    reference: ImageData
    held_out: Optional[ImageData]
    data: DataConfig


def check_pictures(options: Any, given: Dict[str, Any]) -> None:
    """Refuse what cannot work, before MindSpore is imported.

    Raises:
        UsageError: naming the option.
    """
    for name in ("ckpt", "compare"):
        if name in given:
            raise UsageError(f"--{name}: --images measures pictures, not a generator; remove one of the two")
    needed = {"images": "the pictures", "reference": "what to compare with", "output": "a folder for the results"}
    for name, what in needed.items():
        if getattr(options, name) is None:
            raise UsageError(f"--{name} is missing; --images and --reference need {what}")
    output = Path(options.output).resolve()
    for name in ("images", "reference"):
        path = Path(getattr(options, name))
        kind = kind_at(path, f"--{name}")
        if kind is None or (kind == FILE and path.suffix.lower() not in (".npy", ".zip")):
            raise UsageError(f"--{name} {path}: give a folder or zip of pictures, or a .npy file that infer.py wrote")
        if kind == FOLDER and path.resolve() in (output, *output.parents):
            raise UsageError(f"--output {options.output}: lies among the pictures that are read; choose another folder")
    if options.split == "test" and kind_at(Path(options.reference) / "config.yaml", "--reference") != FILE:
        raise UsageError("--split test: only a run has a test split; remove it")


def read_pictures(options: Any) -> Measured:
    """The images and those to compare with, in one size and with as many colours.

    A run's data and a .npy file have a size; folders are cropped and scaled to it, as for training. Where both are
    folders it is --data.image_size, or that of training.

    Raises:
        UsageError: sizes or colours that do not go together, or a folder without pictures.
        GanError: a file that is damaged, or too many pictures that cannot be read.
    """
    images = Path(options.images)
    reference, held_out, data = _reference(Path(options.reference), options.data)
    found = _array(images) if _is_array(images) else None
    if found is None or reference is None:
        sized = reference if found is None else found
        known = options.data if sized is None else _like(options.data, sized)
        found = found or _folder(images, known)
        reference = reference or _folder(Path(options.reference), known)
    if found.images.shape[1:] != reference.images.shape[1:]:
        made, held = ("x".join(map(str, one.images.shape[1:])) for one in (found, reference))
        raise UsageError(
            f"--images {images}: are {made} (channels x rows x columns), those of --reference {held}; give folders, "
            "which are scaled, or arrays of one size"
        )
    return Measured(found, reference, held_out, data)


def _reference(path: Path, data: DataConfig) -> Tuple[Optional[ImageData], Optional[ImageData], DataConfig]:
    """What has a size of its own, held-out images of the same kind, and its options; None for a folder."""
    from ms_gan.data import load
    from ms_gan.data.held_out import load_held_out
    from ms_gan.tasks import read_config

    if kind_at(path / "config.yaml", "--reference") == FILE:
        config = read_config(path)
        images = load(config.data, config.seed)
        return images, load_held_out(config.data, images, config.seed), config.data
    data = replace(data, source="folder", dir=str(path))
    return (_array(path) if _is_array(path) else None), None, data


def _like(data: DataConfig, images: ImageData) -> DataConfig:
    """Options that bring a folder's pictures to the size and the colours of some images.

    Raises:
        UsageError: those images have colours that no folder has.
    """
    channels, height, width = images.images.shape[1:]
    if channels not in CHANNELS:
        raise UsageError(
            f"{images.name}: its images are {channels}x{height}x{width}; folders are read as grey or rgb; "
            "give two .npy files",
            code="mismatch",
        )
    return replace(data, image_size=size_of(height, width), channels=CHANNELS[channels])


def _folder(path: Path, data: DataConfig) -> ImageData:
    from ms_gan.data.folder import load_folder

    # The classes are those of the images that these are compared with.
    return load_folder(replace(data, source="folder", dir=str(path), classes=None), 0)


def _is_array(path: Path) -> bool:
    return path.suffix.lower() == ".npy"


def _array(path: Path) -> ImageData:
    """Images of a .npy file: uint8 (N, H, W), (N, H, W, C) or (N, C, H, W), as infer.py writes them.

    Raises:
        GanError: it is no such file.
    """
    try:
        images = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise GanError(f"{path}: cannot be read ({first_line(error)})", code="damaged") from None
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or not images.size:
        raise GanError(
            f"{path}: holds {images.dtype} {images.shape}; it should hold images, uint8 (N, H, W, C)", code="mismatch"
        )
    if images.ndim == 3:
        images = images[:, None]
    elif images.shape[3] in CHANNELS and images.shape[1] not in CHANNELS:
        images = images.transpose(0, 3, 1, 2)
    if images.shape[1] not in (1, 2, 3, 4):
        raise GanError(f"{path}: holds images of {images.shape[1]} channels; allowed: 1 to 4", code="mismatch")
    return ImageData(images, None, path.name, "given with --images or --reference")
