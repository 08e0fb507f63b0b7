"""Which trained generators come with the package, and where they lie. Needs no MindSpore.

Each is a folder `generators/NAME`: generator.ckpt with its card, in half precision; entry.json with what it is, how
well it does, the command that trained it and the licences of its data; pictures.npz with a few pictures that it makes,
and those it was given.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional

from ms_gan.config.paths import home_for_tilde
from ms_gan.errors import GanError, UsageError

PLACE = Path(__file__).with_name("generators")
PREFIX = "zoo:"
GENERATOR, ENTRY, PICTURES = "generator.ckpt", "entry.json", "pictures.npz"


@dataclass
class Entry:
    """What the zoo knows of a generator.

    Attributes:
        name: what stands behind `zoo:`.
        about: what it makes, in a few words.
        task: that trained it.
        command: that trained it.
        licence: of what it learnt from, and whom to name.
        quality: its measures, each with `name`, `value`, `form` and what stands `beside` it, {what: value}.
        protocol: how these were measured.
        precision: of its parameters in the file, float16 or float32.
        deviation: the most by which a pixel of 255 levels differs from what the run's own generator makes.
        size: of the file, in bytes.
        sha256: of the file, in hexadecimal.
    """

    name: str
    about: str
    task: str
    command: str
    licence: str
    quality: List[Dict[str, Any]]
    protocol: str
    precision: str
    deviation: int
    size: int
    sha256: str

    def to_json(self) -> str:
        """The entry as JSON text."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    def in_words(self) -> str:
        """The measures in one line."""
        line = ", ".join(map(_in_words, self.quality))
        return line[:1].upper() + line[1:]

    def file(self, place: Path = PLACE) -> Path:
        """The checkpoint, once its digest has been compared.

        Raises:
            GanError: it is damaged or missing.
        """
        path = place / self.name / GENERATOR
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise _damaged(self.name, f"{path.name} cannot be read, {error.strerror}") from None
        if found != self.sha256:
            raise _damaged(self.name, f"{path.name} is not what {ENTRY} describes (SHA-256)")
        return path

    def pictures(self, place: Path = PLACE) -> Dict[str, Any]:
        """Pictures that it makes, `made`, (n, C, H, W) uint8; where it takes pictures, also `given`, (n, C', H, W).

        Raises:
            GanError: they are damaged or missing.
        """
        import numpy as np  # train.py looks names up here, and checks its options before numpy is there

        try:
            with np.load(place / self.name / PICTURES, allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
        except (OSError, ValueError, KeyError) as error:
            raise _damaged(self.name, f"{PICTURES} cannot be read, {type(error).__name__}") from None


def _in_words(measure: Dict[str, Any]) -> str:
    beside = ", ".join(f"{what} {value:{measure['form']}}" for what, value in measure["beside"].items())
    return f"{measure['name']} {measure['value']:{measure['form']}}" + (f" ({beside})" if beside else "")


def names(place: Path = PLACE) -> List[str]:
    """The names of all entries."""
    return sorted(path.parent.name for path in place.glob(f"*/{ENTRY}"))


def find(name: str, place: Path = PLACE) -> Entry:
    """The entry of a name.

    Raises:
        UsageError: there is none; lists those there are.
        GanError: it is damaged.
    """
    if name not in names(place):
        known = ", ".join(names(place)) or "nothing"
        raise UsageError(f"{PREFIX}{name}: is not in the zoo; it holds {known}", code="missing")
    try:
        return Entry(**json.loads((place / name / ENTRY).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(name, f"{ENTRY} cannot be read, {type(error).__name__}") from None


def entries(place: Path = PLACE) -> List[Entry]:
    """All entries, by name. Raises as `find`."""
    return [find(name, place) for name in names(place)]


def _damaged(name: str, why: str) -> GanError:
    return GanError(f"{PREFIX}{name}: damaged: {why}; install ms_gan again", code="damaged")


def named(text: str) -> Optional[Entry]:
    """The entry that `zoo:NAME` names; None for anything else. Raises as `find`."""
    return find(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else None


def located(text: Optional[str]) -> Optional[str]:
    """A generator's path as a person names it: `zoo:NAME` is the file of that entry, `~` the home folder.

    For `schema.option(spelling=...)`.

    Raises:
        UsageError: the zoo has no such entry.
        GanError: it is damaged.
    """
    entry = None if text is None else named(text)
    return home_for_tilde(text) if entry is None else str(entry.file())


located.names = ()
