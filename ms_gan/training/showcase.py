"""What a run shows of itself: the contract between the results of a training and a task."""

from types import MappingProxyType
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Protocol, Tuple

import numpy as np

from ms_gan.generators.card import Card


class Sign(NamedTuple):
    """A sign that a training goes wrong: one word for programs, a sentence for people."""

    about: str
    text: str


class Sheet(NamedTuple):
    """Images that are shown as one picture: uint8 (N, C, H, W), and how many stand in a row; None: a square."""

    images: np.ndarray
    columns: Optional[int] = None


class Headline(Protocol):
    """Measures the task's headline measure.

    Attributes:
        what: what is measured, for a person: "Frechet distance of 5,000 images".
        first: what the first measurement takes beside that, for a person; "" where it is nothing.
        beside: what the last `measure` found beside it: values of the task's `measures`, by their keys.
        sign: that the training goes wrong, which the last `measure` found.
    """

    what: str
    first: str = ""
    beside: Mapping[str, float] = MappingProxyType({})
    sign: Optional[Sign] = None

    def prepare(self) -> None:
        """Get ready what generated images are compared with; may take minutes.

        Raises:
            UsageError, GanError: it cannot be had.
        """

    def protocol(self, opened: Any) -> Dict[str, Any]:
        """How a generator is measured, after `prepare`, as JSON: measurements compare where these agree."""

    def measure(self, opened: Any, stop: Callable[[], bool]) -> Optional[float]:
        """The measure of a generator, after `prepare`; None where `stop` became true meanwhile.

        Raises:
            GanError: what it makes is not finite.
        """


class Showcase(Protocol):
    """What a run shows. Of several workers the first one has it.

    Attributes:
        shape: (C, H, W) of a sheet's images, to know what a sheet takes on the disk.
        count: images of a sheet.
        headline: measures how good a generator is.
    """

    shape: Tuple[int, int, int]
    count: int
    headline: Headline

    def real(self) -> Optional[Sheet]:
        """Images of the data, to compare the sheets with; None where the sheets hold them."""

    def sheet(self, step: int) -> Sheet:
        """What the generators make now, of the same inputs each time."""

    def opened(self, network: str, step: int) -> Any:
        """A generator with the present weights of a network, and its card, as it is opened for use.

        It is its own network: using it moves no statistics of the one that is trained, and compiles no step anew.
        """

    def card(self, network: str, step: int) -> Card:
        """The card of a network."""

    def losses(self, statistics: np.ndarray) -> Optional[Sign]:
        """A sign in the statistics of the steps since the last call, (steps, statistics)."""

    def weights(self, step: int) -> Optional[Sign]:
        """A sign in the weights after `step` steps."""

    def images(self, step: int, sheet: Sheet) -> Optional[Sign]:
        """A sign in a sheet."""
