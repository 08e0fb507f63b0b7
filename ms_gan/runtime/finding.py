"""What an examination of the machine finds out about a device, without starting anything on it."""

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class Finding:
    """A device as it looks before MindSpore is imported.

    Attributes:
        device: CPU, GPU or Ascend.
        found: what of it is there, one clause for people; "" where nothing is.
        usable: whether MindSpore can be started on it, as far as can be told without starting it.
        why: the first thing that stands in the way, one sentence without its full stop; "" where nothing does.
        remedy: what to do about it; "" where nothing can be done.
        notices: what a user should know though it works.
    """

    device: str
    found: str
    usable: bool
    why: str = ""
    remedy: str = ""
    notices: Tuple[str, ...] = ()
