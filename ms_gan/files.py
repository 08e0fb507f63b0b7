"""Files that appear whole or not at all."""

import contextlib
import errno
import os
import platform
import re
import shutil
import time
from pathlib import Path
from typing import Iterable, Iterator, Union

from ms_gan.errors import GanError

# A file's name while it is written tells which process writes it: .losses.HOST+PID.tmp.png
UNFINISHED = re.compile(r"\..+\.(?P<host>[^+]*)\+(?P<pid>\d+)\.tmp(\.[^.]+)?")
LONG_AGO_SECONDS = 24 * 3600  # after which nobody writes an unfinished file any more
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class CannotWrite(GanError):
    """A file could not be written; what was there before is as it was."""


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write a file under a temporary name beside its place, and move it there once it is complete and on disk.

    Yields:
        the temporary path, with the same suffix as `path`.

    Raises:
        CannotWrite: nothing is left behind.
    """
    path = Path(path)
    temporary = path.with_name(_unfinished(path.stem) + path.suffix)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        sync(temporary)
        os.replace(temporary, path)
        # Some network file systems cannot do this for a folder.
        with contextlib.suppress(OSError):
            sync(path.parent)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({why(error, path)})", code="unwritable") from None
    finally:
        # After a success the temporary name is gone already.
        with contextlib.suppress(OSError):
            temporary.unlink()


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Fill a new folder under a temporary name beside its place, and move it there once all is in it.

    What processes that died have left unfinished beside it is removed.

    Args:
        path: the folder; an empty one may be there.

    Yields:
        the temporary folder.

    Raises:
        CannotWrite: nothing is left behind.
    """
    path = Path(path)
    draft = path.with_name(_unfinished(path.name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_left(path.parent.glob(".*.tmp*"))
        draft.mkdir()
        yield draft
        os.replace(draft, path)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({why(error, path)})", code="unwritable") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_text(path: Path, text: Union[str, Iterable[str]]) -> None:
    """Write a text file whole, where it is long in pieces. Raises CannotWrite where it cannot.

    What is no Unicode, such as a part of a file's name in another encoding, is spelt out.
    """
    with whole_file(path) as temporary, open(temporary, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines([text] if isinstance(text, str) else text)


def sync(path: Path) -> None:
    """Make the file system keep what a file or a folder holds."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def why(error: OSError, path: Path) -> str:
    """Why a file could not be written, in a few words, with the free space where that is the reason."""
    reason = error.strerror or str(error)
    return f"{reason}; {as_size(free_space(path))} free there" if error.errno in FULL else reason


def free_space(path: Path) -> int:
    """Bytes that are free on the disk of a file or folder, which need not exist yet."""
    path = Path(path).absolute()
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


def as_size(count: int) -> str:
    """A number of bytes for people: 12 MB."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number and what it counts, for a person: "1 image", "2,000 images"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def remove_unfinished(folder: Path) -> None:
    """Remove the files below a folder that processes left unfinished when they died."""
    _remove_left(Path(folder).rglob(".*.tmp*"))


def _unfinished(name: str) -> str:
    return f".{name}.{_host()}+{os.getpid()}.tmp"


def _remove_left(paths: Iterable[Path]) -> None:
    for path in list(paths):
        match = UNFINISHED.fullmatch(path.name)
        if match and _is_left(path, match["host"], int(match["pid"])):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink()


def _is_left(path: Path, host: str, pid: int) -> bool:
    """Whether nobody writes a file any more. This process writes none yet: in a container its number comes again."""
    try:
        if host != _host():
            return time.time() - path.stat().st_mtime > LONG_AGO_SECONDS
        if pid != os.getpid():
            os.kill(pid, 0)
            return False
    except ProcessLookupError:
        return True
    except OSError:  # another user's process, or a file that is gone by now
        return False
    return True


def _host() -> str:
    return re.sub(r"[^\w-]", "-", platform.node())
