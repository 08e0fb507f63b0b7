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


def evenly_spaced(total: int, count: Optional[int]) -> np.ndarray:
    """Different numbers from 0 to total - 1, evenly spaced and rising, (count,); all of them where count is larger."""
    count = total if count is None else min(count, total)
    return np.arange(count) * total // max(count, 1)


class Mapped:
    """Images (N, C, H, W), in memory or mapped from a file, of which what has been read does not stay in memory."""

    def __init__(self, images: np.ndarray):
        self._images = images
        self._read_bytes = 0

    def take(self, chosen: np.ndarray) -> np.ndarray:
        """A copy of the images with these numbers, (n,): uint8 (n, C, H, W)."""
        taken = self._images[chosen]
        self._read_bytes += taken.nbytes
        if self._read_bytes > MAPPED_BYTES:
            unload(self._images)
            self._read_bytes = 0
        return taken


class Order:
    """Which images a worker takes in each step: all in a new seeded order each epoch, but for the last partial batch.

    Args:
        count: how many images there are.
        batch_size: images in one step, over all workers.
        seed: fixes the order.
        worker: which worker this is, 0 to workers - 1; each takes its contiguous part of every batch.
        workers: how many there are.

    Raises:
        UsageError: fewer images than one batch, or a batch that the workers cannot share evenly.
    """

    def __init__(self, count: int, batch_size: int, seed: int, worker: int = 0, workers: int = 1):
        check_batch(batch_size, count)
        self.part = worker_part(batch_size, worker, workers)
        self.steps_per_epoch = count // batch_size
        self._count, self._batch_size, self._seed = count, batch_size, seed
        self._last = (-1, np.empty(0, np.int64))

    def chosen(self, step: int) -> np.ndarray:
        """The numbers of this worker's images in a step, integers (n,), n = batch_size / workers."""
        epoch, within = divmod(step, self.steps_per_epoch)
        start = within * self._batch_size
        return self._of_epoch(epoch)[start : start + self._batch_size][self.part]

    def _of_epoch(self, epoch: int) -> np.ndarray:
        """The order of an epoch; the last one asked for is kept, since drawing it takes as long as several batches."""
        if self._last[0] != epoch:
            self._last = (epoch, stream(self._seed, Purpose.DATA_ORDER, epoch).permutation(self._count))
        return self._last[1]


def worker_part(batch_size: int, worker: int, workers: int) -> slice:
    """A worker's part of a batch.

    Raises:
        UsageError: the workers cannot share the batch evenly.
    """
    if batch_size % workers:
        raise UsageError(f"train.batch_size: {batch_size} is not a multiple of the number of workers, {workers}")
    share = batch_size // workers
    return slice(worker * share, (worker + 1) * share)


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
        self._order = Order(len(images), batch_size, seed, worker, workers)
        self.steps_per_epoch = self._order.steps_per_epoch
        self._images = Mapped(images)
        self._labels = labels
        self._seed, self._batch_size, self._mirror = seed, batch_size, mirror

    def batch(self, step: int) -> np.ndarray:
        """This worker's images of a step, which counts from the start of training.

        Returns:
            float32 (batch_size / workers, C, H, W) in [-1, 1].
        """
        chosen = self._images.take(self._order.chosen(step))
        if self._mirror:
            flipped = mirrored(self._seed, self._batch_size, step)[self._order.part]
            chosen[flipped] = chosen[flipped, ..., ::-1]
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
        return self._labels[self._order.chosen(step)].astype(np.int32)


def mirrored(seed: int, batch_size: int, *place: int) -> np.ndarray:
    """Which images of a step's whole batch are mirrored, bool (n,): each with probability one half."""
    return stream(seed, Purpose.MIRROR, *place).random(batch_size) < 0.5
