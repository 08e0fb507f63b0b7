"""The inputs of each step, as a function of (seed, step) and the worker's part alone."""

from functools import partial
from typing import Callable, List, NamedTuple, Optional

import mindspore as ms
import numpy as np

from ms_gan.data import Batches
from ms_gan.generators.labels import draw_labels
from ms_gan.generators.latents import draw_latents
from ms_gan.runtime.workers import Workers
from ms_gan.seeds import Purpose, stream
from ms_gan.tasks.latent import Config
from ms_gan.training.adversarial.augment import POLICIES
from ms_gan.training.adversarial.losses import OBJECTIVES

BLOCK_IMAGES = 128  # images whose numbers one stream gives; part of what a seed means: never change it
Array = Optional[np.ndarray]
Draw = Callable[[np.random.Generator, int], np.ndarray]  # so many images' numbers, (count, ...)


class StepNumbers(NamedTuple):
    """A step's numbers, each None where it has no use; N images, U updates and P passes of D.

    Labels are int32, all others float32.
    """

    images: np.ndarray  # (U, N, C, H, W), in [-1, 1]
    latents_d: np.ndarray  # (U, N, latent width)
    latents_g: Array  # (1, N, latent width); None where the generator's update shares those of the discriminator's
    label_noise: Array  # (U, 2, N, 1): U(0, label_noise), for real and for generated images
    masks: Array  # (P, N, features), dropout: 0 where hidden, else 1 / (1 - dropout)
    noise: Array  # (P, N, C, H, W), instance noise before its scaling: N(0, 1)
    augmentation: Array  # (P, N, as many as the policy takes), DiffAugment's numbers: U(0, 1)
    interpolation: Array  # (U, N, 1, 1, 1), the gradient penalty's places between real and generated images: U(0, 1)
    labels: Array  # (U, N), the classes of the images
    labels_d: Array  # (U, N), beside latents_d
    labels_g: Array  # (1, N), beside latents_g

    def part(self, index: int, count: int) -> "StepNumbers":
        """The `index`-th of `count` equal parts of the N images, with what belongs to them."""
        return StepNumbers(*(_cut(array, axis, index, count) for array, axis in zip(self, IMAGE_AXES)))


IMAGE_AXES = StepNumbers(1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1)  # of each array: the one with N

IN_A_ROW = ("images", "latents_d", "latents_g", "labels", "labels_d", "labels_g")  # whose updates a step takes in a row


def _cut(array: Array, axis: int, index: int, count: int) -> Array:
    """The `index`-th of `count` equal parts of an axis, a view."""
    if array is None:
        return None
    size = array.shape[axis] // count
    return array[(slice(None),) * axis + (slice(index * size, (index + 1) * size),)]


