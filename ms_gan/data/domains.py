"""Two sets of pictures of which no picture has a partner that is known: two folders, or one in two subfolders."""

from dataclasses import dataclass, replace
from typing import Callable, Dict, List, NamedTuple, Optional, Set, Tuple

import numpy as np

from ms_gan.config.translation_sections import TwoFoldersConfig
from ms_gan.data.decoded import Decoded, decoded
from ms_gan.data.folder import name_failures, refuse_many, what_is_left_out
from ms_gan.data.image_data import ImageData
from ms_gan.data.two_folders import LAYOUTS, Side, find_sides, held_out_names, recipe_of, refuse_classes
from ms_gan.data.walk import PictureFile, printable
from ms_gan.errors import UsageError
from ms_gan.files import counted
from ms_gan.runtime.paths import cache_dir

FOLDER = "folder"


@dataclass(frozen=True)
class DomainData(ImageData):
    """Two sides: `images` are those of A.

    Attributes:
        other: uint8 (M, C, H, W), the pictures of B.
        names: of A's.
        other_names: of B's.
        held_out: the pictures that no training sees; None where there are none.
    """

    other: Optional[np.ndarray] = None
    names: Tuple[str, ...] = ()
    other_names: Tuple[str, ...] = ()
    held_out: Optional["DomainData"] = None

    @property
    def name(self) -> str:
        """The title with the number of images on both sides."""
        return f"{self.title}, {len(self.images):,} of a and {len(self.other):,} of b"

    @property
    def arrays(self) -> Dict[str, np.ndarray]:
        """All images that a training learns from, by name, each uint8 (N, C, H, W)."""
        return {"images": self.images, "other": self.other}


class Chosen(NamedTuple):
    """The files of a side that are learnt, and those that are held out, with their names."""

    side: Side
    learnt: List[Tuple[str, PictureFile]]
    held: List[Tuple[str, PictureFile]]


def load_domains(config: TwoFoldersConfig, seed: int, load: Callable[[TwoFoldersConfig, int], ImageData]) -> DomainData:
    """The two sides that a config asks for.

    A source that is no folder has no sides. Of it one half is A, and the negatives of the other half are B: something
    to try a network on, and nothing more.

    Args:
        config: the run's data options.
        seed: only a source that makes its own images depends on it.
        load: gives the images of a source that is no folder.

    Raises:
        UsageError: folders that are not named, do not exist, or hold no pictures.
        GanError: too many pictures cannot be read, or the cache cannot be written.
    """
    if config.source != FOLDER:
        if config.a or config.b:
            raise UsageError(f"data.source: {config.source} is not read from --data.a and --data.b; set it to folder")
        return _of_source(config, load(config, seed))
    recipe, sides = recipe_of(config), list_sides(config)
    a, b = (_Decoded(one, config, recipe) for one in sides)
    given = dict.fromkeys(str(one.side.given) for one in sides)
    title = f"images in {' and '.join(dict.fromkeys(printable(one.side.given.resolve().name) for one in sides))}"
    notices = tuple(dict.fromkeys(sentence for one in (a, b) for sentence in one.notices))

    def part(which: int, title: str) -> DomainData:
        return DomainData(
            a.images[which], None, title, " and ".join(given), other=b.images[which], names=a.names[which],
            other_names=b.names[which],
        )  # fmt: skip

    held_out = part(1, f"{title}, held out") if len(a.names[1]) and len(b.names[1]) else None
    return replace(part(0, title), notices=notices, held_out=held_out)


def list_sides(config: TwoFoldersConfig) -> Tuple[Chosen, Chosen]:
    """The files of both sides that a config asks for; none is read.

    Raises:
        UsageError: see `load_domains`.
        GanError: a folder cannot be listed.
    """
    refuse_classes(config)
    sides = find_sides(config)
    if sides is None:
        raise UsageError(f"--data-dir: {config.dir} should have {LAYOUTS}; or name --data.a DIR --data.b DIR")
    held = held_out_names([name for side in sides for name in side.names], config.held_out)
    for side in sides:
        # Each side has something to be measured by, unless nothing is held out at all.
        if held and not held.intersection(side.names):
            held |= held_out_names(side.names, config.held_out)
    a, b = (_choose(side, held, config.limit) for side in sides)
    return a, b


def _choose(side: Side, held: Set[str], limit: Optional[int]) -> Chosen:
    named = list(zip(side.names, side.files))
    learnt = [one for one in named if one[0] not in held][:limit]
    if not learnt:
        raise UsageError(f"{side.named}: no picture is left to be learnt; all of {len(named):,} are held out")
    return Chosen(side, learnt, [one for one in named if one[0] in held][:limit])


class _Decoded:
    """A side's pictures and names: of those that are learnt, and of those held out."""

    def __init__(self, chosen: Chosen, config: TwoFoldersConfig, recipe):
        named = [*chosen.learnt, *chosen.held]
        side = chosen.side
        result: Decoded = decoded(side.folder, [file for _, file in named], recipe, cache_dir() / "pictures")
        refuse_many([*side.lost, *result.failures], len(side.lost) + len(named), config.max_unreadable, side.given)
        failed = {failure.name for failure in result.failures}
        learnt, held = (
            tuple(name for name, file in part if file.name not in failed) for part in (chosen.learnt, chosen.held)
        )
        self.names = (learnt, held)
        self.images = (result.images[: len(learnt)], result.images[len(learnt) :])
        self.notices = [*what_is_left_out(side.found), *result.depth]
        failures = [*side.lost, *result.failures]
        if failures:
            self.notices.append(f"{counted(len(failures), 'image file')} left out: {name_failures(failures)}")


def _of_source(config: TwoFoldersConfig, data: ImageData) -> DomainData:
    names = [f"{number:06d}" for number in range(len(data.images))]
    held = held_out_names(names, config.held_out)
    a = [number for number, name in enumerate(names) if name not in held and number % 2 == 0]
    b = [number for number, name in enumerate(names) if name not in held and number % 2]
    shown = [number for number, name in enumerate(names) if name in held]

    def part(first: List[int], second: List[int], title: str) -> DomainData:
        return DomainData(
            data.images[first], None, title, data.origin, other=255 - data.images[second],
            names=tuple(names[number] for number in first), other_names=tuple(names[number] for number in second),
        )  # fmt: skip

    title = f"{data.title}, and negatives of others"
    held_out = part(shown, shown, f"{title}, held out") if shown else None
    return replace(part(a, b, title), notices=data.notices, held_out=held_out)
