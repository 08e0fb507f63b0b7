"""Curves of any length in a bounded number of points."""

import math
from typing import Any, Dict, List, Optional, Sequence

import numpy as np

MOST_POINTS = 1000  # points of a curve


def number(value: Any) -> float:
    """A value from a file as a number; NaN where it is none, or not finite."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return math.nan
    try:
        return float(value) if math.isfinite(value) else math.nan
    except OverflowError:  # an integer of many digits
        return math.nan


def whole(value: Any) -> int:
    """A count from a file; 0 where it is none."""
    found = number(value)
    return 0 if math.isnan(found) else int(found)


class Curves:
    """Quantities over the epochs, thinned evenly: each point stands for the same number of records.

    However many records come, memory and points stay bounded: beyond MOST_POINTS points, each two become one.

    Args:
        names: of the quantities in a record.
    """

    def __init__(self, names: Sequence[str]):
        self.names = list(names)
        self._columns = ["epoch", *self.names]
        self._points: List[np.ndarray] = []  # each (3, columns): lowest, mean and highest of its records
        self._open: List[List[float]] = []
        self._width = 1

    def add(self, record: Dict[str, Any]) -> None:
        """Take in a record with an `epoch`; other values that are missing or no numbers leave a gap."""
        row = [number(record.get(name)) for name in self._columns]
        if math.isnan(row[0]):
            return
        self._open.append(row)
        if len(self._open) < self._width:
            return
        self._points.append(_summary(self._open))
        self._open = []
        if len(self._points) == MOST_POINTS:
            self._points = [_merged(*self._points[i : i + 2]) for i in range(0, MOST_POINTS, 2)]
            self._width *= 2

    @property
    def empty(self) -> bool:
        """Whether no record has come yet."""
        return not (self._points or self._open)

    @property
    def epochs(self) -> List[float]:
        """Where the points lie: the mean epoch of each one's records."""
        return [float(f"{point[1, 0]:.7g}") for point in self._all()]

    def mean(self, name: str) -> List[Optional[float]]:
        """A quantity's points; None where it has no value."""
        return self._values(name, 1)

    def band(self, name: str) -> Optional[List[List[Optional[float]]]]:
        """The lowest and the highest value behind each point; None while each point is a single record."""
        return None if self._width == 1 else [self._values(name, 0), self._values(name, 2)]

    def _values(self, name: str, which: int) -> List[Optional[float]]:
        column = self._columns.index(name)
        values = (point[which, column] for point in self._all())
        return [None if math.isnan(value) else float(f"{value:.4g}") for value in values]

    def _all(self) -> List[np.ndarray]:
        return self._points + ([_summary(self._open)] if self._open else [])


def _summary(rows: List[List[float]]) -> np.ndarray:
    """Rows (records, columns) as (3, columns): lowest, mean and highest, whatever is NaN left out."""
    values = np.array(rows)
    counts = np.maximum(1, np.isfinite(values).sum(axis=0))
    low, high = np.fmin.reduce(values), np.fmax.reduce(values)
    return np.stack([low, np.where(np.isnan(low), np.nan, np.nansum(values / counts, axis=0)), high])


def _merged(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Two points as one."""
    both = np.where(np.isnan(second[1]), first[1], (first[1] + second[1]) / 2)
    middle = np.where(np.isnan(first[1]), second[1], both)
    return np.stack([np.fmin(first[0], second[0]), middle, np.fmax(first[2], second[2])])
