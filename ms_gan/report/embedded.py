"""Pictures inside of a page."""

import base64
import io
import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from PIL import Image

MOST_GRIDS = 40  # grids in a page
GRIDS_BYTES = 3_000_000  # for all of them
FEWEST_GRIDS = 8  # grids in a page, even where they are large
PLAIN_BYTES = 75_000  # up to which a picture goes into the page as it is
SIDE, QUALITY = 640, 80  # pixels and JPEG's quality of larger ones


class Grid(NamedTuple):
    """A sample grid: when it was made, for people and as an epoch, and the picture as a data URI."""

    label: str
    epoch: Optional[float]
    source: str


def evenly_spread(things: Sequence[Any], count: int) -> List[Any]:
    """At most `count` of some things, evenly spaced, the first and the last among them."""
    if len(things) <= count:
        return list(things)
    return [things[round(i * (len(things) - 1) / (count - 1))] for i in range(count)]


class Album:
    """A run's pictures as data URIs; keeps those of the last page, because the next one has most of them."""

    def __init__(self) -> None:
        self._kept: Dict[Tuple, str] = {}

    def pictures(
        self, real: Path, samples: Sequence[Path], per_epoch: Optional[float]
    ) -> Tuple[Optional[str], List[Grid]]:
        """The real images and the sample grids, these thinned evenly to what a page has room for.

        Pictures that cannot be read are left out.

        Args:
            real: the picture of real images.
            samples: all sample grids, oldest first.
            per_epoch: steps of an epoch, which places the grids that are named by their step; None: not known.
        """
        before, self._kept = self._kept, {}
        size = len(self._uri(samples[-1], before) or "") * 3 // 4 if samples else 0
        chosen = evenly_spread(samples, max(FEWEST_GRIDS, min(MOST_GRIDS, GRIDS_BYTES // max(1, size))))
        sources = [self._uri(path, before) for path in chosen]
        grids = [Grid(*_when(path, per_epoch), source) for path, source in zip(chosen, sources) if source]
        return self._uri(real, before), grids

    def _uri(self, path: Path, before: Dict[Tuple, str]) -> Optional[str]:
        try:
            about = path.stat()
            key = (path, about.st_mtime_ns, about.st_size)
            self._kept[key] = before.get(key) or self._kept.get(key) or _encoded(path, about.st_size)
        except (OSError, Image.DecompressionBombError):
            return None
        return self._kept[key]


def _encoded(path: Path, size: int) -> str:
    if size <= PLAIN_BYTES:
        kind, content = "png", path.read_bytes()
    else:
        with Image.open(path) as picture:
            small = picture.convert("L" if picture.mode == "L" else "RGB")
        small.thumbnail((SIDE, SIDE))
        file = io.BytesIO()
        small.save(file, "JPEG", quality=QUALITY)
        kind, content = "jpeg", file.getvalue()
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _when(path: Path, per_epoch: Optional[float]) -> Tuple[str, Optional[float]]:
    """When a sample grid was made, by its name: for people, and as an epoch."""
    found = re.fullmatch(r"(epoch|step)-(\d{1,12})", path.stem)
    if not found:
        return path.stem, None
    kind, count = found.group(1), int(found.group(2))
    return f"{kind} {count:,}", float(count) if kind == "epoch" else count / per_epoch if per_epoch else None
