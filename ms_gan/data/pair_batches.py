"""Batches of pairs, and of the pictures of two sides, as functions of (seed, step, worker), with no state to lose."""

from typing import Optional, Tuple

import numpy as np

from ms_gan.config.translation_sections import PairsConfig, TwoFoldersConfig
from ms_gan.data.batches import Mapped, Order, check_batch, evenly_spaced, mirrored, worker_part
from ms_gan.data.degrade import degradation_of
from ms_gan.data.domains import DomainData
from ms_gan.data.pairs import PairData
from ms_gan.pictures.pixels import to_float
from ms_gan.pictures.resizing import resized
from ms_gan.seeds import Purpose, stream

LEARNT, FIXED = 0, 1  # what a degradation is drawn for: a training's step, or a picture that is shown or measured


class PairBatches:
    """Inputs and targets in a new seeded order each epoch; the last partial batch is dropped.

    Args:
        data: the pairs.
        config: what happens to them: mirror, jitter, degrade.
        batch_size: pairs in one step, over all workers.
        seed: fixes order, mirroring, jitter and degradation.
        rank: which worker this is, 0 to workers - 1; each takes its contiguous part of every batch.
        workers: how many there are.

    Raises:
        UsageError: fewer pairs than one batch, or a batch that the workers cannot share evenly.
    """

    def __init__(
        self, data: PairData, config: PairsConfig, batch_size: int, seed: int, rank: int = 0, workers: int = 1
    ):
        self._order = Order(len(data.images), batch_size, seed, rank, workers)
        self.steps_per_epoch = self._order.steps_per_epoch
        self._config, self._batch_size, self._seed = config, batch_size, seed
        self._degradation = degradation_of(config)
        self._targets = Mapped(data.images)
        self._inputs = None if data.inputs is None else Mapped(data.inputs)
        shape = data.images.shape[1:] if data.inputs is None else data.inputs.shape[1:]
        channels = self._degradation.channels(shape[0]) if self._degradation else shape[0]
        self.inputs_shape = (channels, *shape[1:])

    def batch(self, step: int) -> Tuple[np.ndarray, np.ndarray]:
        """This worker's pairs of a step, which counts from the start of training.

        Returns:
            inputs, float32 (batch_size / workers, C', H, W), and targets, float32 (batch_size / workers, C, H, W), in
            [-1, 1].
        """
        chosen = self._order.chosen(step)
        targets = self._moved(self._targets.take(chosen), step)
        if self._inputs is not None:
            return to_float(self._moved(self._inputs.take(chosen), step)), to_float(targets)
        places = range(self._batch_size)[self._order.part]
        draws = [stream(self._seed, Purpose.DEGRADATION, step, place, LEARNT) for place in places]
        return self._degradation.apply(targets, draws), to_float(targets)

    def fixed(self, data: PairData, count: Optional[int] = None) -> Tuple[np.ndarray, np.ndarray]:
        """Pairs to be shown or measured: not mirrored nor jittered, and with the same defect whatever the run's seed.

        Args:
            data: such as the held-out pairs.
            count: how many at most, evenly taken; None: all.

        Returns:
            inputs, float32 (n, C', H, W) in [-1, 1], and targets, uint8 (n, C, H, W).
        """
        chosen = evenly_spaced(len(data.images), count)
        targets = data.images[chosen]
        if data.inputs is not None:
            return to_float(data.inputs[chosen]), targets
        draws = [stream(0, Purpose.DEGRADATION, int(number), 0, FIXED) for number in chosen]
        return self._degradation.apply(targets, draws), targets

    def _moved(self, images: np.ndarray, step: int) -> np.ndarray:
        return moved(images, self._config, self._seed, self._batch_size, self._order.part, step)


class DomainBatches:
    """Pictures of A and of B, each in a seeded order of its own; an epoch is as long as the larger of both.

    Args:
        data: both sides.
        config: what happens to them: mirror, jitter.
        batch_size: pictures of each side in one step, over all workers.
        seed: fixes orders, mirroring and jitter.
        rank: which worker this is, 0 to workers - 1; each takes its contiguous part of every batch.
        workers: how many there are.

    Raises:
        UsageError: fewer pictures on both sides than one batch, or a batch that the workers cannot share evenly.
    """

    def __init__(
        self, data: DomainData, config: TwoFoldersConfig, batch_size: int, seed: int, rank: int = 0, workers: int = 1
    ):
        most = max(len(data.images), len(data.other))
        check_batch(batch_size, most)
        self._part = worker_part(batch_size, rank, workers)
        self.steps_per_epoch = most // batch_size
        self._config, self._batch_size, self._seed = config, batch_size, seed
        self._sides = [Mapped(data.images), Mapped(data.other)]
        self._cycles = [Cycle(len(data.images), seed, 0), Cycle(len(data.other), seed, 1)]

    def batch(self, step: int) -> Tuple[np.ndarray, np.ndarray]:
        """This worker's pictures of a step, which counts from the start of training.

        Returns:
            of A and of B, float32 (batch_size / workers, C, H, W) in [-1, 1].
        """
        places = np.arange(step * self._batch_size, (step + 1) * self._batch_size)[self._part]
        a, b = (
            to_float(
                moved(images.take(cycle.at(places)), self._config, self._seed, self._batch_size, self._part, step, side)
            )
            for side, (images, cycle) in enumerate(zip(self._sides, self._cycles))
        )
        return a, b


class Cycle:
    """All numbers below `count` in a seeded order, then all of them in another, and so on.

    Args:
        count: how many numbers.
        seed: fixes the orders.
        place: tells cycles of one seed apart.
    """

    def __init__(self, count: int, seed: int, place: int):
        self._count, self._seed, self._place = count, seed, place
        self._last = (-1, np.empty(0, np.int64))

    def at(self, places: np.ndarray) -> np.ndarray:
        """The numbers at some places, (n,), which count from the start and rise."""
        return np.array([self._round(place // self._count)[place % self._count] for place in places.tolist()])

    def _round(self, number: int) -> np.ndarray:
        if self._last[0] != number:
            order = stream(self._seed, Purpose.DATA_ORDER, number, self._place + 1).permutation(self._count)
            self._last = (number, order)
        return self._last[1]


def moved(
    images: np.ndarray, config: TwoFoldersConfig, seed: int, batch_size: int, part: slice, step: int, side: int = 0
) -> np.ndarray:
    """Images uint8 (n, C, H, W) of a step, mirrored and jittered as the config says; both of a pair alike.

    Args:
        images: this worker's part of the batch; may be changed.
        config: the options mirror and jitter.
        seed: of the run.
        batch_size: of all workers.
        part: which of the batch these images are.
        step: counts from the start of training.
        side: tells the draws of both sides apart where they are no pairs.
    """
    if config.mirror:
        flipped = mirrored(seed, batch_size, step, side)[part]
        images[flipped] = images[flipped, ..., ::-1]
    if config.jitter:
        draws = stream(seed, Purpose.JITTER, step, side).random((batch_size, 3))[part]
        images = np.stack([_jittered(image, config.jitter, draw) for image, draw in zip(images, draws)])
    return images


def _jittered(image: np.ndarray, most: float, draw: np.ndarray) -> np.ndarray:
    """A picture enlarged by up to a share, and cropped to its size again: a box of it is scaled."""
    height, width = image.shape[1:]
    shares = np.array([width, height]) / (1 + most * draw[0])
    left, top = (np.array([width, height]) - shares) * draw[1:]
    return resized(image, (height, width), (left, top, left + shares[0], top + shares[1]))
