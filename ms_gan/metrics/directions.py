"""What the generators of a run that makes pictures of pictures are measured on: one direction, or there and back."""

from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

import numpy as np

from ms_gan.config.translation_sections import PairsConfig, TwoFoldersConfig
from ms_gan.data.batches import evenly_spaced
from ms_gan.data.degrade import degradation_of
from ms_gan.data.domains import DomainData
from ms_gan.data.pair_batches import PairBatches
from ms_gan.data.pairs import PairData
from ms_gan.generators.sampling import open_generator
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.protocol import GeneratorUsed, describe_generator
from ms_gan.metrics.translation import (
    OUTPUT,
    Part,
    Partners,
    as_output,
    filled,
    in_colours,
    in_step,
    measure,
    namesakes,
)
from ms_gan.pictures.pixels import to_float, to_uint8

SHOWN = 12  # rows of a sheet
FLOORS = {  # by degradation
    "downscale": ("bicubic", "the small picture enlarged bicubically"),
    "mask": ("mean colour", "the hole filled with the mean colour of what is known of its picture"),
}
AS_IT_IS = ("input", "the input as it is")


class Direction(NamedTuple):
    """What a generator is measured on.

    Attributes:
        title: what is made of what.
        network: the stem of the generator's file, and `back` of the one that leads back; None: there is none.
        inputs: what it is given, float32 (N, C', H, W).
        floor: what no network makes of them, uint8 (N, C, H, W); its name and what it is.
        real, training: held-out and training pictures such as it should make, uint8 (M, C, H, W) and (T, C, H, W).
        partners: which of `real` its outputs should be.
        holes: bool (N, H, W), True where pixels are unknown; None: there are none.
        mend: from outputs and inputs to what a person gets, float32 (N, C, H, W).
    """

    title: str
    network: str
    back: Optional[str]
    inputs: np.ndarray
    floor: np.ndarray
    floor_is: Tuple[str, str]
    real: np.ndarray
    training: np.ndarray
    partners: Partners
    holes: Optional[np.ndarray] = None
    mend: Any = None


class Found(NamedTuple):
    """What a direction has shown: numbers, a sheet, uint8 (rows, columns, C, H, W), and the generators by column."""

    part: Part
    sheet: np.ndarray
    used: Dict[str, GeneratorUsed]


def of_pairs(config: PairsConfig, data: PairData, seed: int, most: int) -> List[Direction]:
    """The direction of a run that has learnt pairs.

    Args:
        config: its data's options.
        data: its pictures, with some held out.
        seed: the run's.
        most: so many of the held-out pictures at most.
    """
    inputs, truths = PairBatches(data, config, 1, seed).fixed(data.held_out, min(most, len(data.held_out.images)))
    degradation = degradation_of(config)
    floor, holes = filled(inputs) if config.degrade == "mask" else (as_output(inputs, truths.shape[1]), None)
    return [
        Direction(
            " to ".join(config.direction) if degradation is None else config.degrade,
            "generator",
            None,
            inputs,
            floor,
            FLOORS.get(config.degrade, AS_IT_IS),
            truths,
            data.images,
            in_step(len(truths)),
            holes,
            None if degradation is None else degradation.restored,
        )
    ]


def of_domains(config: TwoFoldersConfig, data: DomainData, seed: int, most: int) -> List[Direction]:
    """Both directions of a run that has learnt two folders; as `of_pairs`. Pictures of one name are partners."""
    held = data.held_out
    a, names = held.images[:most], held.names[:most]
    b, others = held.other[:most], held.other_names[:most]
    return [
        Direction(
            title, network, back, to_float(given), in_colours(given, real.shape[1]), AS_IT_IS, real, training, known
        )
        for title, network, back, given, real, training, known in (
            ("a to b", "generator_ab", "generator_ba", a, b, data.other, namesakes(names, others)),
            ("b to a", "generator_ba", "generator_ab", b, a, data.images, namesakes(others, names)),
        )
    ]


def look(direction: Direction, runs: Mapping[str, Path], features: Features) -> Found:
    """Measure the generators of some runs in one direction, and show what they make.

    Outputs are rounded to 8 bits as they are saved; a way back begins with these, so that no picture can be hidden
    in differences too small to be saved.

    Args:
        direction: the direction.
        runs: run folders by the names of their columns.
        features: the extractor for pictures such as the generators should make.

    Raises:
        UsageError: no such generator; too few pictures.
        GanError: damaged files, or outputs that are not finite.
    """
    made: Dict[str, np.ndarray] = {}
    cycles: Dict[str, Dict[str, float]] = {}
    used: Dict[str, GeneratorUsed] = {}
    returned: Dict[str, np.ndarray] = {}
    for name, folder in runs.items():
        opened = open_generator(folder / f"{direction.network}.ckpt")
        outputs = opened.run(direction.inputs)
        made[name] = to_uint8(outputs if direction.mend is None else direction.mend(outputs, direction.inputs))
        used[name] = describe_generator(opened)
        if direction.back is not None:
            back = open_generator(folder / f"{direction.back}.ckpt").run(to_float(made[name]))
            returned[name] = to_uint8(back)
            error = np.abs(to_float(returned[name]) - direction.inputs).mean(dtype=np.float64)
            cycles[name] = {"cycle": float(error) / 2}
    made[direction.floor_is[0]] = direction.floor
    part = measure(
        direction.title, made, direction.real, direction.training, features, direction.partners, direction.holes, cycles
    )
    return Found(part, _sheet(direction, [made[name] for name in runs], returned.get(OUTPUT)), used)


def _sheet(direction: Direction, made: List[np.ndarray], returned: Optional[np.ndarray]) -> np.ndarray:
    """Rows of input, outputs, what comes back, and the truth where it is known."""
    channels, partners = direction.real.shape[1], direction.partners
    known = len(partners.made) > 0
    places = partners.made if known else np.arange(len(direction.inputs))
    chosen = evenly_spaced(len(places), SHOWN)
    rows = places[chosen]
    colours = 3 if direction.inputs.shape[1] >= 3 else 1  # what follows them is no colour
    columns = [as_output(direction.inputs[rows, :colours], channels), *(pictures[rows] for pictures in made)]
    if returned is not None:
        columns.append(in_colours(returned[rows], channels))
    if known:
        columns.append(direction.real[partners.real[chosen]])
    return np.stack(columns, axis=1)
