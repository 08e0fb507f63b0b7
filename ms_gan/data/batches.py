"""Batches of training images as a function of (seed, step, worker), with no state that a resumed run would lack."""

from typing import Optional

import numpy as np

from ms_gan.errors import UsageError
from ms_gan.pictures.pixels import to_float, unload
from ms_gan.seeds import Purpose, stream

MAPPED_BYTES = 32 << 20  # of a mapped file, read before they are unloaded


def check_batch(batch_size: int, count: int) -> None:
    """Refuse a batch larger than the data set.

    Raises:
        UsageError: naming the option and both numbers.
    """
    if count < batch_size:
        raise UsageError(f"train.batch_size: {batch_size} is out of range; the data set holds {count} images")


class Batches:
    """The training images in a new seeded order each epoch, cut into batches; the last partial batch is dropped.

    Args:
        images: uint8 (N, C, H, W), in memory or mapped into it.
        batch_size: images in one step, over all workers.
        seed: fixes the order.
        worker: which worker this is, 0 to workers - 1; each takes its contiguous part of every batch.
        workers: how many there are.
        mirror: flip each image left to right with probability one half, anew in every step.
        labels: integers (N,), the class of each image; None where `labels` is not asked for.

    Raises:
        UsageError: fewer images than one batch, or a batch that the workers cannot share evenly.
    """

    def __init__(
        self,
        images: np.ndarray,
        batch_size: int,
        seed: int,
        worker: int = 0,
        workers: int = 1,
        mirror: bool = False,
        labels: Optional[np.ndarray] = None,
    ):
        check_batch(batch_size, len(images))
        if batch_size % workers:
            raise UsageError(f"train.batch_size: {batch_size} is not a multiple of the number of workers, {workers}")
        self.steps_per_epoch = len(images) // batch_size
        self._images = images
        self._labels = labels
        self._seed = seed
        self._batch_size = batch_size
        self._mirror = mirror
        share = batch_size // workers
        self._part = slice(worker * share, (worker + 1) * share)
        self._last_order = (-1, np.empty(0, np.int64))
        self._read_bytes = 0

    def batch(self, step: int) -> np.ndarray:
        """This worker's images of a step, which counts from the start of training.

        Returns:
            float32 (batch_size / workers, C, H, W) in [-1, 1].
        """
        chosen = self._images[self._chosen(step)]
        if self._mirror:
            flipped = stream(self._seed, Purpose.MIRROR, step).random(self._batch_size)[self._part] < 0.5
            chosen[flipped] = chosen[flipped, ..., ::-1]
        self._read_bytes += chosen.nbytes
        if self._read_bytes > MAPPED_BYTES:
            unload(self._images)
            self._read_bytes = 0
        return to_float(chosen)

    def labels(self, step: int) -> np.ndarray:
        """The classes of the images that `batch` returns for a step, in their order.

        Returns:
            int32 (batch_size / workers,).

        Raises:
            ValueError: no labels were given.
        """
        if self._labels is None:
            raise ValueError("these batches have no labels; give them with the argument `labels`")
        return self._labels[self._chosen(step)].astype(np.int32)

    def _chosen(self, step: int) -> np.ndarray:
        """Which images are this worker's part of a step, (batch_size / workers,)."""
        epoch, within = divmod(step, self.steps_per_epoch)
        start = within * self._batch_size
        return self._order(epoch)[start : start + self._batch_size][self._part]

    def _order(self, epoch: int) -> np.ndarray:
        """The order of an epoch; the last one asked for is kept, since drawing it takes as long as several batches."""
        if self._last_order[0] != epoch:
            order = stream(self._seed, Purpose.DATA_ORDER, epoch).permutation(len(self._images))
            self._last_order = (epoch, order)
        return self._last_order[1]
