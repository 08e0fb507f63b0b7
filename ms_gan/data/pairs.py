"""Pairs of pictures, what a network starts from and what it should arrive at: of two folders, or of one."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ms_gan.config.translation_sections import PairsConfig
from ms_gan.data.decode import LEFT, RIGHT
from ms_gan.data.decoded import Decoding, Failure, HalfDecoding, decoded
from ms_gan.data.degrade import ATTACK, degradation_of
from ms_gan.data.folder import name_failures, refuse_many, what_is_left_out
from ms_gan.data.image_data import ImageData
from ms_gan.data.partners import different_shapes, refuse_single_pictures
from ms_gan.data.two_folders import (
    Side,
    find_sides,
    held_out_names,
    one_folder,
    recipe_of,
    refuse_classes,
    without_partner,
)
from ms_gan.data.walk import PictureFile, printable
from ms_gan.errors import UsageError
from ms_gan.files import counted
from ms_gan.runtime.paths import cache_dir

FOLDER = "folder"


@dataclass(frozen=True)
class PairData(ImageData):
    """Pairs: `images` are the targets.

    Attributes:
        inputs: uint8 (N, C', H, W), the partner of each target; None where a degradation makes them of the targets.
        names: of each pair.
        held_out: the pairs that no training sees; None where there are none.
    """

    inputs: Optional[np.ndarray] = None
    names: Tuple[str, ...] = ()
    held_out: Optional["PairData"] = None

    @property
    def name(self) -> str:
        """The title with the number of pairs, or of images where they are degraded."""
        what = "image" if self.inputs is None else "pair"
        return f"{self.title}, {counted(len(self.images), what)}"

    @property
    def arrays(self) -> Dict[str, np.ndarray]:
        """All images that a training learns from, by name, each uint8 (N, C, H, W)."""
        return {"images": self.images} if self.inputs is None else {"images": self.images, "inputs": self.inputs}


class Part(NamedTuple):
    """What one picture of each pair is decoded from: files in the order of the pairs, and how."""

    side: Side
    files: List[PictureFile]
    recipe: Decoding


class Listed(NamedTuple):
    """Pairs whose files are known, and not yet read: the first `training` of them are learnt from."""

    parts: Sequence[Part]
    names: Sequence[str]
    training: int
    notices: Tuple[str, ...]


def load_pairs(config: PairsConfig, seed: int, load: Callable[[PairsConfig, int], ImageData]) -> PairData:
    """The pairs that a config asks for.

    Args:
        config: the run's data options.
        seed: only a source that makes its own images depends on it.
        load: gives the images of a source that is no folder.

    Raises:
        UsageError: options that contradict each other; folders that do not exist, hold no pictures or no pairs.
        GanError: too many pictures cannot be read, or the cache cannot be written.
    """
    if config.source != FOLDER:
        check_pairs(config)
        data = load(config, seed)
        check_pairs(config, data.images.shape[1])
        return _of_source(config, data)
    listed = list_pairs(config)
    sides = sorted((part.side for part in listed.parts), key=lambda side: side.named)  # A before B
    arrays, names, failures, notices = _decode(listed)
    if len({part.files[0] for part in listed.parts}) > 1:
        folders, files = zip(*((part.side.folder, part.files) for part in listed.parts[::-1]))
        notices.append(different_shapes(folders, listed.names, files, config.max_pixels))
    notices = list(filter(None, notices))
    title = " and ".join(dict.fromkeys(printable(side.given.resolve().name) for side in sides))
    given = dict.fromkeys(str(side.given) for side in sides)
    left_out = [sentence for side in sides for sentence in what_is_left_out(side.found)]
    what = "image file" if len(listed.parts) == 1 else "pair"
    refuse_many(failures, len(listed.names), config.max_unreadable, sides[0].given, what)
    if failures:
        notices.append(f"{counted(len(failures), what)} left out: {name_failures(failures)}")
    learnt = set(listed.names[: listed.training])
    training = sum(name in learnt for name in names)
    return _parted(
        arrays,
        names,
        training,
        f"{'images' if len(listed.parts) == 1 else 'pairs'} in {title}",
        " and ".join(given),
        (*dict.fromkeys(left_out), *listed.notices, *notices),
    )


def list_pairs(config: PairsConfig) -> Listed:
    """The files of the pairs that a config asks for, in folders; none is read.

    Raises:
        UsageError: see `load_pairs`.
        GanError: a folder cannot be listed.
    """
    refuse_classes(config)
    recipe = recipe_of(config)
    check_pairs(config, recipe.channels)
    sides = None if config.degrade != "none" else find_sides(config)
    if sides is None:
        whole = one_folder(config.dir or "", "--data-dir")
        sides, recipes = (whole,), (recipe,)
        if config.degrade == "none":
            refuse_single_pictures(whole, config.max_pixels)
            halves = [HalfDecoding(**vars(recipe), half=half) for half in (RIGHT, LEFT)]
            sides, recipes = (whole, whole), halves if config.direction == "ab" else halves[::-1]
    else:
        sides = sides[::-1] if config.direction == "ab" else sides
        recipes = (recipe, recipe)
    return _matched(sides, recipes, config)


def check_pairs(config: PairsConfig, channels: Optional[int] = None) -> None:
    """Refuse options that do not go together.

    Args:
        config: the run's data options.
        channels: of the pictures, once that is known.

    Raises:
        UsageError: naming an option.
    """
    degradation_of(config)
    if config.source != FOLDER and (config.a or config.b):
        raise UsageError(f"data.source: {config.source} is not read from --data.a and --data.b; set it to folder")
    if config.degrade == "grey" and channels == 1:
        raise UsageError(
            "data.degrade: grey needs pictures in colour; these are grey, leave data.channels at rgb or own"
        )
    if config.source == FOLDER and config.degrade == ATTACK:
        raise UsageError(
            "data.degrade: attack needs a classifier, and there is none for pairs of a folder; set data.source to "
            "mnist, fashion_mnist, cifar10 or synthetic"
        )
    if config.source != FOLDER and config.degrade == "none":
        raise UsageError(
            f"data.source: {config.source} has no pairs; set data.degrade to make them, or name two folders"
        )
    if config.degrade != "none" and (config.a or config.b):
        raise UsageError(
            f"data.degrade: {config.degrade} makes the inputs of the pictures of one folder; name it with --data-dir "
            "in place of --data.a and --data.b"
        )
    if config.source == FOLDER and config.degrade != "none" and not config.dir:
        raise UsageError("data.source: a folder of images is needed; give it with --data-dir")


def _matched(sides: Sequence[Side], recipes: Sequence[Decoding], config: PairsConfig) -> Listed:
    """The pairs of one or two sides: targets first, then inputs."""
    several = len(sides) > 1
    by_name = [_by_name(side) if several else dict(zip(side.names, side.files)) for side in sides]
    common = sorted(set(by_name[0]).intersection(*by_name[1:]))
    if not common:
        a, b = (f"{side.named} has {printable(side.names[0])}, ..." for side in sides)
        raise UsageError(f"no picture has a partner: partners have the same name in both folders, and {b} but {a}")
    if len(common) < 2:
        what = "pair" if several else "picture"
        raise UsageError(f"{sides[0].named}: there is only one {what}, {printable(common[0])}; at least two are needed")
    held = held_out_names(common, config.held_out)
    training = [name for name in common if name not in held][: config.limit]
    kept_apart = [name for name in common if name in held][: config.limit]
    if not training:
        raise UsageError(f"{sides[0].named}: all pictures lie in folders that are held out (test, val); none is learnt")
    names = training + kept_apart
    parts = [Part(side, [files[name] for name in names], recipe)
             for side, files, recipe in zip(sides, by_name, recipes)]  # fmt: skip
    notices = [without_partner(side, set(common)) for side in sides[::-1]] if several else []
    return Listed(parts, names, len(training), tuple(filter(None, notices)))


def _by_name(side: Side) -> Dict[str, PictureFile]:
    """The files of a side by what they share with their partners."""
    twice = [name for name, count in Counter(side.names).items() if count > 1]
    if twice:
        same = [file.name for file, name in zip(side.files, side.names) if name == twice[0]]
        raise UsageError(
            f"{side.named}: {' and '.join(map(printable, same))} have the same name but for the ending, and partners "
            "are found by name; rename or remove one"
        )
    return dict(zip(side.names, side.files))


def _decode(listed: Listed) -> Tuple[List[np.ndarray], List[str], List[Failure], List[str]]:
    """The pictures of all parts, mapped into memory, without the pairs of which one cannot be read."""
    names, parts, failures = list(listed.names), listed.parts, []
    while True:
        results = [decoded(part.side.folder, part.files, part.recipe, cache_dir() / "pictures") for part in parts]
        failed = [{failure.name: failure for failure in result.failures} for result in results]
        kept = []
        for place in range(len(names)):
            broken = [bad[part.files[place].name] for part, bad in zip(parts, failed) if part.files[place].name in bad]
            failures += broken[:1]
            kept += [] if broken else [place]
        if not kept or len(kept) == len(names):
            break
        # Decoded anew without them: each pair must have the same place on both sides.
        names = [names[place] for place in kept]
        parts = [part._replace(files=[part.files[place] for place in kept]) for part in parts]
    notices = list(dict.fromkeys(sentence for result in results for sentence in result.depth))
    return [result.images for result in results], names, failures, notices


def _of_source(config: PairsConfig, data: ImageData) -> PairData:
    """The images of a published data set, some of them held out."""
    names = [f"{number:06d}" for number in range(len(data.images))]
    held = held_out_names(names, config.held_out)
    order = sorted(range(len(names)), key=lambda number: names[number] in held)
    return _parted(
        [data.images[order]],
        [names[number] for number in order],
        len(names) - len(held),
        data.title,
        data.origin,
        data.notices,
    )


def _parted(
    arrays: Sequence[np.ndarray],
    names: Sequence[str],
    training: int,
    title: str,
    origin: str,
    notices: Tuple[str, ...],
) -> PairData:
    """Pairs, targets and inputs (N, C, H, W), of which the first are learnt and the others held out."""
    targets, inputs = arrays[0], arrays[1] if len(arrays) > 1 else None

    def part(which: slice, title: str) -> PairData:
        return PairData(
            targets[which], None, title, origin, inputs=inputs if inputs is None else inputs[which],
            names=tuple(names[which]),
        )  # fmt: skip

    held_out = part(slice(training, None), f"{title}, held out") if training < len(names) else None
    return replace(part(slice(training), title), notices=notices, held_out=held_out)
