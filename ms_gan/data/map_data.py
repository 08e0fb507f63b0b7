"""Maps and their pictures out of two folders, by name."""

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import Dict, List, Optional, Tuple

import numpy as np

from ms_gan.config.map_sections import MapsConfig
from ms_gan.config.paths import FOLDER, home_for_tilde, kind_at
from ms_gan.data.decoded import Decoding, decoded, in_threads
from ms_gan.data.folder import DEFAULT_SIDE, find_pictures, parse_colour
from ms_gan.data.image_data import ImageData
from ms_gan.data.legend import LEGEND, Legend, read_legend
from ms_gan.data.maps import RawMap, found_legend, numbers_of, open_map
from ms_gan.data.walk import PictureFile, printable
from ms_gan.errors import GanError, UsageError
from ms_gan.files import counted
from ms_gan.runtime.paths import cache_dir

NAMED = 3  # files spelt out in a message


@dataclass(frozen=True)
class MapData(ImageData):
    """Pictures with their maps.

    Attributes:
        maps: class numbers, uint8 (N, H, W); 255 is unknown.
        legend: names and colours of the classes.
        names: of the pairs, paths below the folders without endings.
        held_out: pairs that no training sees; None where there are none.
    """

    maps: Optional[np.ndarray] = None
    legend: Optional[Legend] = None
    names: Tuple[str, ...] = ()
    held_out: Optional["MapData"] = None

    @property
    def arrays(self) -> Dict[str, np.ndarray]:
        """What a training depends on, by name: pictures (N, C, H, W) and maps (N, 1, H, W)."""
        return {"images": self.images, "maps": self.maps[:, None]}


def load_maps(config: MapsConfig, seed: int) -> MapData:
    """The pairs of a map and a picture that two folders hold, at the size that a config asks for.

    Args:
        config: the run's data options.
        seed: the run's; nothing depends on it.

    Raises:
        UsageError: folders that are not named, not there, or have no names in common.
        GanError: a map or a picture that cannot be read, or a pixel that is no class; its file is named.
    """
    folders = map_folders(config)
    found = [{_stem(file.name): file for file in find_pictures(folder).files} for folder in folders]
    names = sorted(found[0].keys() & found[1].keys())
    if not names:
        raise UsageError(
            f"data.a and data.b: {folders[0]} holds {counted(len(found[0]), 'map')} and {folders[1]} "
            f"{counted(len(found[1]), 'picture')}, but no two have the same name; name each map as its picture"
        )
    names = names[: config.limit]
    side = config.image_size or DEFAULT_SIDE
    raw = _raw_maps(folders[0], [found[0][name].name for name in names], side, config.max_pixels)
    legend = _legend(config, folders[0], raw)
    maps = np.stack([numbers_of(one, legend, str(folders[0] / found[0][name].name)) for one, name in zip(raw, names)])
    images = _pictures(config, folders[1], [found[1][name] for name in names], side)
    data = MapData(
        images=images,
        labels=None,
        title=f"maps of {len(legend.names)} classes and pictures in {printable(folders[1].resolve().name)}",
        origin=f"{folders[0]}, {folders[1]}",
        notices=tuple(_left_out(found, names)),
        maps=maps,
        legend=legend,
        names=tuple(names),
    )
    return _divided(data, config.held_out)


def map_folders(config: MapsConfig) -> Tuple[Path, Path]:
    """The folders of the maps and of the pictures.

    Raises:
        UsageError: they are not named, or not there.
    """
    if config.dir and not (config.a or config.b):
        folders = (Path(home_for_tilde(config.dir)) / "maps", Path(home_for_tilde(config.dir)) / "pictures")
    elif config.a and config.b and not config.dir:
        folders = (Path(home_for_tilde(config.a)), Path(home_for_tilde(config.b)))
    else:
        raise UsageError(
            "data.a and data.b: a folder of maps and one of pictures are needed; give them with --data.a MAPS "
            "--data.b PICTURES, or a folder that holds maps and pictures with --data-dir"
        )
    for folder, name in zip(folders, ("data.a", "data.b")):
        if kind_at(folder, name) != FOLDER:
            raise UsageError(f"{name} {folder}: no such folder")
    return folders


def _stem(name: str) -> str:
    return PurePath(name).with_suffix("").as_posix()


def _raw_maps(folder: Path, names: List[str], side: int, most: int) -> List[RawMap]:
    read = partial(_read_raw, folder, side)
    return list(in_threads(read, names, "reading maps", most))


def _read_raw(folder: Path, side: int, name: str) -> RawMap:
    return open_map(folder / name, (side, side))


def _legend(config: MapsConfig, folder: Path, raw: List[RawMap]) -> Legend:
    if config.legend:
        return read_legend(Path(home_for_tilde(config.legend)))
    if (folder / LEGEND).is_file():
        return read_legend(folder / LEGEND, "data.a")
    return found_legend(raw, str(folder))


def _pictures(config: MapsConfig, folder: Path, files: List[PictureFile], side: int) -> np.ndarray:
    """The pictures, uint8 (N, C, side, side); a map is of no use without its own, so that all must be readable."""
    channels = 1 if config.channels == "grey" else 3
    recipe = Decoding(side, channels, parse_colour(config.background), None, config.max_pixels)
    result = decoded(folder, files, recipe, cache_dir() / "pictures")
    if result.failures:
        first = result.failures[0]
        raise GanError(
            f"{folder / first.name}: cannot be read ({first.why}); "
            f"{counted(len(result.failures), 'picture')} of {len(files):,} cannot: remove them, or mend them"
        )
    return result.images


def _left_out(found: List[Dict[str, PictureFile]], names: List[str]) -> List[str]:
    notices = []
    for own, other, what, missing in ((found[0], found[1], "map", "picture"), (found[1], found[0], "picture", "map")):
        alone = sorted(own.keys() - other.keys())
        if alone:
            some = ", ".join(printable(name) for name in alone[:NAMED]) + (", ..." if len(alone) > NAMED else "")
            notices.append(f"{counted(len(alone), what)} without a {missing} left out: {some}")
    return notices


def is_held_out(name: str, share: float) -> bool:
    """Whether a pair is kept from training, by its name alone: others that come or go do not change it."""
    number = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()[:8], "big")
    return number < share * 2**64


def _divided(data: MapData, share: float) -> MapData:
    """The pairs to learn from, with those that are held out."""
    kept_out = np.array([is_held_out(name, share) for name in data.names], bool)
    if kept_out.all():
        kept_out[:] = False
    training, held_out = (_part(data, np.flatnonzero(chosen)) for chosen in (~kept_out, kept_out))
    return replace(training, held_out=held_out if len(held_out.names) else None)


def _part(data: MapData, places: np.ndarray) -> MapData:
    names = tuple(data.names[place] for place in places)
    return replace(data, images=data.images[places], maps=data.maps[places], names=names)
