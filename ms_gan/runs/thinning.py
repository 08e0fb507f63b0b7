"""Which records and pictures a long run keeps, so that days of training do not fill the disk."""

import contextlib
from pathlib import Path
from typing import Any, Dict, List, Sequence

MOST_GRIDS = 200  # evenly spaced over a run
END_GRIDS = 25  # all of the first ones and all of the last ones are kept beside those
NEWEST_RECORDS = 10_000


def keeps_grid(number: float, newest: float) -> bool:
    """Whether sample grid `number` of a run, counted from 1, stays once grid `newest` has been made.

    The first and the last END_GRIDS stay, and every s-th one, s being the smallest power of two that leaves at most
    MOST_GRIDS. What is left depends on `newest` alone, and what goes never comes back: it is all the same where a run
    was interrupted, and how often. A grid between the numbers, as after another `train.sample_every`, is no s-th one.
    """
    spacing = 1
    while newest // spacing > MOST_GRIDS:
        spacing *= 2
    return number <= newest and (number <= END_GRIDS or newest - number < END_GRIDS or number % spacing == 0)


def thin_grids(paths: Sequence[Path], steps: Sequence[int], newest: int, every: int) -> None:
    """Remove the sample grids that a run no longer keeps, and those of steps that it takes again.

    Args:
        paths: of all sample grids.
        steps: after which each one was made.
        newest: the step up to which the run has come.
        every: steps between two grids.
    """
    for path, step in zip(paths, steps):
        if not keeps_grid(step / every, newest / every):
            with contextlib.suppress(OSError):  # the next time, perhaps
                path.unlink(missing_ok=True)


def thin_records(records: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Records of a log without every second one of its older training records; all others stay.

    The newest NEWEST_RECORDS training records stay. What a log is thinned to again and again becomes the wider spaced
    the older it is.
    """
    trained = [i for i, record in enumerate(records) if record["event"] == "train"]
    dropped = set(trained[:-NEWEST_RECORDS][1::2])
    return [record for i, record in enumerate(records) if i not in dropped]
