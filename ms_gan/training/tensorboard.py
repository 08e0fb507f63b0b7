"""Event files for TensorBoard: what a run's log tells, its sample grids and its options."""

from typing import Any, Dict

import numpy as np

from ms_gan import tasks
from ms_gan.config.schema import leaves
from ms_gan.config.sections import RunConfig
from ms_gan.extras import need
from ms_gan.pictures.grids import grid
from ms_gan.runs.run_folder import RunFolder
from ms_gan.tasks.task import Measure

SPEED = "images_per_second"
LATEST_SECONDS = 30  # seconds until TensorBoard can see what was written


def check_tensorboard(config: RunConfig) -> None:
    """Refuse event files, before there is a run folder, where what writes them is not installed.

    Raises:
        UsageError: names what to install.
    """
    if config.train.tensorboard:
        need("--train.tensorboard", "tensorboard", "tensorboardX")


class EventFiles:
    """Writes what TensorBoard reads into a folder of its own.

    Args:
        config: the run's configuration.
        folder: the run's.
        step: the step from which training goes on; TensorBoard drops what earlier files hold of later ones.
    """

    def __init__(self, config: RunConfig, folder: RunFolder, step: int):
        from tensorboardX import SummaryWriter

        self._task = tasks.of_config(config)
        new = not folder.tensorboard.exists()
        purge = step + 1 if step else None
        self._writer = SummaryWriter(str(folder.tensorboard), purge_step=purge, flush_secs=LATEST_SECONDS)
        if new:
            self._write_options(config)

    def _write_options(self, config: RunConfig) -> None:
        # SummaryWriter.add_hparams would write them into a folder, and thus as a run, of their own.
        from tensorboardX.summary import hparams

        plain = (bool, int, float, str)
        options = {key: value if isinstance(value, plain) else str(value) for key, _, value in leaves(config)}
        kept = _tag_of(self._task.headline, "averaged" if config.ema.enabled else "raw")
        experiment, start, self._ending = hparams(options, {kept: 0.0})
        for summary in (experiment, start):
            self._writer.file_writer.add_summary(summary)

    def add(self, record: Dict[str, Any]) -> None:
        """Write the numbers of a record of log.jsonl or metrics.jsonl; the last record of a run closes the file."""
        event, when = record["event"], {"global_step": record.get("step"), "walltime": record["time"]}
        if event == "train":
            tags = {**{one.key: one.tag for one in self._task.statistics}, SPEED: f"speed/{SPEED}"}
            for key, tag in tags.items():
                self._writer.add_scalar(tag, record[key], **when)
        elif event == "quality":
            for measure in self._task.measured:
                if measure.key in record:
                    self._writer.add_scalar(_tag_of(measure, record["generator"]), record[measure.key], **when)
        elif event in ("end", "stop", "error"):
            self._writer.close()

    def add_images(self, step: int, images: np.ndarray) -> None:
        """Write images, uint8 (N, C, H, W), as one grid."""
        self._writer.add_image("samples", grid(images), step)


def _tag_of(measure: Measure, kind: str) -> str:
    """The tag of a measure; `kind`: raw or averaged."""
    return f"{measure.key}/{kind}"
