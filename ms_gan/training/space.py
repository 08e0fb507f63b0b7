"""Whether the disk has room for what a training will write."""

import math
from pathlib import Path
from typing import Optional, Tuple

from ms_gan import tasks
from ms_gan.config.paths import kind_at
from ms_gan.config.sections import RunConfig
from ms_gan.errors import UsageError
from ms_gan.files import as_size, free_space
from ms_gan.pictures.grids import FRAMES, GAP
from ms_gan.report.embedded import GRIDS_BYTES
from ms_gan.runs.events import LOG_BYTES, say
from ms_gan.runs.run_folder import RunFolder
from ms_gan.runs.thinning import END_GRIDS, MOST_GRIDS
from ms_gan.training.lengths import Lengths
from ms_gan.training.system import System

RECORD_BYTES = 300  # of a line of the log
PAGES_BYTES = 2_000_000  # of the plots and of report.html without its pictures


def space_needed(config: RunConfig, system: System, image_shape: Tuple[int, int, int], lengths: Lengths) -> int:
    """The most bytes that a run's folder will hold, one checkpoint in the making included.

    Args:
        config: the run's configuration.
        system: what is trained.
        image_shape: (C, H, W) of the training images.
        lengths: of the run.
    """
    train = config.train
    checkpoint = sum(parameter.nbytes for _, parameter in system.parameters())
    kept_networks = [system.networks[name] for name in system.generators.values()]
    generators = sum(parameter.nbytes for network in kept_networks for parameter in network.get_parameters())
    channels, height, width = image_shape
    side = math.ceil(math.sqrt(train.sample_count * tasks.find(config.task).pictures_each))
    pixels = (side * (height + GAP) + GAP) * (side * (width + GAP) + GAP)
    samples = min(MOST_GRIDS + 2 * END_GRIDS, lengths.total // lengths.sample + 2)
    kept = min(train.keep_checkpoints, lengths.total // lengths.save + 1)
    log = min(LOG_BYTES, RECORD_BYTES * (lengths.total // train.log_every + lengths.total // lengths.per_epoch))
    # A picture of noise is no smaller than its pixels, and an animation has one byte for each.
    pictures = samples * pixels * channels + min(samples, FRAMES) * pixels
    return (
        (kept + 1) * checkpoint
        + 3 * generators
        + pictures
        + min(GRIDS_BYTES, samples * pixels * channels)
        + log
        + PAGES_BYTES
    )


def check_space(
    config: RunConfig,
    system: System,
    image_shape: Tuple[int, int, int],
    lengths: Lengths,
    folder: Optional[RunFolder],
) -> None:
    """Refuse a new run that the disk has no room for; of a resumed one a part is there already: it is warned.

    Args:
        config, system, image_shape, lengths: as of `space_needed`.
        folder: of a run that is resumed, or None.

    Raises:
        UsageError: there is too little room.
    """
    path = folder.path if folder else Path(config.output or "runs")
    kind_at(path, "--output")  # or a sentence
    needed, free = space_needed(config, system, image_shape, lengths), free_space(path)
    if free >= needed:
        return
    lack = (
        f"{path}: the run may need up to {as_size(needed)}, but only {as_size(free)} is free; free some space or "
        "reduce train.keep_checkpoints or raise train.sample_every"
    )
    if not folder:
        raise UsageError(f"--output {lack}", code="space")
    say(f"warning: {lack}")
