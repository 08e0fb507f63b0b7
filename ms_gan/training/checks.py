"""Checks of a run before it reads data, which can take minutes. Imports no MindSpore.

A run, its plan (--dry-run) and the launcher of several workers make the same checks.
"""

from pathlib import Path
from typing import Optional

from ms_gan import tasks
from ms_gan.config.paths import FILE, kind_at
from ms_gan.config.sections import RunConfig
from ms_gan.data.batches import check_batch
from ms_gan.data.expected import expected
from ms_gan.errors import UsageError
from ms_gan.runs.run_folder import check_output
from ms_gan.runtime.precision import check_precision
from ms_gan.training.tensorboard import check_tensorboard


def check_before_data(config: RunConfig, device: str, new: bool) -> None:
    """Refuse what is impossible by the options alone.

    Args:
        config: the run's configuration.
        device: where it runs: CPU, GPU or Ascend.
        new: whether a folder is to be made for it.

    Raises:
        UsageError: options that do not go together or that the images do not allow, or a folder that is taken.
        GanError: a folder of pictures that cannot be listed.
    """
    check_options(config, device)
    check_precision(device, config.precision)
    if new:
        check_output(config.output, config.recipe)
    images = expected(config.data)
    tasks.find(config.task).check_sizes(config, images.shape)
    if images.most is not None:
        check_batch(config.train.batch_size, images.most)


def check_options(config: RunConfig, device: str) -> None:
    """Refuse options that do not go together, or not on a device; whatever the images are.

    Raises:
        UsageError: naming an option.
    """
    tasks.find(config.task).check(config)
    if config.train.sync_batch_norm:
        check_norms(device)
    check_features(config.metrics.features)
    check_tensorboard(config)


def check_norms(device: str) -> None:
    """Refuse train.sync_batch_norm where MindSpore has no such layer.

    Raises:
        UsageError: a device other than an Ascend.
    """
    if device != "Ascend":
        raise UsageError(
            f"train.sync_batch_norm: MindSpore has it on Ascend only, not on a {device}; leave it false: each worker "
            "normalises its own images"
        )


def check_features(given: Optional[str]) -> None:
    """Refuse a file that cannot be a network.

    Raises:
        UsageError: naming the option.
    """
    if given and not (given.endswith(".onnx") and kind_at(Path(given), "metrics.features") == FILE):
        raise UsageError(f"metrics.features: {given} is not allowed; give an existing file that ends in .onnx")
