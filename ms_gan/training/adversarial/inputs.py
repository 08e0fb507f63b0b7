"""The inputs of each step, as a function of (seed, step) and the worker's part alone."""

from functools import partial
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

import mindspore as ms
import numpy as np

from ms_gan.config.sections import AdversarialConfig
from ms_gan.data import Batches
from ms_gan.generators.labels import draw_labels
from ms_gan.generators.latents import draw_latents
from ms_gan.runtime.workers import Workers
from ms_gan.seeds import Purpose, stream
from ms_gan.training.adversarial.augment import drawing
from ms_gan.training.adversarial.losses import OBJECTIVES

BLOCK_IMAGES = 128  # images whose numbers one stream gives; part of what a seed means: never change it
Array = Optional[np.ndarray]
Draw = Callable[[np.random.Generator, int], np.ndarray]  # so many images' numbers, (count, ...)


class StepNumbers(NamedTuple):
    """A step's numbers, each None where it has no use; N images, U updates and P passes of D.

    Labels are int32, all others float32.
    """

    images: np.ndarray  # (U, N, C, H, W), in [-1, 1]
    latents_d: Array = None  # (U, N, latent width); None where the generator is given pictures
    latents_g: Array = (
        None  # (1, N, latent width); None where the generator's update shares those of the discriminator's
    )
    label_noise: Array = None  # (U, 2, N, 1): U(0, label_noise), for real and for generated images
    masks: Array = None  # (P, N, features), dropout: 0 where hidden, else 1 / (1 - dropout)
    noise: Array = None  # (P, N, C, H, W), instance noise before its scaling: N(0, 1)
    augmentation: Array = None  # (P, N, as many as the policy takes), the numbers of Augmentation
    interpolation: Array = (
        None  # (U, N, 1, 1, 1), the gradient penalty's places between real and generated images: U(0, 1)
    )
    labels: Array = None  # (U, N), the classes of the images
    labels_d: Array = None  # (U, N), beside latents_d
    labels_g: Array = None  # (1, N), beside latents_g
    pictures: Array = None  # (U, N, C', H, W), what the generator is given in place of latents

    def part(self, index: int, count: int) -> "StepNumbers":
        """The `index`-th of `count` equal parts of the N images, with what belongs to them."""
        return StepNumbers(*(_cut(array, axis, index, count) for array, axis in zip(self, IMAGE_AXES)))


IMAGE_AXES = StepNumbers(1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1)  # of each array: the one with N

# Those whose updates a step takes in a row.
IN_A_ROW = ("images", "latents_d", "latents_g", "labels", "labels_d", "labels_g", "pictures")


def _cut(array: Array, axis: int, index: int, count: int) -> Array:
    """The `index`-th of `count` equal parts of an axis, a view."""
    if array is None:
        return None
    size = array.shape[axis] // count
    return array[(slice(None),) * axis + (slice(index * size, (index + 1) * size),)]


