"""Files that appear whole or not at all."""

import contextlib
import os
from pathlib import Path
from typing import Iterator

from ms_gan.errors import GanError


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write a file under a temporary name beside its place, and move it there once it is complete and on disk.

    Yields:
        the temporary path, with the same suffix as `path`.

    Raises:
        GanError: the file could not be written; nothing is left behind.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        sync(temporary)
        os.replace(temporary, path)
        sync(path.parent)
    except OSError as error:
        raise GanError(f"{path}: cannot be written ({error.strerror or error})") from None
    finally:
        # After a success the temporary name is gone already.
        with contextlib.suppress(OSError):
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a small text file whole. Raises GanError where it cannot."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def sync(path: Path) -> None:
    """Make the file system keep what a file or a folder holds."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