class StepInputs:
    """Images, latents and all other random numbers of every step.

    Args:
        config: the run's configuration.
        images: uint8 (N, C, H, W).
        features: how many features the discriminator's dropout acts on, or 0; may be set later.
        workers: which worker this is. Each takes its part of what one worker alone would be given.
        labels: (N,), int32, the classes of the images, where both networks learn them; each class has images.

    Attributes:
        generator_noise: how many numbers of noise the generator is given behind each latent; 0 until it is set.

    Raises:
        UsageError: a batch larger than the data set, or one that the workers cannot share evenly.
    """

    def __init__(
        self,
        config: Config,
        images: np.ndarray,
        features: int = 0,
        workers: Optional[Workers] = None,
        labels: Optional[np.ndarray] = None,
    ):
        self._config = config
        self.features, self.generator_noise = features, 0
        workers = workers or Workers()
        rank, count = workers.rank, workers.count
        self._batches = Batches(images, config.train.batch_size, config.seed, rank, count, config.data.mirror, labels)
        self._class_counts = None if labels is None else np.bincount(labels)
        share = config.train.batch_size // count
        self._part = slice(rank * share, (rank + 1) * share)
        self._image_shape = images.shape[1:]
        self._updates = config.procedure.d_steps
        self._shares_fakes = config.procedure.fakes == "shared"
        # The discriminator's passes of a step, in the order of judge.passes_of.
        self._paired = OBJECTIVES[config.procedure.objective].paired
        self._passes = 2 * self._updates + (2 if self._paired else 1)
        self.steps_per_epoch = max(1, self._batches.steps_per_epoch // self._updates)

    def __call__(self, step: int) -> List:
        """The inputs of TrainOneStep for a step, counted from 0; with train.accumulate those of AccumulatedStep."""
        numbers, count = self.numbers(step), self._config.train.accumulate
        if count == 1:
            # Images of all updates in a row, with their latents and labels.
            flat = {name: getattr(numbers, name) for name in IN_A_ROW}
            flat = {name: None if a is None else a.reshape(-1, *a.shape[2:]) for name, a in flat.items()}
            return _tensors(list(numbers._replace(**flat)))
        parts = [numbers.part(index, count) for index in range(count)]
        updates = [[self._for_discriminator(part, i) for part in parts] for i in range(self._updates)]
        return [updates, [self._for_generator(part) for part in parts]]

    def numbers(self, step: int) -> StepNumbers:
        """This worker's numbers of a step."""
        latent, updates = self._config.latent, self._updates
        images = [self._batches.batch(step * updates + i) for i in range(updates)]
        draw = partial(draw_latents, latent=latent)
        latents_d = self._latents(range(updates), step, draw)
        # Of the generator's update the latents are those after the discriminator's.
        latents_g = None
        if not self._shares_fakes:
            latents_g = self._latents(range(updates, updates + 1), step, draw)
        others = (self._label_noise, self._masks, self._noise, self._augmentation, self._interpolation)
        return StepNumbers(
            _stacked(images), latents_d, latents_g, *(other(step) for other in others), *self._labels(step)
        )

    def _latents(self, passes: range, step: int, draw: Draw) -> np.ndarray:
        """This worker's latents of several passes, with the generator's noise behind each, (passes, N, width)."""
        latents = self._of_passes(passes, Purpose.TRAINING_LATENTS, step, draw)
        if not self.generator_noise:
            return latents
        noise = self._of_passes(passes, Purpose.GENERATOR_NOISE, step, _normal(self.generator_noise))
        return np.concatenate([latents, noise], axis=-1)

    def _of_passes(self, passes: range, purpose: Purpose, step: int, draw: Draw) -> np.ndarray:
        """This worker's numbers of several passes, (passes, N, ...)."""
        return _stacked([self._rows(purpose, step, number, draw) for number in passes])

    def _rows(self, purpose: Purpose, step: int, number: int, draw: Draw) -> np.ndarray:
        """This worker's numbers of one pass, (N, ...).

        A stream gives those of a block of the batch, so that nobody draws what only others need: what a worker
        draws does not grow with the number of workers.
        """
        start, stop = self._part.start, self._part.stop
        rows = []
        for block in range(start // BLOCK_IMAGES, -(-stop // BLOCK_IMAGES)):
            random = stream(self._config.seed, purpose, step, number, block)
            drawn = draw(random, min(BLOCK_IMAGES, stop - block * BLOCK_IMAGES))
            rows.append(drawn[max(0, start - block * BLOCK_IMAGES) :])
        return rows[0] if len(rows) == 1 else np.concatenate(rows)

    def _for_discriminator(self, part: StepNumbers, update: int) -> List:
        """One part's inputs of DiscriminatorGradients."""
        aids = [
            None if a is None else a[2 * update : 2 * update + 2] for a in (part.masks, part.noise, part.augmentation)
        ]
        own = [part.label_noise, part.interpolation, part.labels, part.labels_d]
        noise, *rest = [None if a is None else a[update] for a in own]
        return _tensors([part.images[update], part.latents_d[update], noise, *aids, *rest])

    def _for_generator(self, part: StepNumbers) -> List:
        """One part's inputs of GeneratorGradients."""
        aids = [None if a is None else a[2 * self._updates :] for a in (part.masks, part.noise, part.augmentation)]
        shares = self._shares_fakes
        latents, labels = (part.latents_d, part.labels_d) if shares else (part.latents_g, part.labels_g)
        reals = [part.images, part.labels] if self._paired else [None, None]
        labels, *reals = [None if labels is None else labels[0], *(None if a is None else a[-1] for a in reals)]
        return _tensors([latents[0], *aids, labels, *reals])

    def _labels(self, step: int) -> List[Array]:
        """The classes of the images, and those that are asked for in the updates of both networks."""
        if self._class_counts is None:
            return [None, None, None]
        updates, draw = self._updates, partial(draw_labels, counts=self._class_counts)
        real = [self._batches.labels(step * updates + i) for i in range(updates)]
        asked = [self._of_passes(range(updates), Purpose.TRAINING_LABELS, step, draw), None]
        if not self._shares_fakes:
            asked[1] = self._of_passes(range(updates, updates + 1), Purpose.TRAINING_LABELS, step, draw)
        return [_stacked(real), *asked]

    def _label_noise(self, step: int) -> Array:
        largest, draw = np.float32(self._config.procedure.label_noise), _uniform(1)
        if not largest:
            return None
        noise = self._of_passes(range(2 * self._updates), Purpose.LABEL_NOISE, step, draw)
        return largest * noise.reshape(self._updates, 2, -1, 1)

    def _masks(self, step: int) -> Array:
        dropout = self._config.discriminator.dropout
        if not self.features or not dropout:
            return None
        drawn = self._of_passes(range(self._passes), Purpose.DROPOUT, step, _uniform(self.features))
        return (drawn >= dropout) * np.float32(1 / (1 - dropout))

    def _noise(self, step: int) -> Array:
        if not self._config.regularise.instance_noise:
            return None
        return self._of_passes(range(self._passes), Purpose.INSTANCE_NOISE, step, _normal(*self._image_shape))

    def _augmentation(self, step: int) -> Array:
        count = sum(POLICIES[name].draws for name in self._config.regularise.augment)
        return self._of_passes(range(self._passes), Purpose.AUGMENT, step, _uniform(count)) if count else None

    def _interpolation(self, step: int) -> Array:
        if not self._config.regularise.gradient_penalty:
            return None
        return self._of_passes(range(self._updates), Purpose.PENALTY, step, _uniform(1, 1, 1))


def _uniform(*shape: int) -> Draw:
    """Draws U(0, 1), float32, of a shape for each image."""
    return lambda random, count: random.random((count, *shape), dtype=np.float32)


def _normal(*shape: int) -> Draw:
    """Draws N(0, 1), float32, of a shape for each image."""
    return lambda random, count: random.standard_normal((count, *shape), dtype=np.float32)


def _stacked(arrays: List[np.ndarray]) -> np.ndarray:
    """np.stack, without a copy of a single array."""
    return arrays[0][None] if len(arrays) == 1 else np.stack(arrays)


def _tensors(arrays: List[Array]) -> List[Optional[ms.Tensor]]:
    return [None if array is None else ms.Tensor.from_numpy(np.ascontiguousarray(array)) for array in arrays]
