"""One process at a time in a cache folder."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from filelock import FileLock, Timeout
from tqdm import tqdm

from ms_gan.errors import GanError
from ms_gan.files import remove_unfinished


@contextmanager
def held(folder: Path, doing: str) -> Iterator[None]:
    """Hold a folder's lock, made where missing; it is released if the process dies.

    What a process that died there has left unfinished is removed.

    Args:
        folder: the cache folder.
        doing: what the holder does, for those who wait: "fetching MNIST".

    Raises:
        GanError: the folder cannot be written to, or cannot be locked.
    """
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            tqdm.write(f"Another process is {doing}; waiting for it", file=sys.stderr)
            lock.acquire()
    # Some network file systems have no locks: filelock says so by NotImplementedError.
    except (OSError, NotImplementedError) as error:
        raise GanError(
            f"{folder}: this cache folder cannot be used ({error}); set MS_GAN_CACHE to a folder on a local disk",
            code="unwritable",
        ) from error
    try:
        remove_unfinished(folder)
        yield
    finally:
        lock.release()
