"""Output that cannot stop a command: what cannot be printed is lost, and the work goes on.

Needs nothing but Python's own library.
"""

import contextlib
import errno
import io
import os
import sys
from typing import Any, Iterator, Optional


class _Steady:
    """A text stream whose write errors are swallowed, and that spells out what its encoding lacks."""

    def __init__(self, stream: Any):
        self._stream = stream
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with self._lossy():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._lossy():
            self._stream.flush()

    @contextlib.contextmanager
    def _lossy(self) -> Iterator[None]:
        try:
            yield
        except ValueError:  # it was closed
            pass
        except OSError as error:
            if error.errno in (errno.EPIPE, errno.EBADF, errno.EIO):  # for good; a disk may have room again
                self._discard()

    def _discard(self) -> None:
        """Let all that is still to come, and what Python writes at its end, go to nowhere."""
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def end(self) -> None:
        """Write what is still held back; nothing may be left for Python to fail at when it ends."""
        try:
            self._stream.flush()
        except ValueError:
            pass
        except OSError:
            self._discard()
            self.flush()


@contextlib.contextmanager
def steady() -> Iterator[None]:
    """A context in which printing never fails: not where a pipe's reader has gone, a disk is full, nobody listens.

    A character that the encoding of the output lacks is spelt out, such as \\xe9.
    """
    _fill_handles()
    before = sys.stdout, sys.stderr
    steadied = [_Steady(stream or _nowhere()) for stream in before]
    sys.stdout, sys.stderr = steadied
    try:
        yield
    finally:
        for stream in steadied:
            stream.end()
        sys.stdout, sys.stderr = before


def _fill_handles() -> None:
    """Open whichever of the handles 0, 1 and 2 is closed, so that no file of ours gets its number."""
    handle: Optional[int] = 0
    while handle is not None:
        handle = os.open(os.devnull, os.O_RDWR)
        if handle > 2:
            os.close(handle)
            handle = None


def _nowhere() -> Any:
    return open(os.devnull, "w", encoding="utf-8")
