"""Parameters on disk: one MindSpore checkpoint file, with the generator's card embedded, and a seal.

The seal is the last value of a file, the SHA-256 of all bytes before it: it tells a file that was cut or altered, in
any byte. Files without one, of earlier versions, are read as they are. MindSpore reads these files too; its own reader
crashes the process where a file is not what it should be, and its writer leaves a part behind where the disk is full.
"""

import hashlib
import math
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Sequence, Tuple, Union

import mindspore as ms
import numpy as np

from ms_gan.errors import GanError, UsageError
from ms_gan.files import whole_file
from ms_gan.formats.wire import BYTES, INT, TEXT, Malformed, many, one, read_message
from ms_gan.generators.card import Card, read_card

# The messages of a checkpoint; a tensor's content is in the processor's byte order, that of a text UTF-32.
TENSOR = {1: many("shape", INT), 2: one("type", TEXT), 3: one("content", BYTES)}
VALUE = {1: one("name", TEXT), 2: one("tensor", TENSOR)}
CHECKPOINT = {1: many("values", VALUE)}
TYPES = {
    "Float32": np.float32, "Float16": np.float16, "Float64": np.float64, "Int32": np.int32, "Int64": np.int64,
}  # fmt: skip
CARD, NOTES, SEAL = "card", "notes", "sha256"  # names of texts
CHECKPOINT_BYTES = 8 << 30
MOST_AXES = 8
PART_BYTES = 512 << 20  # of a tensor that are written as one value


class Contents(NamedTuple):
    """What a checkpoint holds: parameters by name, the generator's card, and the training's notes, JSON."""

    values: Dict[str, ms.Parameter]
    card: Card
    notes: str


def save_weights(path: Path, parameters: Iterable[Tuple[str, ms.Parameter]], card: Card, notes: str = "") -> None:
    """Write parameters under the given names, and the card. The file appears whole or not at all.

    Args:
        path: the file.
        parameters: with their names.
        card: the generator's.
        notes: any text that goes with them.

    Raises:
        CannotWrite: what was there before stays.
    """
    texts = {CARD: card.to_json(), **({NOTES: notes} if notes else {})}
    written = hashlib.sha256()
    with whole_file(path) as temporary, open(temporary, "wb") as file:
        for part in _encode(parameters, texts):
            written.update(part)
            file.write(part)
        file.writelines(_text_value(SEAL, written.hexdigest()))


def _encode(parameters: Iterable[Tuple[str, ms.Parameter]], texts: Dict[str, str]) -> Iterator[Any]:
    """The bytes of a checkpoint without its seal, part by part."""
    kinds = {np.dtype(kind): name for name, kind in TYPES.items()}
    for name, parameter in parameters:
        array = np.ascontiguousarray(parameter.asnumpy())
        content = memoryview(array.reshape(-1).view(np.uint8))
        for start in range(0, len(content), PART_BYTES):
            yield from _value(name, parameter.shape, kinds[array.dtype], content[start : start + PART_BYTES])
    for name, text in texts.items():
        yield from _text_value(name, text)


def _text_value(name: str, text: str) -> Tuple[bytes, bytes]:
    return _value(name, [0], "str", text.encode("utf-32-le"))


def _value(name: str, shape: Sequence[int], kind: str, content: Any) -> Tuple[bytes, Any]:
    """One value of a checkpoint, as the tables above describe it: what comes before the content, and the content."""
    head = b"".join(b"\x08" + _varint(size) for size in shape)
    head += _length(2, len(kind)) + kind.encode() + _length(3, len(content))
    encoded_name = name.encode()
    head = _length(1, len(encoded_name)) + encoded_name + _length(2, len(head) + len(content)) + head
    return _length(1, len(head) + len(content)) + head, content


def _length(field: int, length: int) -> bytes:
    """What stands before a field of so many bytes."""
    return _varint(field << 3 | 2) + _varint(length)


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    return bytes([*encoded, number])


def weights_digest(parameters: Iterable[ms.Parameter]) -> str:
    """SHA-256 of parameters' values in their order, in hexadecimal."""
    content = hashlib.sha256()
    for parameter in parameters:
        content.update(parameter.asnumpy())
    return content.hexdigest()


def load_weights(path: Path) -> Tuple[Dict[str, ms.Parameter], Card]:
    """The parameters and the card of a checkpoint. Raises as `read_checkpoint`."""
    return read_checkpoint(path)[:2]


