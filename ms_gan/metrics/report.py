"""What an evaluation found, and its file."""

import json
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Dict, List, Optional

from ms_gan.files import write_text
from ms_gan.metrics import measures
from ms_gan.metrics.copies import Copies
from ms_gan.metrics.protocol import Protocol

FORMAT = "ms_gan evaluation 1"
LARGEST_NUMBER = 1e100  # of the numbers that are read back
COUNTS = ("count", "histogram", "covered", "modes")  # those that are whole
BY_CLASS = tuple(measure.key for measure in measures.BY_CLASS)  # lists in which a class may have no value


def conditional() -> Any:
    """A field of what only some evaluations have; where it is None, the file is without it."""
    return field(default=None, metadata={"conditional": True})


@dataclass(frozen=True)
class Measures:
    """The numbers of one set of images. What needs classes is None where the features tell none apart.

    Attributes:
        count: how many images.
        frechet: squared distance to the real images; lower is better.
        kernel, kernel_deviation: squared distance to the real images, mean and deviation over subsets; lower is better.
        precision, recall, coverage: shares, 0 to 1, and density, about 1 at best: see `NeighbourMetrics`.
        nearest: median distance of some of the images to the nearest training image; see `Copies`.
        score, score_deviation: exp of the mutual information of image and class, 1 to the number of classes, as the
            Inception score has it, but of these features' classes: never comparable with an Inception score.
        confident: share of images whose likeliest class has a probability of at least 0.9.
        histogram: images of each class.
        class_distance: total variation between that and the data's histogram, 0 to 1.
        covered: how many of the data's classes have at least a tenth of their share.
        smallest_class, largest_class: share of the rarest and of the commonest of the data's classes.
        accuracy: share of the images that the features see as the class that was asked for, 0 to 1; of the worst class,
            and of each one: None where too few images were asked to be of it. For these and the next see `Tally`.
        intra_frechet: squared distance to the real images within each class, the mean over classes; the largest one,
            and that of each class.
        cas: classification accuracy score, 0 to 1: see `metrics.cas`.
        copied: share of samples that are nearer to a training image than 99 % of real images: see `Nearness`.
        modes, modes_divergence: of stacked MNIST, and the divergence in nats: see `metrics.modes`.
    """

    count: int
    frechet: float
    kernel: float
    kernel_deviation: float
    precision: float
    recall: float
    density: float
    coverage: float
    nearest: Optional[float] = None
    score: Optional[float] = None
    score_deviation: Optional[float] = None
    confident: Optional[float] = None
    histogram: Optional[List[int]] = None
    class_distance: Optional[float] = None
    covered: Optional[int] = None
    smallest_class: Optional[float] = None
    largest_class: Optional[float] = None
    accuracy: Optional[float] = conditional()
    accuracy_worst: Optional[float] = conditional()
    accuracy_by_class: Optional[List[Optional[float]]] = conditional()
    intra_frechet: Optional[float] = conditional()
    intra_frechet_worst: Optional[float] = conditional()
    intra_frechet_by_class: Optional[List[Optional[float]]] = conditional()
    cas: Optional[float] = conditional()
    modes: Optional[int] = conditional()
    modes_divergence: Optional[float] = conditional()
    copied: Optional[float] = conditional()


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found.

    Attributes:
        protocol: how it was measured.
        generated: the generator's images.
        floor: real images in their place: what a perfect generator would reach.
        classes: names of the data's classes, and `data_histogram` its images of each; None without classes.
        notes: sentences about numbers that are missing or biased.
        copies: samples beside their nearest training images, for a picture; not in the file.
        asked: names of the classes that images were asked to be of; None where none were.
    """

    protocol: Protocol
    generated: Measures
    floor: Measures
    classes: Optional[List[str]]
    data_histogram: Optional[List[int]]
    notes: List[str]
    copies: Optional[Copies] = None
    asked: Optional[List[str]] = conditional()

    def to_json(self) -> str:
        """Everything but the pictures."""
        values = asdict(replace(self, copies=None))
        del values["copies"]
        for part, written in ((self, values), (self.generated, values["generated"]), (self.floor, values["floor"])):
            for f in fields(part):
                if f.metadata.get("conditional") and written[f.name] is None:
                    del written[f.name]
        return json.dumps({"format": FORMAT, **values, "protocol": self.protocol.to_dict()}, indent=1) + "\n"


def save_report(report: Evaluation, path: Path) -> None:
    """Write a report as JSON, with its protocol. Raises GanError where it cannot."""
    write_text(path, report.to_json())


def read_report(path: Path, protocol: Protocol) -> Optional[Evaluation]:
    """A report that `save_report` wrote, if it was measured by this very protocol; else, or if damaged, None."""
    try:
        values = json.loads(Path(path).read_text(encoding="utf-8"))
        if values.pop("format") != FORMAT or values.pop("protocol") != protocol.to_dict():
            return None
        columns = {name: _measures(values.pop(name)) for name in ("generated", "floor")}
        report = Evaluation(protocol, **columns, **values)
        texts, counts = (report.classes or []) + (report.asked or []) + report.notes, report.data_histogram or []
        return report if all(isinstance(text, str) for text in texts) and all(map(_is_number, counts)) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _measures(values: Dict[str, Any]) -> Measures:
    """Measures as JSON has them. Raises TypeError where a value is no number."""
    found = Measures(**values)
    for f in fields(found):
        value = getattr(found, f.name)
        numbers = value if isinstance(value, list) and f.name in ("histogram", *BY_CLASS) else [value]
        numbers = [number for number in numbers if number is not None] if f.name in BY_CLASS else numbers
        allowed = _is_whole if f.name in COUNTS else _is_number
        if not (value is None and f.default is None) and not all(map(allowed, numbers)):
            raise TypeError(f"{f.name} is {value!r}")
    return found


def _is_whole(value: Any) -> bool:
    return _is_number(value) and isinstance(value, int)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < LARGEST_NUMBER
