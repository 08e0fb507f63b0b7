"""What each step is given, as a function of (seed, step) alone."""

from typing import List, Optional

import mindspore as ms
import numpy as np

from ms_gan.augment import POLICIES
from ms_gan.config import Config
from ms_gan.data import Batches
from ms_gan.latents import training_latents
from ms_gan.losses import OBJECTIVES
from ms_gan.seeds import Purpose, stream


class StepInputs:
    """Images, latents and all other random numbers of every step.

    Args:
        config: the run's configuration.
        images: uint8 (N, C, H, W).
        features: how many features the discriminator's dropout acts on, or 0; may be set later.

    Raises:
        UsageError: a batch larger than the data set.
    """

    def __init__(self, config: Config, images: np.ndarray, features: int = 0):
        self._config = config
        self.features = features
        self._batches = Batches(images, config.train.batch_size, config.seed, mirror=config.data.mirror)
        self._image_shape = images.shape[1:]
        self._updates = config.procedure.d_steps
        # How often the discriminator looks at images: real and generated ones in each of its updates, generated ones in
        # the generator's, and real ones there too where the objective compares the two.
        self._looks = 2 * self._updates + (2 if OBJECTIVES[config.procedure.objective].paired else 1)
        self.steps_per_epoch = max(1, self._batches.steps_per_epoch // self._updates)

    def __call__(self, step: int) -> List[Optional[ms.Tensor]]:
        """The inputs of TrainOneStep for a step, counted from 0."""
        c = self._config
        size = c.train.batch_size
        images = [self._batches.batch(step * self._updates + i) for i in range(self._updates)]
        arrays = [
            images[0] if self._updates == 1 else np.concatenate(images),
            training_latents(c.seed, step, 0, self._updates * size, c.latent),
            training_latents(c.seed, step, 1, size, c.latent),
            self._label_noise(step),
            self._masks(step),
            self._noise(step),
            self._draws(step),
            self._shares(step),
        ]
        return [None if array is None else ms.Tensor.from_numpy(np.ascontiguousarray(array)) for array in arrays]

    def _uniform(self, purpose: Purpose, step: int, *shape: int) -> np.ndarray:
        return stream(self._config.seed, purpose, step).random(shape, dtype=np.float32)

    def _label_noise(self, step: int) -> Optional[np.ndarray]:
        """U(0, label_noise), (d_steps, 2, N, 1), for real and for generated images."""
        largest, size = self._config.procedure.label_noise, self._config.train.batch_size
        if not largest:
            return None
        return np.float32(largest) * self._uniform(Purpose.LABEL_NOISE, step, self._updates, 2, size, 1)

    def _masks(self, step: int) -> Optional[np.ndarray]:
        """Dropout masks, (looks, N, features): 0 where hidden, else 1 / (1 - dropout)."""
        dropout = self._config.discriminator.dropout
        if not self.features or not dropout:
            return None
        shape = (self._looks, self._config.train.batch_size, self.features)
        return (self._uniform(Purpose.DROPOUT, step, *shape) >= dropout) * np.float32(1 / (1 - dropout))

    def _noise(self, step: int) -> Optional[np.ndarray]:
        """Instance noise before its scaling, N(0, 1), (looks, N, C, H, W)."""
        if not self._config.regularise.instance_noise:
            return None
        shape = (self._looks, self._config.train.batch_size, *self._image_shape)
        return stream(self._config.seed, Purpose.INSTANCE_NOISE, step).standard_normal(shape, dtype=np.float32)

    def _draws(self, step: int) -> Optional[np.ndarray]:
        """DiffAugment's numbers, U(0, 1), (looks, N, as many as the policy takes)."""
        count = sum(POLICIES[name].draws for name in self._config.regularise.augment)
        if not count:
            return None
        return self._uniform(Purpose.AUGMENT, step, self._looks, self._config.train.batch_size, count)

    def _shares(self, step: int) -> Optional[np.ndarray]:
        """The gradient penalty's places between real and generated images, U(0, 1), (d_steps, N, 1, 1, 1)."""
        if not self._config.regularise.gradient_penalty:
            return None
        return self._uniform(Purpose.PENALTY, step, self._updates, self._config.train.batch_size, 1, 1, 1)
