"""What the page asks, checked before anything is computed."""

import base64
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
from flask import request

from ms_gan.errors import UsageError

LARGEST_NUMBER = 100.0  # in a latent, whose numbers are seldom beyond 4


class Question:
    """The fields of a request, each read as what it should be.

    Raises:
        UsageError: not a group of fields; by each method: the field is missing, of another kind, or out of its range.
    """

    def __init__(self, fields: Any):
        if not isinstance(fields, dict):
            raise UsageError("a question should be a JSON object", code="malformed")
        self._fields: Dict[str, Any] = fields

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self._field(name)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise UsageError(f"{name}: {_shown(value)} is not allowed; allowed: a whole number, {low} to {high}")
        return value

    def number(self, name: str, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        return _number(self._field(name), name, low, high)

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One of some words."""
        value = self._field(name)
        if not isinstance(value, str) or value not in allowed:
            raise UsageError(f"{name}: {_shown(value)} is not allowed; allowed: {', '.join(allowed)}")
        return value

    def items(self, name: str, fewest: int, most: int) -> List[Any]:
        """A list of `fewest` to `most` of anything."""
        value = self._field(name)
        if not isinstance(value, list):
            raise UsageError(f"{name}: {_shown(value)} is not allowed; allowed: a list")
        if not fewest <= len(value) <= most:
            raise UsageError(f"{name}: {len(value):,} are not allowed; allowed: {fewest} to {most}")
        return value

    def vectors(self, name: str, width: int, fewest: int, most: int, low: float, high: float) -> np.ndarray:
        """`fewest` to `most` lists of `width` numbers from `low` to `high`, as (N, width) float32."""
        rows = self.items(name, fewest, most)
        for row in rows:
            if not isinstance(row, list) or len(row) != width:
                raise UsageError(f"{name}: each should be a list of {width} numbers")
            for value in row:
                _number(value, name, low, high)
        return np.array(rows, np.float32)

    def latents(self, name: str, width: int, fewest: int, most: int) -> np.ndarray:
        """`fewest` to `most` latents, (N, width) float32."""
        return self.vectors(name, width, fewest, most, -LARGEST_NUMBER, LARGEST_NUMBER)

    def label(self, name: str, classes: int) -> Optional[int]:
        """The number of a class, 0 to classes - 1; None where the field is absent."""
        return self.whole(name, 0, classes - 1) if name in self._fields else None

    def labels(self, name: str, classes: int, count: int) -> np.ndarray:
        """A class for each of `count` latents: its number, or weights of all classes, 0 to 1 each.

        Returns:
            int32 (count,); float32 (count, classes) where one of them is a list of weights.
        """
        given = self.items(name, count, count)
        for value in given:
            if isinstance(value, list):
                Question({name: [value]}).vectors(name, classes, 1, 1, 0, 1)
            else:
                Question({name: value}).whole(name, 0, classes - 1)
        if not any(isinstance(value, list) for value in given):
            return np.array(given, np.int32)
        whole = np.eye(classes, dtype=np.float32)
        return np.array([value if isinstance(value, list) else whole[value] for value in given], np.float32)

    def content(self, name: str, size: int) -> bytes:
        """So many bytes, which the question has in base64."""
        value = self._field(name)
        try:
            content = base64.b64decode(value if isinstance(value, str) else "?", validate=True)
        except ValueError:
            raise UsageError(f"{name}: should be bytes in base64") from None
        if len(content) != size:
            raise UsageError(f"{name}: {len(content):,} bytes are not allowed; allowed: {size:,}")
        return content

    def _field(self, name: str) -> Any:
        if name not in self._fields:
            raise UsageError(f"{name}: is missing")
        return self._fields[name]


def question() -> Question:
    """The question of the request that is being answered. Raises a UsageError as Question."""
    try:
        return Question(request.get_json())
    except RecursionError:
        raise UsageError("a question should not be nested so deeply", code="malformed") from None


def _number(value: Any, name: str, low: float, high: float) -> float:
    # Comparing comes before float(), which fails for a whole number of hundreds of digits; NaN fails in comparing.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise UsageError(f"{name}: {_shown(value)} is not allowed; allowed: a number, {low:g} to {high:g}")
    return float(value)


def _shown(value: Any) -> str:
    """A value as an error may repeat it: nothing long, nothing nested."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a group of fields"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]} ..."
