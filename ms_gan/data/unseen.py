"""Pictures that a finished run's training did not see, to try its generators on."""

from pathlib import Path
from typing import List, Optional

import numpy as np

from ms_gan.data import load
from ms_gan.data.degrade import degradation_of
from ms_gan.data.image_data import ImageData
from ms_gan.data.pair_batches import PairBatches
from ms_gan.data.whereabouts import whereabouts
from ms_gan.errors import GanError
from ms_gan.pictures.pixels import to_float, to_uint8
from ms_gan.pictures.resizing import resized
from ms_gan.tasks import read_config

PAIRED, UNPAIRED = "paired", "unpaired"


class Unseen:
    """The held-out pictures of a run that learns from picture to picture.

    Args:
        config: the run's.
        held: what its data hold out.
    """

    def __init__(self, config, held: ImageData):
        self._config, self._held = config, held

    def inputs(self, network: str, count: int) -> np.ndarray:
        """What a network is given, at most `count` of it: (n, C', H, W), float32 in [-1, 1]."""
        if self._config.task == PAIRED:
            return PairBatches(self._held, self._config.data, 1, self._config.seed).fixed(self._held, count)[0]
        return to_float(self._of_side(network)[:count])

    def pictures(self, network: str, count: int) -> List[np.ndarray]:
        """Pictures as a person would bring them, uint8 (C, H, W) each: with the defect that is to be mended.

        They are sound where a network's input is made of a sound picture: by a hole, grey, or as contours.
        """
        if self._config.task == UNPAIRED:
            return list(self._of_side(network)[:count])
        degradation = degradation_of(self._config.data)
        if degradation is None or degradation.name in ("noise", "jpeg"):
            return list(to_uint8(self.inputs(network, count)))
        truths = self._held.images[:count]
        if degradation.name != "downscale":
            return list(truths)
        sides = [max(1, round(side / degradation.strength)) for side in truths.shape[2:]]
        return [resized(truth, tuple(sides)) for truth in truths]

    def _of_side(self, network: str) -> np.ndarray:
        return self._held.other if network.startswith("generator_ba") else self._held.images


def unseen(folder: Path) -> Optional[Unseen]:
    """The held-out pictures of a run, by its folder; nothing is fetched.

    Returns:
        None: it is no run of these tasks, holds nothing out, or its data are not on this machine.
    """
    if not (folder / "config.yaml").is_file():
        return None
    try:
        config = read_config(folder)
        missing = [place.source for place in whereabouts() if place.folder is None]
        if config.task not in (PAIRED, UNPAIRED) or (config.data.source in missing and config.data.dir is None):
            return None
        held = load(config.data, config.seed).held_out
    except GanError:
        return None
    return None if held is None else Unseen(config, held)
