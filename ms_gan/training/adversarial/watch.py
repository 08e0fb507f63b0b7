"""Signs of a training that goes wrong: a discriminator that always wins, samples that are nearly identical."""

from typing import Iterable, List, Optional, Sequence, Set, Tuple

import mindspore as ms
import numpy as np

from ms_gan.config.sections import OptimizerConfig
from ms_gan.tasks.latent import Config
from ms_gan.training.adversarial.losses import OBJECTIVES
from ms_gan.training.schedules import SCHEDULES, decayed
from ms_gan.training.showcase import Sign

WINDOW_STEPS = 500  # steps for which a sign must last; images are given twice as many to differ
CERTAIN = 0.01  # D(G(z)), 1 - D(x), or the discriminator's loss where its outputs are no probabilities
STILL = 0.01  # movement of the weights, as a part of that of a random walk of steps as long as the learning rate
ALIKE = 0.2  # distance between generated images, as a part of that between real ones
COMPARED_IMAGES = 64  # images of a grid


def diversity(images: np.ndarray) -> float:
    """The root of the mean squared distance between two different images of some (N, C, H, W), N at least 2.

    That mean is twice the sum of the pixels' unbiased variances.
    """
    return float(np.sqrt(2 * images.reshape(len(images), -1).astype(np.float32).var(axis=0, ddof=1).sum()))


class Watch:
    """Looks for signs of a collapse; reports each one once.

    Args:
        config: the run's configuration.
        real: training images, uint8 (N, C, H, W), to compare the sample grids with.
        generator: the parameters that the generator's optimizer moves.
        total: steps of the run.
        told: signs that have been reported already.
    """

    def __init__(
        self, config: Config, real: np.ndarray, generator: Sequence[ms.Parameter], total: int, told: Iterable[str] = ()
    ):
        self._config, self._generator, self._total = config, generator, total
        self._real = diversity(real[:COMPARED_IMAGES]) if len(real) > 1 else 0.0
        self._told: Set[str] = set(told)
        self._certain = 0
        self._before: Optional[Tuple[int, np.ndarray]] = None
        self._alike_since: Optional[int] = None

    def losses(self, statistics: np.ndarray) -> Optional[Sign]:
        """Whether the discriminator has been certain of all images for a whole window.

        Args:
            statistics: (steps, 4 or more), those of tasks/latent.py, of the steps since the last call.
        """
        certain = self._is_certain(statistics)
        self._certain = self._certain + len(certain) if certain.all() else int(certain[::-1].argmin())
        if self._certain < WINDOW_STEPS:
            return None
        return self._sign(
            "discriminator_wins",
            f"the discriminator has been certain of all images for {self._certain:,} steps; almost nothing is left "
            "for the generator to learn from it",
        )

    def _is_certain(self, statistics: np.ndarray) -> np.ndarray:
        loss_d, _, d_real, d_fake = statistics[:, :4].T
        objective = self._config.procedure.objective
        if objective in ("non_saturating", "minimax"):
            return (d_real > 1 - CERTAIN) & (d_fake < CERTAIN)
        # A critic's loss has no end, the others' is zero when there is nothing left to tell apart.
        return np.zeros(len(loss_d), bool) if objective == "wasserstein" else loss_d < CERTAIN

    def weights(self, step: int) -> Optional[Sign]:
        """Whether the generator's weights have stood still for a window, after `step` steps."""
        if self._before is not None and step - self._before[0] < WINDOW_STEPS:
            return None
        now = np.concatenate([parameter.asnumpy().ravel() for parameter in self._generator])
        before, self._before = self._before, (step, now)
        if before is None:
            return None
        steps = step - before[0]
        moved = float(np.sqrt(np.mean(np.square(now - before[1]))))
        if moved >= STILL * np.sqrt(steps) * learning_rate(self._config.optimizer.generator, step, self._total):
            return None
        return self._sign(
            "generator_stands_still",
            f"the generator's weights have hardly moved for {steps:,} steps: its gradients vanish",
            *self._livelier(),
        )

    def images(self, step: int, images: np.ndarray) -> Optional[Sign]:
        """Whether the images of the sample grids, uint8 (N, C, H, W), have been all alike for two windows."""
        if len(images) < 2 or not self._real:
            return None
        share = diversity(images[:COMPARED_IMAGES]) / self._real
        if share >= ALIKE:
            self._alike_since = None
            return None
        self._alike_since = step if self._alike_since is None else self._alike_since
        if step - self._alike_since < 2 * WINDOW_STEPS:
            return None
        return self._sign(
            "samples_alike",
            f"the sample images have been nearly the same for {step - self._alike_since:,} steps: their distances are "
            f"{share:.0%} of those between real images",
        )

    def _sign(self, about: str, text: str, *first: str) -> Optional[Sign]:
        if about in self._told:
            return None
        self._told.add(about)
        *others, last = [*first, *self._fairer()]
        return Sign(about, f"{text}. Try a new run with {', '.join(others)} or {last}")

    def _livelier(self) -> List[str]:
        """Options that give the generator larger gradients."""
        c = self._config
        options = {
            "--procedure.objective non_saturating": c.procedure.objective == "minimax",
            "--generator.slope 0.2": c.generator.name != "dcgan" and not c.generator.slope,
        }
        return [option for option, of_use in options.items() if of_use]

    def _fairer(self) -> List[str]:
        """Options that hold the discriminator back."""
        c = self._config
        smooth = OBJECTIVES[c.procedure.objective].has_labels and not c.procedure.label_smoothing
        options = {
            "--procedure.label_smoothing 0.1": smooth,
            "--regularise.r1 1": not c.regularise.r1,
            '--regularise.augment "[translation,cutout]"': not c.regularise.augment,
            f"--optimizer.discriminator.lr {c.optimizer.discriminator.lr / 4:g}": True,
        }
        return [option for option, of_use in options.items() if of_use]


def learning_rate(config: OptimizerConfig, step: int, total: int) -> float:
    """The learning rate after so many updates of `total`."""
    schedule = SCHEDULES[config.schedule]
    return float(decayed(config.lr, ms.Tensor(float(step)), total, config.decay, schedule, config.hold, config.floor))
