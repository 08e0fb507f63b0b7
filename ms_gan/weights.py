"""Parameters on disk: one MindSpore checkpoint file, with the generator's card embedded."""

import hashlib
import os
from pathlib import Path
from typing import Dict, Iterable, Tuple

import mindspore as ms

from ms_gan.card import Card, read_card
from ms_gan.errors import GanError, UsageError
from ms_gan.files import whole_file


def save_weights(path: Path, parameters: Iterable[Tuple[str, ms.Parameter]], card: Card) -> None:
    """Write parameters under the given names, and the card. The file appears whole or not at all.

    Raises:
        GanError: the file cannot be written.
    """
    entries = [{"name": name, "data": parameter} for name, parameter in parameters]
    with whole_file(path) as temporary:
        try:
            ms.save_checkpoint(entries, str(temporary), append_dict={"card": card.to_json()})
        except RuntimeError as error:
            raise GanError(f"{path}: cannot be written ({str(error).splitlines()[0]})") from None
        os.chmod(temporary, 0o644)


def weights_digest(parameters: Iterable[ms.Parameter]) -> str:
    """SHA-256 of parameters' values in their order, in hexadecimal."""
    content = hashlib.sha256()
    for parameter in parameters:
        content.update(parameter.asnumpy())
    return content.hexdigest()


def load_weights(path: Path) -> Tuple[Dict[str, ms.Parameter], Card]:
    """Read a checkpoint that `save_weights` wrote.

    Raises:
        UsageError: there is no such file.
        GanError: truncated, damaged, no checkpoint at all, or one without a card.
    """
    if not Path(path).is_file():
        raise UsageError(f"{path}: no such checkpoint; --ckpt takes a run folder, a .ckpt or a .mindir file")
    try:
        values = ms.load_checkpoint(str(path))
    except (ValueError, RuntimeError, TypeError, OSError):
        raise GanError(f"{path}: not a checkpoint, or a truncated one; MindSpore cannot read it") from None
    card = values.pop("card", None)
    if not isinstance(card, str):
        raise GanError(f"{path}: a checkpoint without a generator's card; this project did not write it")
    return values, read_card(card, str(path))


def restore(parameters: Iterable[Tuple[str, ms.Parameter]], values: Dict[str, ms.Parameter], where: Path) -> None:
    """Set parameters, all of them, from a checkpoint's values.

    Raises:
        GanError: a parameter is missing or has another shape; names the first one and both shapes. Nothing is set then.
    """
    parameters = list(parameters)
    for name, parameter in parameters:
        if name not in values:
            raise GanError(f"{where}: holds another network: {name} {tuple(parameter.shape)} is not in it")
        if tuple(values[name].shape) != tuple(parameter.shape):
            raise GanError(
                f"{where}: holds another network: {name} is {tuple(values[name].shape)} there "
                f"and should be {tuple(parameter.shape)}"
            )
    for name, parameter in parameters:
        parameter.set_data(values[name].value())
