"""Parameters on disk: one MindSpore checkpoint file, with the generator's card embedded.

Checkpoints are written by MindSpore and read here: its own reader crashes the process where a file is not what it
should be.
"""

import hashlib
import math
import os
from pathlib import Path
from typing import Any, Dict, Iterable, List, Tuple, Union

import mindspore as ms
import numpy as np

from ms_gan.card import Card, read_card
from ms_gan.errors import GanError, UsageError, first_line
from ms_gan.files import whole_file
from ms_gan.wire import BYTES, INT, TEXT, Malformed, many, one, read_message

# The messages of a checkpoint; a tensor's content is in the processor's byte order, that of a text UTF-32.
TENSOR = {1: many("shape", INT), 2: one("type", TEXT), 3: one("content", BYTES)}
VALUE = {1: one("name", TEXT), 2: one("tensor", TENSOR)}
CHECKPOINT = {1: many("values", VALUE)}
TYPES = {
    "Float32": np.float32, "Float16": np.float16, "Float64": np.float64, "Int32": np.int32, "Int64": np.int64,
}  # fmt: skip
LARGEST = 8 << 30  # bytes
MOST_AXES = 8


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
            raise GanError(f"{path}: cannot be written ({first_line(error)})") from None
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
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such checkpoint; --ckpt takes a run folder, a .ckpt or a .mindir file")
    try:
        if path.stat().st_size > LARGEST:
            raise GanError(f"{path}: larger than any checkpoint of this project; allowed: {LARGEST:,} bytes")
        values = _parse(path.read_bytes())
    except (OSError, MemoryError) as error:
        raise GanError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'out of memory'})") from None
    except Malformed as fault:
        raise GanError(f"{path}: not a checkpoint, or a truncated one ({fault})") from None
    card = values.pop("card", None)
    if not isinstance(card, str):
        raise GanError(f"{path}: a checkpoint without a generator's card; this project did not write it")
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    return {name: ms.Parameter(ms.Tensor(array)) for name, array in arrays.items()}, read_card(card, str(path))


def _parse(content: bytes) -> Dict[str, Union[str, np.ndarray]]:
    """Tensors and texts by name."""
    if not content:
        raise Malformed("it is empty")
    parts: Dict[str, List[Dict[str, Any]]] = {}
    last = None
    for value in read_message(memoryview(content), CHECKPOINT)["values"]:
        name, tensor = value["name"], value["tensor"]
        if name is None or tensor is None or tensor["type"] is None or tensor["content"] is None:
            raise Malformed("a value without a name or a tensor")
        if name != last and name in parts:
            raise Malformed("two values of one name")
        # A tensor of more than 512 MiB is written in parts, one after the other.
        parts.setdefault(name, []).append(tensor)
        last = name
    return {name: _text(tensors) if tensors[0]["type"] == "str" else _array(tensors) for name, tensors in parts.items()}


def _text(tensors: List[Dict[str, Any]]) -> str:
    try:
        return b"".join(tensor["content"] for tensor in tensors).decode("utf-32-le").rstrip("\0")
    except UnicodeDecodeError:
        raise Malformed("a text that is none") from None


def _array(tensors: List[Dict[str, Any]]) -> np.ndarray:
    shape, kind = tensors[0]["shape"], TYPES.get(tensors[0]["type"])
    if kind is None or any((tensor["shape"], tensor["type"]) != (shape, tensors[0]["type"]) for tensor in tensors):
        raise Malformed("a tensor of another type than any that this project writes")
    if len(shape) > MOST_AXES or min(shape, default=1) < 1:
        raise Malformed("a tensor of impossible dimensions")
    if sum(len(tensor["content"]) for tensor in tensors) != math.prod(shape) * np.dtype(kind).itemsize:
        raise Malformed("a tensor of another size than it states")
    content = tensors[0]["content"] if len(tensors) == 1 else b"".join(tensor["content"] for tensor in tensors)
    return np.frombuffer(content, kind).reshape(shape)


def check_fits(parameters: Iterable[Tuple[str, ms.Parameter]], values: Dict[str, ms.Parameter], where: Path) -> None:
    """Refuse a checkpoint's values that are not those of a network.

    Raises:
        GanError: a parameter is missing or has another shape or type; names the first one.
    """
    for name, parameter in parameters:
        if name not in values:
            raise GanError(f"{where}: holds another network: {name} {tuple(parameter.shape)} is not in it")
        found = values[name]
        if tuple(found.shape) != tuple(parameter.shape):
            raise GanError(
                f"{where}: holds another network: {name} is {tuple(found.shape)} there "
                f"and should be {tuple(parameter.shape)}"
            )
        if found.dtype != parameter.dtype:
            raise GanError(f"{where}: holds another network: {name} is {found.dtype} there, not {parameter.dtype}")


def restore(parameters: Iterable[Tuple[str, ms.Parameter]], values: Dict[str, ms.Parameter], where: Path) -> None:
    """Set parameters, all of them, from a checkpoint's values.

    Raises:
        GanError: as `check_fits`; nothing is set then.
    """
    parameters = list(parameters)
    check_fits(parameters, values, where)
    for name, parameter in parameters:
        parameter.set_data(values[name].value())
