import struct

import pytest

from ms_gan.formats.wire import BYTES, FLOAT, INT, TEXT, Malformed, many, one, read_message

INNER = {1: many("numbers", INT), 2: one("name", TEXT)}
TABLE = {1: one("number", INT), 2: one("share", FLOAT), 3: one("raw", BYTES), 4: many("inner", INNER)}


def varint(number):
    number %= 1 << 64
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    return bytes([*made, number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def read(content):
    return read_message(memoryview(content), TABLE)


def test_a_message_as_protobuf_writes_it():
    """The same fields, by the protobuf package: a checkpoint's."""
    checkpoint = pytest.importorskip("mindspore.train.checkpoint_pb2")
    value = checkpoint.Checkpoint.Value(tag="a.weight")
    value.tensor.dims.extend([2, 300])
    value.tensor.tensor_type, value.tensor.tensor_content = "Float32", b"\0\1" * 1000
    tensor = {1: many("dims", INT), 2: one("type", TEXT), 3: one("content", BYTES)}
    found = read_message(memoryview(value.SerializeToString()), {1: one("tag", TEXT), 2: one("tensor", tensor)})
    assert found == {"tag": "a.weight", "tensor": {"dims": [2, 300], "type": "Float32", "content": b"\0\1" * 1000}}


def test_every_kind_and_absent_ones():
    inner = field(1, 5) + field(2, "ä".encode()) + field(1, -7)
    assert read(field(2, 0.5) + field(4, inner) + field(1, 2**63 - 1) + field(4, b"")) == {
        "number": 2**63 - 1,
        "share": 0.5,
        "raw": None,
        "inner": [{"numbers": [5, -7], "name": "ä"}, {"numbers": [], "name": None}],
    }


@pytest.mark.parametrize(
    "content, says",
    [
        (field(5, 1), "unknown field 5"),
        (field(1, b"x"), "number is encoded wrongly"),
        (field(3, 1), "raw is encoded wrongly"),
        (field(1, 1) * 2, "number stands there twice"),
        (field(3, b"abc")[:-1], "ends too early"),
        (varint(3 << 3 | 2) + varint(2**63), "ends too early"),
        (field(2, 1.0)[:-1], "ends too early"),
        (b"\x08", "ends too early"),
        (b"\x08" + b"\xff" * 10, "more than 64 bits"),
        (field(4, field(2, b"\xff")), "name is no text"),
        (field(4, field(2, b"x" * 500_001)), "name is longer than"),
        (field(4, b"") * 500_001, "more than 500,000 fields"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused(content, says):
    with pytest.raises(Malformed, match=says):
        read(content)


def test_messages_within_messages_end():
    table = {}
    table[1] = one("inner", table)
    content = b""
    for _ in range(9):
        content = field(1, content)
    with pytest.raises(Malformed, match="nested more than 8 deep"):
        read_message(memoryview(content), table)
