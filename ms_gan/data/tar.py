"""Tar archives, gzipped, read from end to end: nothing is ever unpacked, and a member's content is read only if wanted.

Python's tarfile is not used, since it believes headers: a name of a gigabyte is read into memory, and in releases
before 3.13.6 a negative size keeps it busy for ever.
"""

import gzip
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Iterator, NamedTuple

BLOCK_BYTES = 512  # headers are one, contents whole ones
CHUNK_BYTES = 1 << 20
PLAIN_FILES = (b"0", b"\0")
EMPTY = tuple(b"%d" % number for number in range(1, 7))  # links, devices and folders have no content
DAMAGE = (OSError, EOFError, zlib.error, ValueError)  # what a damaged archive raises


class Content:
    """A member's content, to be read before the next member is asked for."""

    def __init__(self, stream: BinaryIO, size: int):
        self._stream, self.left = stream, size

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; b"" at the end. Raises EOFError where the archive ends before its member."""
        chunk = self._stream.read(min(size, self.left))
        if not chunk and min(size, self.left):
            raise EOFError("the archive ends within a file")
        self.left -= len(chunk)
        return chunk


class Member(NamedTuple):
    """One entry of an archive; `plain`: an ordinary file, no link, folder or device."""

    name: str
    size: int
    plain: bool
    content: Content


@contextmanager
def open_tar(path: Path) -> Iterator[Iterator[Member]]:
    """The members of a .tar.gz in their order. What damage there is raises one of DAMAGE."""
    with gzip.open(path) as stream:
        yield _members(stream)


def _members(stream: BinaryIO) -> Iterator[Member]:
    while True:
        header = _exactly(stream, BLOCK_BYTES)
        if not header.strip(b"\0"):
            stream.read(CHUNK_BYTES)  # to its end, where gzip compares its checksum
            return
        if _number(header[148:156]) != sum(header[:148]) + 8 * ord(" ") + sum(header[156:]):
            raise ValueError("not a tar archive, or a damaged one")
        prefix = header[345:500].split(b"\0")[0] + b"/" if header[257:262] == b"ustar" and header[345] else b""
        name = (prefix + header[:100].split(b"\0")[0]).decode("utf-8", "replace")
        kind = header[156:157]
        size = 0 if kind in EMPTY else _number(header[124:136])
        content = Content(stream, size)
        yield Member(name, size, kind in PLAIN_FILES, content)
        while content.read(CHUNK_BYTES):
            pass
        _exactly(stream, -size % BLOCK_BYTES)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError("the archive ends too early")
    return content


def _number(field: bytes) -> int:
    """An octal number; ValueError for others, negative and larger ones among them, which have another form."""
    digits = field.strip(b"\0 ")
    if not digits or digits.strip(b"01234567"):
        raise ValueError("not a tar archive, or a damaged one")
    return int(digits, 8)
