"""What a finished generator takes: one port for each of its inputs."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Dict, List, Optional, Sequence

from ms_gan.errors import UsageError

ROLES = ("latent", "label", "image", "map")
MOST_PORTS = 8
MOST_CLASSES = 100_000
LONGEST_NAME = 200  # characters
LARGEST_AXIS = 65536


@dataclass
class Port:
    """One input of a generator.

    Attributes:
        name: the input's name in ONNX and MindIR too: latents, labels, pictures, maps.
        role: latent, label, image or map.
        shape: of one, without N: [100], [] for a label, [3, 64, 64].
        distribution: of a latent: normal or uniform.
        classes: names of labels or of a map's classes, in their order.
        counts: of labels: training images of each class; samples that no class is asked for follow them.
        colours: of a map's classes, "#rrggbb" each.
        title: what goes in, for people: "photographs of horses".
    """

    name: str
    role: str
    shape: List[int]
    distribution: Optional[str] = None
    classes: Optional[List[str]] = None
    counts: Optional[List[int]] = None
    colours: Optional[List[str]] = None
    title: str = ""

    @property
    def size(self) -> int:
        """Numbers in one."""
        return math.prod(self.shape)

    @property
    def frequencies(self) -> List[int]:
        """How often samples have each class of labels: as the training images had it; all alike where no card says."""
        return self.counts or [1] * len(self.classes)

    def to_dict(self) -> Dict[str, Any]:
        """For JSON; what it has not is left out."""
        return {key: value for key, value in asdict(self).items() if value not in (None, "")}


def of_latents(width: int, distribution: str) -> Port:
    """The port of latents (N, width)."""
    return Port("latents", "latent", [width], distribution)


def of_labels(classes: Sequence[str], counts: Sequence[int]) -> Port:
    """The port of labels (N,): names of the classes, and how many training images each had."""
    return Port("labels", "label", [], classes=list(classes), counts=list(counts))


def read_ports(values: Any) -> List[Port]:
    """Ports out of a card, which may be a stranger's.

    Raises:
        UsageError: what is wrong with them.
    """
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_PORTS:
        raise UsageError(f"inputs: should be a list of 1 to {MOST_PORTS} inputs")
    return [_read_port(value, f"inputs[{number}]") for number, value in enumerate(values)]


def _read_port(values: Any, where: str) -> Port:
    known = {f.name for f in fields(Port)}
    if not isinstance(values, dict) or not {"name", "role", "shape"} <= set(values) <= known:
        raise UsageError(f"{where}: should have name, role and shape, and may have {', '.join(sorted(known))}")
    port = Port(**values)
    texts = [port.name, port.role, port.title, *filter(None, [port.distribution])]
    if not all(isinstance(text, str) and len(text) <= LONGEST_NAME for text in texts):
        raise UsageError(f"{where}: its name, role and title should be texts of at most {LONGEST_NAME} characters")
    if port.role not in ROLES:
        raise UsageError(f"{where}.role: {port.role} is not allowed; allowed: {', '.join(ROLES)}")
    axes = port.shape
    if not isinstance(axes, list) or len(axes) > 3 or not all(type(n) is int and 1 <= n <= LARGEST_AXIS for n in axes):
        raise UsageError(f"{where}.shape: should be at most three numbers from 1 to {LARGEST_AXIS}")
    for key in ("classes", "colours"):
        names = getattr(port, key)
        if names is not None and not (
            isinstance(names, list)
            and 1 <= len(names) <= MOST_CLASSES
            and all(isinstance(name, str) and len(name) <= LONGEST_NAME for name in names)
        ):
            raise UsageError(f"{where}.{key}: should be 1 to {MOST_CLASSES:,} texts")
    counts = port.counts
    if counts is not None and not (
        isinstance(counts, list)
        and len(counts) == len(port.classes or ())
        and all(type(count) is int and 0 <= count < 1 << 53 for count in counts)
        and sum(counts)
    ):
        raise UsageError(f"{where}.counts: should be a whole number for each class, not all of them 0")
    return port
