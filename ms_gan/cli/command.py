"""Checks of options that several commands share."""

from pathlib import Path
from typing import Any, Dict, List, Optional

from ms_gan.config.data_section import DataConfig
from ms_gan.config.paths import kind_at
from ms_gan.config.schema import completed, instead, leaves
from ms_gan.config.sections import RunConfig
from ms_gan.errors import UsageError
from ms_gan.tasks import read_config


def continued(stored: RunConfig, given: Dict[str, Any], folder: Path) -> RunConfig:
    """A run's configuration with the given options applied; `stored` is not changed.

    Args:
        stored: the run's configuration.
        given: what the command line sets, as {dotted key: value}.
        folder: the run's, for the message.

    Raises:
        UsageError: an option that contradicts the run.
    """
    known = {key: (f, value) for key, f, value in leaves(stored)}
    for key, value in given.items():
        if key not in known:
            raise UsageError(f"{key}: is no option of the run in {folder}; leave it out")
        f, old = known[key]
        if value != old and not f.metadata["may_change"]:
            raise UsageError(f"{key}: {value} contradicts the run in {folder}, where it is {old}; leave it out")
    # The run's option that the given one replaces, such as steps where epochs is given.
    replaced = {}
    for key, other in instead(stored):
        if given.get(key) is not None and known[other][0].metadata["may_change"]:
            replaced[other] = known[other][0].default
        elif given.get(key) is None and other in given:
            replaced[key] = None
    return completed(stored, {**given, **replaced})


def check_pixel_range(pixel_range: List[float]) -> None:
    """Refuse a list that is not black and white.

    Raises:
        UsageError: it does not have two numbers.
    """
    if len(pixel_range) != 2:
        raise UsageError(f"pixel_range: {pixel_range} is not allowed; allowed: two numbers, such as [-1, 1]")


def check_checkpoint(path: Optional[str]) -> None:
    """Refuse a missing --ckpt before MindSpore is imported.

    Raises:
        UsageError: it was not given, or there is nothing at that path.
    """
    if path is None:
        raise UsageError("--ckpt is missing; give a run folder, or a file written by a run or by export.py")
    if kind_at(path, "--ckpt") is None:
        raise UsageError(f"--ckpt {path}: no such file or folder")


def data_options(ckpt: Path) -> DataConfig:
    """How the run of a folder, or of a file in it, read its pictures; the usual options where there is no run.

    Raises:
        UsageError: config.yaml cannot be read.
    """
    folder = ckpt if ckpt.is_dir() else ckpt.parent
    return read_config(folder).data if (folder / "config.yaml").is_file() else DataConfig()