def read_checkpoint(path: Path) -> Contents:
    """Read a checkpoint that `save_weights` wrote.

    Raises:
        UsageError: there is no such file.
        GanError: truncated, damaged, not a checkpoint, or one without a card.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(
            f"{path}: no such checkpoint; --ckpt takes a run folder, a .ckpt or a .mindir file", code="missing"
        )
    try:
        if path.stat().st_size > CHECKPOINT_BYTES:
            raise GanError(
                f"{path}: larger than any checkpoint of this project; allowed: {CHECKPOINT_BYTES:,} bytes",
                code="damaged",
            )
        values = _parse(_unsealed(path.read_bytes()))
    except (OSError, MemoryError) as error:
        raise GanError(
            f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'out of memory'})", code="unreadable"
        ) from None
    except Malformed as fault:
        raise GanError(f"{path}: not a checkpoint, or a truncated one ({fault})", code="damaged") from None
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    if SEAL in texts or texts.keys() - {CARD, NOTES}:
        raise GanError(f"{path}: damaged: its content is not what was written (SHA-256)", code="damaged")
    if CARD not in texts:
        raise GanError(
            f"{path}: a checkpoint without a generator's card; this project did not write it", code="damaged"
        )
    parameters = {name: ms.Parameter(ms.Tensor(value)) for name, value in values.items() if name not in texts}
    return Contents(parameters, read_card(texts[CARD], str(path)), texts.get(NOTES, ""))


def _unsealed(content: bytes) -> memoryview:
    """A checkpoint without its seal; as it is where its last bytes are not the seal of what stands before them."""
    view = memoryview(content)
    length = sum(map(len, _text_value(SEAL, "0" * 64)))
    body, seal = view[:-length], bytes(view[-length:])
    # A file without a seal is not hashed for nothing.
    if SEAL.encode() in seal and seal == b"".join(_text_value(SEAL, hashlib.sha256(body).hexdigest())):
        return body
    return view


def _parse(content: memoryview) -> Dict[str, Union[str, np.ndarray]]:
    """Tensors and texts by name."""
    if not content:
        raise Malformed("it is empty")
    parts: Dict[str, List[Dict[str, Any]]] = {}
    last = None
    for value in read_message(content, CHECKPOINT)["values"]:
        name, tensor = value["name"], value["tensor"]
        if name is None or tensor is None or tensor["type"] is None or tensor["content"] is None:
            raise Malformed("a value without a name or a tensor")
        if name != last and name in parts:
            raise Malformed("two values with the same name")
        # A tensor of more than 512 MiB is written in parts, one after the other.
        parts.setdefault(name, []).append(tensor)
        last = name
    return {name: _text(tensors) if tensors[0]["type"] == "str" else _array(tensors) for name, tensors in parts.items()}


def _text(tensors: List[Dict[str, Any]]) -> str:
    try:
        return b"".join(tensor["content"] for tensor in tensors).decode("utf-32-le").rstrip("\0")
    except UnicodeDecodeError:
        raise Malformed("invalid text") from None


def _array(tensors: List[Dict[str, Any]]) -> np.ndarray:
    shape, kind = tensors[0]["shape"], TYPES.get(tensors[0]["type"])
    if kind is None or any((tensor["shape"], tensor["type"]) != (shape, tensors[0]["type"]) for tensor in tensors):
        raise Malformed("a tensor of a type that this project does not write")
    if len(shape) > MOST_AXES or min(shape, default=1) < 1:
        raise Malformed("a tensor with impossible dimensions")
    if sum(len(tensor["content"]) for tensor in tensors) != math.prod(shape) * np.dtype(kind).itemsize:
        raise Malformed("a tensor whose size differs from its header")
    content = tensors[0]["content"] if len(tensors) == 1 else b"".join(tensor["content"] for tensor in tensors)
    return np.frombuffer(content, kind).reshape(shape)


def in_single_precision(values: Dict[str, ms.Parameter]) -> Dict[str, ms.Parameter]:
    """A checkpoint's values with those of half precision in float32: a network's parameters are, a file's need not."""
    return {
        name: ms.Parameter(ms.Tensor(value.asnumpy().astype(np.float32))) if value.dtype == ms.float16 else value
        for name, value in values.items()
    }


def check_fits(parameters: Iterable[Tuple[str, ms.Parameter]], values: Dict[str, ms.Parameter], where: Path) -> None:
    """Refuse a checkpoint's values that are not those of a network.

    Raises:
        GanError: a parameter is missing or has another shape or type; names the first one.
    """
    for name, parameter in parameters:
        if name not in values:
            raise GanError(
                f"{where}: holds another network: {name} {tuple(parameter.shape)} is not in it", code="mismatch"
            )
        found = values[name]
        if tuple(found.shape) != tuple(parameter.shape):
            raise GanError(
                f"{where}: holds another network: {name} is {tuple(found.shape)} there "
                f"and should be {tuple(parameter.shape)}",
                code="mismatch",
            )
        if found.dtype != parameter.dtype:
            raise GanError(
                f"{where}: holds another network: {name} is {found.dtype} there, not {parameter.dtype}", code="mismatch"
            )


def restore(parameters: Iterable[Tuple[str, ms.Parameter]], values: Dict[str, ms.Parameter], where: Path) -> None:
    """Set parameters, all of them, from a checkpoint's values.

    Raises:
        GanError: as `check_fits`; nothing is set then.
    """
    parameters = list(parameters)
    check_fits(parameters, values, where)
    for name, parameter in parameters:
        parameter.set_data(values[name].value())
