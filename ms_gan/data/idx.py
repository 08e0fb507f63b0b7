"""The IDX format of the MNIST family: a big-endian header, then unsigned bytes.

Header: two zero bytes, the type (8: unsigned byte), the number of dimensions, then each dimension as a 32-bit
integer. A file is read strictly: one that differs from its header by a single byte is refused.
"""

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, Tuple

import numpy as np

from ms_gan.errors import GanError

BLOCK_BYTES = 1 << 20  # read at once from a stream
# The largest array accepted, in bytes: a header is not believed beyond what any data set of this family holds.
MAX_BYTES = 1 << 30


def read_idx(path: Path, item_shape: Tuple[int, ...]) -> np.ndarray:
    """Read one IDX file of unsigned bytes, raw or, by its name, gzipped.

    Args:
        path: the file.
        item_shape: the shape of one item: (28, 28) for images, () for labels.

    Returns:
        uint8 (N, *item_shape), read-only. A raw file is mapped into memory; a .gz is inflated to no more than the size
        that its header states.

    Raises:
        GanError: the file cannot be read, is not an IDX file of that shape, is truncated, or goes on after its end.
    """
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as file:
                return _read_stream(file, path, item_shape)
        return _map(path, item_shape)
    except (OSError, EOFError, zlib.error) as error:
        raise GanError(
            f"{path}: cannot be read ({error}); it may be truncated or damaged: replace it", code="damaged"
        ) from error


def _map(path: Path, item_shape: Tuple[int, ...]) -> np.ndarray:
    with open(path, "rb") as file:
        shape, offset = _read_header(file, path, item_shape)
    held, stated = path.stat().st_size - offset, _size(shape)
    if held != stated:
        raise GanError(_wrong_length(path, shape, f"{held:,}"), code="damaged")
    return np.memmap(path, np.uint8, "r", offset, shape)


def _read_stream(file: BinaryIO, path: Path, item_shape: Tuple[int, ...]) -> np.ndarray:
    shape, _ = _read_header(file, path, item_shape)
    stated = _size(shape)
    # One byte more than the header states is enough to tell a file that is too long, however far it would inflate; and
    # memory is taken for what is there, not for what a header of a small file states.
    content = bytearray()
    while len(content) <= stated and (block := file.read(min(BLOCK_BYTES, stated + 1 - len(content)))):
        content += block
    if len(content) != stated:
        raise GanError(
            _wrong_length(path, shape, f"{len(content):,}" if len(content) < stated else "more"), code="damaged"
        )
    return np.frombuffer(memoryview(content).toreadonly(), np.uint8).reshape(shape)


def _read_header(file: BinaryIO, path: Path, item_shape: Tuple[int, ...]) -> Tuple[Tuple[int, ...], int]:
    """The stated shape, and how many bytes the header takes."""
    magic = bytes([0, 0, 8, 1 + len(item_shape)])
    length = 4 + 4 * magic[3]
    header = file.read(length)
    if header[:4] != magic:
        found = f"0x{header[:4].hex()}" if header else "an empty file"
        what = "images" if item_shape else "labels"
        raise GanError(
            f"{path}: not an IDX file of {what}: it must begin with 0x{magic.hex()}, found {found}", code="damaged"
        )
    if len(header) < length:
        raise GanError(f"{path}: truncated: the header takes {length} bytes, found {len(header)}", code="damaged")
    shape = tuple(int(number) for number in np.frombuffer(header, ">u4", offset=4))
    if shape[1:] != item_shape:
        raise GanError(
            f"{path}: images of {_times(shape[1:])} pixels where {_times(item_shape)} are expected", code="damaged"
        )
    if not 1 <= _size(shape) <= MAX_BYTES:
        raise GanError(
            f"{path}: the header states {shape[0]:,} items; allowed: at least one, and {MAX_BYTES:,} bytes",
            code="damaged",
        )
    return shape, length


def _size(shape: Tuple[int, ...]) -> int:
    size = 1
    for number in shape:
        size *= number
    return size


def _times(shape: Tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def _wrong_length(path: Path, shape: Tuple[int, ...], found: str) -> str:
    return f"{path}: {_times(shape)} = {_size(shape):,} bytes must follow the header, found {found}; replace the file"
