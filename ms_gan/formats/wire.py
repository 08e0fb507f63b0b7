"""Protocol buffers read strictly, as MindSpore's checkpoints and MindIR files are encoded.

A message is a row of fields: a varint with the field's number and the kind of its encoding, then its value, which is
another varint, four or eight bytes, or a length and so many bytes. What MindSpore's own readers make of a file that was
cut or altered ranges from an error to a crash of the process. This one knows which fields a message may have and takes
nothing else, so that what it lets pass is what it looks like.
"""

import struct
from typing import Any, Dict, NamedTuple, Tuple

INT, FLOAT, TEXT, BYTES = "int64", "float", "text", "bytes"
VARINT, LENGTH, FOUR_BYTES = 0, 2, 5  # kinds of encoding
ENCODINGS = {INT: VARINT, FLOAT: FOUR_BYTES}
MOST_FIELDS = 500_000  # of a file, all its messages together
DEEPEST = 8  # messages within messages
TEXT_BYTES = 500_000


class Field(NamedTuple):
    """A field that a message may have.

    Attributes:
        name: its key in what `read_message` returns.
        kind: INT, FLOAT, TEXT or BYTES, or the table of a message's fields by number.
        repeated: whether it may stand there more than once.
    """

    name: str
    kind: Any
    repeated: bool


class Malformed(Exception):
    """What is wrong with a file, in a few words."""


def one(name: str, kind: Any) -> Field:
    """A field that stands in a message at most once."""
    return Field(name, kind, False)


def many(name: str, kind: Any) -> Field:
    """A field that stands in a message any number of times."""
    return Field(name, kind, True)


def read_message(content: memoryview, table: Dict[int, Field]) -> Dict[str, Any]:
    """A message as nested dictionaries.

    Args:
        content: all its bytes.
        table: the fields that it may have, by number.

    Returns:
        {name: value}; of a repeated field a list, of a field that is absent None. Bytes are views of `content`.

    Raises:
        Malformed: another field, one too many, text that is no UTF-8, or an end before the end; or a message of more
            fields, deeper or with longer texts than any that this project writes.
    """
    return _Reader().message(content, table, DEEPEST)


class _Reader:
    """Counts the fields that may still come."""

    def __init__(self):
        self.left = MOST_FIELDS

    def message(self, content: memoryview, table: Dict[int, Field], deepest: int) -> Dict[str, Any]:
        if not deepest:
            raise Malformed(f"messages nested more than {DEEPEST} deep")
        found = {field.name: [] if field.repeated else None for field in table.values()}
        at = 0
        while at < len(content):
            key, at = _varint(content, at)
            field = table.get(key >> 3)
            if field is None:
                raise Malformed(f"unknown field {key >> 3}")
            if key & 7 != ENCODINGS.get(field.kind if isinstance(field.kind, str) else None, LENGTH):
                raise Malformed(f"field {field.name} is encoded wrongly")
            self.left -= 1
            if self.left < 0:
                raise Malformed(f"more than {MOST_FIELDS:,} fields")
            raw, at = _value(content, at, key & 7)
            value = self.message(raw, field.kind, deepest - 1) if isinstance(field.kind, dict) else _typed(raw, field)
            if field.repeated:
                found[field.name].append(value)
            elif found[field.name] is None:
                found[field.name] = value
            else:
                raise Malformed(f"field {field.name} stands there twice")
        return found


def _varint(content: memoryview, at: int) -> Tuple[int, int]:
    """The number that begins at a place, 0 to 2**64 - 1, and where the next value begins."""
    value = 0
    for shift in range(0, 64, 7):
        if at >= len(content):
            raise Malformed("it ends too early")
        value |= (content[at] & 127) << shift
        at += 1
        if content[at - 1] < 128:
            if value >> 64:
                break
            return value, at
    raise Malformed("a number of more than 64 bits")


def _value(content: memoryview, at: int, encoding: int) -> Tuple[Any, int]:
    if encoding == VARINT:
        return _varint(content, at)
    length, at = (4, at) if encoding == FOUR_BYTES else _varint(content, at)
    if length > len(content) - at:
        raise Malformed("it ends too early")
    return content[at : at + length], at + length


def _typed(raw: Any, field: Field) -> Any:
    if field.kind == INT:
        return raw - (1 << 64) if raw >> 63 else raw
    if field.kind == FLOAT:
        return struct.unpack("<f", raw)[0]
    if field.kind == BYTES:
        return raw
    if len(raw) > TEXT_BYTES:
        raise Malformed(f"field {field.name} is longer than {TEXT_BYTES:,} bytes")
    try:
        return str(raw, "utf-8")
    except UnicodeDecodeError:
        raise Malformed(f"field {field.name} is no text") from None
