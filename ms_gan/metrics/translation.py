"""Pictures made of pictures, measured on some that no training saw, beside what needs no network."""

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ms_gan.data.batches import evenly_spaced
from ms_gan.data.shape import with_channels
from ms_gan.errors import UsageError
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.frechet import frechet_distance, moments
from ms_gan.metrics.measures import TRANSLATION
from ms_gan.metrics.pairs import compare
from ms_gan.metrics.retrieval import retrieval
from ms_gan.pictures.pixels import to_uint8

FORMAT = "ms_gan evaluation 2"
OUTPUT, BESIDE, REAL = "output", "beside", "real"  # columns: the run's, a second run's, training pictures
FEWEST = 2  # pictures, for a covariance


class Column(NamedTuple):
    """A way to make the pictures, and its numbers by the keys of TRANSLATION, as far as they mean something."""

    name: str
    values: Dict[str, float]


class Part(NamedTuple):
    """One direction: what is made of what, for people, and its columns."""

    title: str
    columns: Tuple[Column, ...]


@dataclass(frozen=True)
class Translations:
    """What an evaluation found.

    Attributes:
        task: paired or unpaired.
        protocol: how it was measured, as JSON gives it back.
        parts: one for each direction.
        notes: what a person must know about the numbers.
    """

    task: str
    protocol: Dict[str, Any]
    parts: Tuple[Part, ...]
    notes: List[str]

    def to_json(self) -> str:
        """Everything, each measure with its name, direction and form: a page needs no table of its own."""
        parts = []
        for part in self.parts:
            columns = [column.name for column in part.columns]
            rows = [{**row._asdict(), "values": values} for row, values in rows_of(part)]
            parts.append({"title": part.title, "columns": columns, "measures": rows})
        values = {"format": FORMAT, "task": self.task, "protocol": self.protocol, "parts": parts, "notes": self.notes}
        return json.dumps(values, indent=1) + "\n"


def rows_of(part: Part) -> List[Tuple[Any, List[Optional[float]]]]:
    """The measures of which a column has a value, each with the columns' values."""
    rows = [(one, [column.values.get(one.key) for column in part.columns]) for one in TRANSLATION]
    return [(one, values) for one, values in rows if any(value is not None for value in values)]


class Partners(NamedTuple):
    """Which pictures have a known truth: their numbers among the outputs and among the real ones, integers (n,)."""

    made: np.ndarray
    real: np.ndarray


def measure(
    title: str,
    made: Mapping[str, np.ndarray],
    real: np.ndarray,
    training: np.ndarray,
    features: Features,
    partners: Optional[Partners] = None,
    holes: Optional[np.ndarray] = None,
    more: Mapping[str, Mapping[str, float]] = MappingProxyType({}),
) -> Part:
    """Measure pictures that were made in several ways of the same inputs.

    Their distance is that to `real`; for scale, the last column has that of as many training pictures. Where partners
    are known, each picture is compared with its own, and looked for among all of `real`.

    Args:
        title: of the part.
        made: by column, uint8 (N, C, H, W).
        real: held-out pictures of the other kind, uint8 (M, C, H, W).
        training: training pictures of the other kind, uint8 (T, C, H, W).
        features: the extractor.
        partners: which of `real` the pictures should be.
        holes: bool (N, H, W), True where pixels were unknown.
        more: by column, what was measured elsewhere, by the keys of TRANSLATION.

    Raises:
        UsageError: fewer than two pictures on one side, or pictures that are too small for a measure.
        GanError: features that are not finite.
    """
    for count in (len(real), *map(len, made.values())):
        if count < FEWEST:
            raise UsageError(f"{count} held-out pictures of a kind are too few; allowed: {FEWEST} and more", code="few")
    values = features(real)[0]
    of_real = moments(values)
    columns = []
    for name, pictures in made.items():
        seen = features(pictures)[0]
        found = {"frechet": frechet_distance(of_real, moments(seen)), **more.get(name, {})}
        if partners is not None and len(partners.made):
            part = None if holes is None else holes[partners.made]
            found.update(compare(pictures[partners.made], real[partners.real], part)._asdict())
            found["retrieval"] = retrieval(seen[partners.made], values, partners.real)
        columns.append(Column(name, {key: value for key, value in found.items() if value is not None}))
    if len(training) >= FEWEST:
        some = training[evenly_spaced(len(training), len(real))]
        columns.append(Column(REAL, {"frechet": frechet_distance(of_real, moments(features(some)[0]))}))
    return Part(title, tuple(columns))


def namesakes(names: Sequence[str], others: Sequence[str]) -> Partners:
    """The pictures that have a namesake among the others."""
    places = {name: place for place, name in enumerate(others)}
    made = [place for place, name in enumerate(names) if name in places]
    return Partners(np.array(made, int), np.array([places[names[place]] for place in made], int))


def in_step(count: int) -> Partners:
    """Every picture with the real one of its own number."""
    return Partners(np.arange(count), np.arange(count))


def as_output(inputs: np.ndarray, channels: int) -> np.ndarray:
    """Inputs of a network as if they were what it made: the floor that a network should be above.

    Args:
        inputs: float32 (N, C', H, W) in [-1, 1], C' 1 or 3.
        channels: C of the outputs; grey becomes colour and colour grey where they differ.

    Returns:
        uint8 (N, C, H, W).
    """
    return in_colours(to_uint8(inputs), channels)


def in_colours(images: np.ndarray, channels: int) -> np.ndarray:
    """Images uint8 (N, C, H, W) of 1 or 3 channels with so many channels: grey as colours, or colours as grey."""
    return with_channels(images, "grey" if channels == 1 else "rgb")


def filled(inputs: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Pictures with holes, each hole in the mean colour of what is known of its picture.

    Args:
        inputs: float32 (N, C + 1, H, W), the last channel 1 in the hole and 0 elsewhere.

    Returns:
        uint8 (N, C, H, W), and the holes, bool (N, H, W).
    """
    holes = inputs[:, -1] > 0.5
    known = ~holes[:, None]
    shares = np.maximum(known.sum((2, 3), keepdims=True), 1)
    means = (inputs[:, :-1] * known).sum((2, 3), keepdims=True) / shares
    return to_uint8(np.where(known, inputs[:, :-1], means)), holes
