"""The next step's inputs, prepared while the present step runs."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable, Dict


class Prefetched:
    """A function of the step's number, called for each step in turn, that has the next answer ready.

    Args:
        function: called with a step's number, in one thread of its own.
    """

    def __init__(self, function: Callable[[int], Any]):
        self._function = function
        self._thread = ThreadPoolExecutor(1, "inputs")
        self._ready: Dict[int, "Future[Any]"] = {}

    def __call__(self, step: int) -> Any:
        """The function's value for a step; raises what the function raises."""
        this = self._ready.get(step) or self._thread.submit(self._function, step)
        self._ready = {step + 1: self._thread.submit(self._function, step + 1)}
        return this.result()