class AdversarialInputs:
    """What every step is given: images, what the generator is given, and random numbers. `shown` tells the first two.

    Args:
        config: the run's configuration.
        image_shape: (C, H, W) of the images.
        batches: steps in which the images are seen once, with one update of the discriminator in each.
        features: how many features the discriminator's dropout acts on, or 0; may be set later.
        workers: which worker this is. Each takes its part of what one worker alone would be given.
        has_terms: whether terms of the generator's loss look at the images.
    """

    def __init__(
        self,
        config: AdversarialConfig,
        image_shape: Tuple[int, int, int],
        batches: int,
        features: int = 0,
        workers: Optional[Workers] = None,
        has_terms: bool = False,
    ):
        self._config = config
        self._has_terms = has_terms
        self.features = features
        workers = workers or Workers()
        share = config.train.batch_size // workers.count
        self._part = slice(workers.rank * share, (workers.rank + 1) * share)
        self._image_shape = image_shape
        self._updates = config.procedure.d_steps
        self._shares_fakes = config.procedure.fakes == "shared"
        # The discriminator's passes of a step, in the order of judge.passes_of.
        self._paired = OBJECTIVES[config.procedure.objective].paired
        self._passes = 2 * self._updates + (2 if self._paired else 1)
        self.steps_per_epoch = max(1, batches // self._updates)
        regularise = config.regularise
        sometimes = regularise.augment_target is not None or regularise.augment_p != 1
        self._draw_augmentation = drawing(regularise.augment, image_shape, sometimes) if regularise.augment else None

    def shown(self, step: int) -> StepNumbers:
        """The images of a step, and what the generator is given: latents, labels or pictures; nothing else."""
        raise NotImplementedError

    def __call__(self, step: int) -> List:
        """The inputs of TrainOneStep for a step, counted from 0; with train.accumulate those of AccumulatedStep."""
        numbers, count = self.numbers(step), self._config.train.accumulate
        if count == 1:
            # Images of all updates in a row, with what belongs to them.
            flat = {name: getattr(numbers, name) for name in IN_A_ROW}
            flat = {name: None if a is None else a.reshape(-1, *a.shape[2:]) for name, a in flat.items()}
            return _tensors(list(numbers._replace(**flat)))
        parts = [numbers.part(index, count) for index in range(count)]
        updates = [[self._for_discriminator(part, i) for part in parts] for i in range(self._updates)]
        return [updates, [self._for_generator(part) for part in parts]]

    def numbers(self, step: int) -> StepNumbers:
        """This worker's numbers of a step."""
        return self.shown(step)._replace(
            label_noise=self._label_noise(step),
            masks=self._masks(step),
            noise=self._noise(step),
            augmentation=self._augmentation(step),
            interpolation=self._interpolation(step),
        )

    def _of_passes(self, passes: range, purpose: Purpose, step: int, draw: Draw) -> np.ndarray:
        """This worker's numbers of several passes, (passes, N, ...)."""
        return stacked([self._rows(purpose, step, number, draw) for number in passes])

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
        own = [part.latents_d, part.label_noise, part.interpolation, part.labels, part.labels_d, part.pictures]
        latents, noise, *rest = [None if a is None else a[update] for a in own]
        return _tensors([part.images[update], latents, noise, *aids, *rest])

    def _for_generator(self, part: StepNumbers) -> List:
        """One part's inputs of GeneratorGradients."""
        aids = [None if a is None else a[2 * self._updates :] for a in (part.masks, part.noise, part.augmentation)]
        latents, labels = (part.latents_d, part.labels_d) if self._shares_fakes else (part.latents_g, part.labels_g)
        # Of several updates' images and pictures the last ones.
        beside = [part.images if self._paired or self._has_terms else None, part.labels if self._paired else None]
        last = [None if a is None else a[-1] for a in (*beside, part.pictures)]
        own = [None if a is None else a[0] for a in (latents, labels)]
        return _tensors([own[0], *aids, own[1], *last])

    def _label_noise(self, step: int) -> Array:
        largest, draw = np.float32(self._config.procedure.label_noise), _uniform(1)
        if not largest:
            return None
        noise = self._of_passes(range(2 * self._updates), Purpose.LABEL_NOISE, step, draw)
        return largest * noise.reshape(self._updates, 2, -1, 1)

    def _masks(self, step: int) -> Array:
        dropout = self._config.discriminator.dropout if self.features else 0.0
        if not dropout:
            return None
        drawn = self._of_passes(range(self._passes), Purpose.DROPOUT, step, _uniform(self.features))
        return (drawn >= dropout) * np.float32(1 / (1 - dropout))

    def _noise(self, step: int) -> Array:
        if not self._config.regularise.instance_noise:
            return None
        return self._of_passes(range(self._passes), Purpose.INSTANCE_NOISE, step, _normal(*self._image_shape))

    def _augmentation(self, step: int) -> Array:
        draw = self._draw_augmentation
        return None if draw is None else self._of_passes(range(self._passes), Purpose.AUGMENT, step, draw)

    def _interpolation(self, step: int) -> Array:
        if not self._config.regularise.gradient_penalty:
            return None
        return self._of_passes(range(self._updates), Purpose.PENALTY, step, _uniform(1, 1, 1))


class StepInputs(AdversarialInputs):
    """Those of a generator of latents.

    Args:
        config: the run's configuration.
        images: uint8 (N, C, H, W).
        features, workers: see AdversarialInputs.
        labels: (N,), int32, the classes of the images, where both networks learn them; each class has images.

    Attributes:
        generator_noise: how many numbers of noise the generator is given behind each latent; 0 until it is set.

    Raises:
        UsageError: a batch larger than the data set, or one that the workers cannot share evenly.
    """

    def __init__(
        self,
        config: Any,
        images: np.ndarray,
        features: int = 0,
        workers: Optional[Workers] = None,
        labels: Optional[np.ndarray] = None,
    ):
        w = workers or Workers()
        self._batches = Batches(
            images, config.train.batch_size, config.seed, w.rank, w.count, config.data.mirror, labels
        )
        self._class_counts = None if labels is None else np.bincount(labels)
        super().__init__(config, images.shape[1:], self._batches.steps_per_epoch, features, workers)
        self.generator_noise = 0

    def shown(self, step: int) -> StepNumbers:
        """The images of a step, with latents, and with labels where there are any."""
        latent, updates = self._config.latent, self._updates
        images = [self._batches.batch(step * updates + i) for i in range(updates)]
        draw = partial(draw_latents, latent=latent)
        latents_d = self._latents(range(updates), step, draw)
        # Of the generator's update the latents are those after the discriminator's.
        latents_g = None
        if not self._shares_fakes:
            latents_g = self._latents(range(updates, updates + 1), step, draw)
        labels, labels_d, labels_g = self._labels(step)
        return StepNumbers(stacked(images), latents_d, latents_g, labels=labels, labels_d=labels_d, labels_g=labels_g)

    def _latents(self, passes: range, step: int, draw: Draw) -> np.ndarray:
        """This worker's latents of several passes, with the generator's noise behind each, (passes, N, width)."""
        latents = self._of_passes(passes, Purpose.TRAINING_LATENTS, step, draw)
        if not self.generator_noise:
            return latents
        noise = self._of_passes(passes, Purpose.GENERATOR_NOISE, step, _normal(self.generator_noise))
        return np.concatenate([latents, noise], axis=-1)

    def _labels(self, step: int) -> List[Array]:
        """The classes of the images, and those that are asked for in the updates of both networks."""
        if self._class_counts is None:
            return [None, None, None]
        updates, draw = self._updates, partial(draw_labels, counts=self._class_counts)
        real = [self._batches.labels(step * updates + i) for i in range(updates)]
        asked = [self._of_passes(range(updates), Purpose.TRAINING_LABELS, step, draw), None]
        if not self._shares_fakes:
            asked[1] = self._of_passes(range(updates, updates + 1), Purpose.TRAINING_LABELS, step, draw)
        return [stacked(real), *asked]


def _uniform(*shape: int) -> Draw:
    """Draws U(0, 1), float32, of a shape for each image."""
    return lambda random, count: random.random((count, *shape), dtype=np.float32)


def _normal(*shape: int) -> Draw:
    """Draws N(0, 1), float32, of a shape for each image."""
    return lambda random, count: random.standard_normal((count, *shape), dtype=np.float32)


def stacked(arrays: List[np.ndarray]) -> np.ndarray:
    """Arrays (...), of one shape, as one (n, ...): np.stack without a copy of a single array."""
    return arrays[0][None] if len(arrays) == 1 else np.stack(arrays)


def _tensors(arrays: List[Array]) -> List[Optional[ms.Tensor]]:
    return [None if array is None else ms.Tensor.from_numpy(np.ascontiguousarray(array)) for array in arrays]
