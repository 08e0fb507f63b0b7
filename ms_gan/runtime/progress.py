"""How far a longer piece of work is: a bar on a terminal, and a line now and then where output goes elsewhere."""

import contextlib
import sys
import time
from typing import Callable, Iterable, Iterator, TypeVar

from tqdm import tqdm

FIRST_LINE_SECONDS = 5.0  # after which the first line is printed: shorter work needs none
LINE_SHARE = 0.1  # of the time that has passed must pass again before the next line
Item = TypeVar("Item")


@contextlib.contextmanager
def progress(doing: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
    """A context for work on `total` units; what it gives is called with the number of units done since the last call.

    Args:
        doing: what is done, such as "Training the features".
        total: how many units there are.
        unit: of what, such as "image".
    """
    if sys.stderr is not None and sys.stderr.isatty():
        with tqdm(total=total, desc=doing, unit=unit, leave=False) as bar:
            yield bar.update
    else:
        yield _Lines(doing, total, unit).update


def tracked(items: Iterable[Item], doing: str, total: int, unit: str) -> Iterator[Item]:
    """The same items; shows how many of `total` have been worked on."""
    with progress(doing, total, unit) as update:
        for item in items:
            yield item
            update(1)


class _Lines:
    """Prints a line on stderr now and then; in hours of work as few as in minutes, or nearly."""

    def __init__(self, doing: str, total: int, unit: str):
        self._doing, self._total, self._unit = doing, total, unit
        self._done = 0
        self._started = time.monotonic()
        self._next = FIRST_LINE_SECONDS

    def update(self, count: int) -> None:
        self._done += count
        passed = time.monotonic() - self._started
        if passed < self._next or self._done >= self._total:
            return
        left = passed / self._done * (self._total - self._done)
        share = f"{self._done:,} of {self._total:,} {self._unit}s"
        tqdm.write(f"{self._doing}: {share}, about {left:.0f} s left", file=sys.stderr)
        self._next = passed + max(FIRST_LINE_SECONDS, LINE_SHARE * passed)
