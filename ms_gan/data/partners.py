"""Whether pictures suit each other as partners, told from their headers before anything is decoded."""

from pathlib import Path
from typing import Optional, Sequence, Tuple

from ms_gan.data.batches import evenly_spaced
from ms_gan.data.decode import allowing, is_side_by_side, size_of
from ms_gan.data.two_folders import LAYOUTS, Side
from ms_gan.data.walk import printable
from ms_gan.errors import UsageError

LOOKED_AT = 500  # pictures or pairs, evenly taken
TOLERANCE = 0.02  # by which the proportions of partners may differ


def refuse_single_pictures(side: Side, most: int) -> None:
    """Refuse a folder most of whose pictures are not two side by side.

    Args:
        side: the pictures.
        most: pixels that a picture may have.

    Raises:
        UsageError: says what a folder of pairs can look like.
    """
    chosen = [side.files[place] for place in evenly_spaced(len(side.files), LOOKED_AT)]
    with allowing(most):
        sizes = [(file.name, size_of(side.folder / file.name)) for file in chosen]
    known = [(name, size) for name, size in sizes if size]
    wrong = [(name, size) for name, size in known if not is_side_by_side(size)]
    if len(wrong) > len(known) / 2:
        name, (width, height) = wrong[0]
        raise UsageError(
            f"--data-dir: {side.given} holds no pairs: it should have {LAYOUTS}, or pictures with both side by side, "
            f"twice as wide as high ({printable(name)} is {width}x{height}); to learn from one folder set data.degrade"
        )


def different_shapes(
    folders: Sequence[Path], names: Sequence[str], files: Sequence[Sequence[Tuple]], most: int
) -> Optional[str]:
    """A sentence about partners of which one has other proportions, so that their middles show different things.

    Args:
        folders: where the paths of each side begin.
        names: of the pairs.
        files: of each side, a file a pair.
        most: pixels that a picture may have.
    """
    chosen, found = evenly_spaced(len(names), LOOKED_AT), []
    with allowing(most):
        for place in chosen:
            sizes = [size_of(folder / of[place].name) for folder, of in zip(folders, files)]
            if all(sizes):
                (width, height), (other_width, other_height) = sizes
                if abs(width * other_height / (height * other_width) - 1) > TOLERANCE:
                    found.append(f"{printable(names[place])} {width}x{height} and {other_width}x{other_height}")
    if not found:
        return None
    return (
        f"{len(found):,} of {len(chosen):,} pairs have pictures of different proportions, of which the squares in the "
        f"middle may not show the same: {found[0]}"
    )
