"""Paths as people name them: `~` is the home folder, and system errors become one sentence.

Needs nothing but Python's own library.
"""

import os
import stat
from pathlib import Path
from typing import Optional

from ms_gan.errors import GanError, UsageError

FILE, FOLDER, OTHER = "file", "folder", "other"


def home_for_tilde(text: Optional[str]) -> Optional[str]:
    """A path in which `~`, or `~user`, at the beginning is the home folder. For `schema.option(spelling=...)`."""
    return text if text is None else os.path.expanduser(text)


home_for_tilde.names = ()


def kind_at(path: Path, named: str) -> Optional[str]:
    """What is at a path: FILE, FOLDER, OTHER, or None where there is nothing.

    Args:
        path: that a person named.
        named: by which option, for the message, such as "--ckpt".

    Raises:
        UsageError: that cannot be found out: a folder above it may not be entered, or its name is too long.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{named} {shortened(path)}: cannot be read ({reason(error)})", code="unreadable") from None
    return FOLDER if stat.S_ISDIR(mode) else FILE if stat.S_ISREG(mode) else OTHER


def refuse_same(output: Path, named: str, source: Path, what: str) -> None:
    """Refuse to overwrite the file that is read.

    Args:
        output: the file that would be written.
        named: by which option.
        source: the file that is read.
        what: that is, such as "the picture of --project".

    Raises:
        UsageError: both are the same file.
    """
    same = os.path.exists(output) and os.path.exists(source) and os.path.samefile(output, source)
    if same or os.path.abspath(output) == os.path.abspath(source):
        raise UsageError(f"{named} {output}: is {what}, which would be overwritten; choose another file")


def refused(error: OSError) -> GanError:
    """A sentence for what the system refused and nothing else has explained."""
    where = f"{shortened(error.filename)}: " if error.filename else ""
    return GanError(f"{where}{reason(error)}", code="unreadable")


def reason(error: Exception) -> str:
    """Why the system refused something, in a few words."""
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]


def shortened(path: object) -> str:
    """A path for a message: its two ends where it is very long."""
    text = os.fsdecode(path) if isinstance(path, (bytes, str, os.PathLike)) else str(path)
    return text if len(text) <= 200 else f"{text[:100]}...{text[-50:]}"
