"""What each step is given, as a function of (seed, step) alone."""

from typing import List, Optional

import mindspore as ms
import numpy as np

from ms_gan.config import Config
from ms_gan.data import Batches
from ms_gan.latents import training_latents
from ms_gan.seeds import Purpose, stream


class StepInputs:
    """Images, latents, label noise and dropout masks of every step.

    Args:
        config: the run's configuration.
        images: uint8 (N, C, H, W).
        features: how many features the discriminator's dropout acts on, or 0.

    Raises:
        UsageError: a batch larger than the data set.
    """

    def __init__(self, config: Config, images: np.ndarray, features: int = 0):
        self._config = config
        self._features = features
        self._batches = Batches(images, config.train.batch_size, config.seed, mirror=config.data.mirror)
        self.steps_per_epoch = max(1, self._batches.steps_per_epoch // config.procedure.d_steps)

    def __call__(self, step: int) -> List[Optional[ms.Tensor]]:
        """The inputs of TrainOneStep for a step, counted from 0."""
        c = self._config
        updates, size = c.procedure.d_steps, c.train.batch_size
        images = [self._batches.batch(step * updates + i) for i in range(updates)]
        arrays = [
            images[0] if updates == 1 else np.concatenate(images),
            training_latents(c.seed, step, 0, updates * size, c.latent),
            training_latents(c.seed, step, 1, size, c.latent),
            self._label_noise(step),
            self._masks(step),
        ]
        return [None if array is None else ms.Tensor(array) for array in arrays]

    def _label_noise(self, step: int) -> Optional[np.ndarray]:
        """U(0, label_noise), (d_steps, 2, N, 1), for real and for generated images."""
        procedure, size = self._config.procedure, self._config.train.batch_size
        if not procedure.label_noise:
            return None
        random = stream(self._config.seed, Purpose.LABEL_NOISE, step)
        return np.float32(procedure.label_noise) * random.random((procedure.d_steps, 2, size, 1), dtype=np.float32)

    def _masks(self, step: int) -> Optional[np.ndarray]:
        """Dropout masks, (2 * d_steps + 1, N, features): 0 where hidden, else 1 / (1 - dropout)."""
        dropout = self._config.discriminator.dropout
        if not self._features or not dropout:
            return None
        shape = (2 * self._config.procedure.d_steps + 1, self._config.train.batch_size, self._features)
        kept = stream(self._config.seed, Purpose.DROPOUT, step).random(shape, dtype=np.float32) >= dropout
        return kept * np.float32(1 / (1 - dropout))
