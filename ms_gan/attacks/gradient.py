"""Attacks by the gradient: FGSM, PGD, and PGD on Carlini and Wagner's margin, through a defence where one is given."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Callable, Dict, Optional

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.attacks.bounds import on_our_range
from ms_gan.attacks.objectives import Objective
from ms_gan.classifiers import ImageClassifier
from ms_gan.models.layers import clamped, total
from ms_gan.runtime.progress import progress
from ms_gan.seeds import Purpose, stream

BLOCK = 250  # pictures attacked at once
TINY = 1e-12  # added to a gradient's length; foolbox's number

Defence = Callable[[np.ndarray], np.ndarray]  # pictures (N, C, H, W) in [-1, 1] to cleaned ones
Tick = Callable[[int], None]  # told how many steps are done


@dataclass(frozen=True)
class Attack:
    """How pictures are attacked. Bounds are those of pixels in [0, 1].

    Attributes:
        name: for people and for JSON.
        eps: how far a picture may be from the clean one, in the norm.
        step: how far one step goes.
        steps: how many there are.
        norm: linf or l2.
        objective: cross_entropy or margin.
        targeted: whether labels are the classes to be taken for, not the true ones.
        confidence: margin: kappa.
        restarts: random starts within the bound, of which the worst for the classifier is kept; 0: one start, at the
            clean picture.
        seed: of the random starts.
    """

    name: str
    eps: float
    step: float
    steps: int
    norm: str = "linf"
    objective: str = "cross_entropy"
    targeted: bool = False
    confidence: float = 0.0
    restarts: int = 0
    seed: int = 0

    def __post_init__(self):
        for name, value in (("eps", self.eps), ("step", self.step)):
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} is {value}; allowed: 0 or more, for pixels in [0, 1]")
        if self.norm not in ("linf", "l2") or self.objective not in ("cross_entropy", "margin"):
            raise ValueError(f"norm {self.norm}, objective {self.objective}: allowed: linf, l2; cross_entropy, margin")

    def to_dict(self) -> Dict[str, Any]:
        """All of it, for JSON."""
        return asdict(self)


def fgsm(eps: float, **more: Any) -> Attack:
    """The fast gradient sign method: Goodfellow, Shlens and Szegedy 2015 (arXiv:1412.6572), section 4."""
    return Attack("FGSM", eps, eps, 1, **more)


def pgd(eps: float, step: float = 0.01, steps: int = 40, **more: Any) -> Attack:
    """Projected gradient ascent: Madry et al. 2018 (arXiv:1706.06083), equation 2.1 and section 5 for its numbers."""
    return Attack("PGD", eps, step, steps, **more)


def cw(eps: float, step: float = 0.01, steps: int = 40, confidence: float = 50.0, **more: Any) -> Attack:
    """PGD on Carlini and Wagner's margin (arXiv:1608.04644), as Madry et al. attack with it; kappa is 50 there too."""
    return Attack("CW", eps, step, steps, objective="margin", confidence=confidence, **more)


class Ascent(nn.Cell):
    """One step of an attack: up the gradient, back into the bound around the clean picture, and into the range.

    Args:
        logits: images (N, C, H, W) to logits (N, K).
        objective: an Objective.
        norm: linf or l2.

    Inputs:
        seen: (L * N, C, H, W), float32: where the gradient is taken; the pictures themselves, or what L looks of a
            defence make of them: their gradients are summed (BPDA and EOT of Athalye et al. 2018, arXiv:1802.00420).
        images: (N, C, H, W), float32, attacked so far.
        clean: (N, C, H, W), float32 in [-1, 1].
        hot: (L * N, K), float32, 1 at the true class, or at the target.
        eps, step: scalars, float32, for pixels in [-1, 1].

    Outputs:
        the pictures attacked one step further, (N, C, H, W); the objective at what was seen, (L * N,).
    """

    def __init__(self, logits: nn.Cell, objective: nn.Cell, norm: str):
        super().__init__(auto_prefix=False)
        self.logits, self.objective, self.is_linf = logits, objective, norm == "linf"
        self.gradient = ms.value_and_grad(self.gain, 0, None, has_aux=True)

    def gain(self, seen, hot):
        """The sum of the objective, whose gradient is that of each picture; and the objective of each."""
        each = self.objective(self.logits(seen), hot)
        return total(each), each

    def construct(self, seen, images, clean, hot, eps, step):
        (_, each), slope = self.gradient(seen, hot)
        if seen.shape[0] != images.shape[0]:
            slope = total(slope.reshape((-1, *images.shape)), 0)
        if self.is_linf:
            moved = images + step * ops.sign(slope)
            moved = ops.minimum(ops.maximum(moved, clean - eps), clean + eps)
        else:
            off = images + step * slope / (self.length(slope) + TINY) - clean
            moved = clean + off * ops.minimum(eps / (self.length(off) + TINY), 1.0)
        return clamped(moved, -1.0, 1.0), each

    def length(self, x):
        """(N, 1, 1, 1): the L2 norm of each of x (N, C, H, W)."""
        return ops.sqrt(total(total(x * x, (2, 3)), 1)).reshape((-1, 1, 1, 1))


class Attacker:
    """Makes adversarial pictures against a classifier, or through a defence before it.

    Args:
        classifier: what is attacked.
        attack: how.
        defence: what cleans pictures before the classifier sees them: the gradient at the cleaned picture is used for
            the attacked one, as if the defence were the identity (BPDA). None: the classifier alone is attacked.
        looks: how often a picture is cleaned in each step, for a defence that does not always do the same; the
            gradients are averaged (EOT).
    """

    def __init__(self, classifier: ImageClassifier, attack: Attack, defence: Optional[Defence] = None, looks: int = 1):
        self.classifier, self.attack, self.defence, self.looks = classifier, attack, defence, looks
        objective = Objective(attack.objective, attack.targeted, attack.confidence)
        self.ascent = Ascent(classifier.logits, objective, attack.norm)

    def __call__(self, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Attacked pictures.

        Args:
            images: (N, C, H, W), float32 in [-1, 1].
            labels: (N,), the true classes, or those to be taken for where the attack is targeted.

        Returns:
            (N, C, H, W), float32 in [-1, 1], each within eps of its clean picture.
        """
        hot = np.eye(len(self.classifier.classes), dtype=np.float32)[labels]
        parts = [slice(start, start + BLOCK) for start in range(0, len(images), BLOCK)]
        steps = len(parts) * max(1, self.attack.restarts) * self.attack.steps
        with progress(f"Attacking by {self.attack.name}", steps, "step") as tick:
            return np.concatenate([self._block(images[part], hot[part], part.start, tick) for part in parts])

    def _block(self, clean: np.ndarray, hot: np.ndarray, place: int, tick: Tick) -> np.ndarray:
        """The attacked pictures of a block; of several starts the one at which the objective ends highest."""
        if not self.attack.restarts:
            return self._climb(clean, clean, hot, tick)
        best, highest = clean, np.full(len(clean), -np.inf, np.float32)
        for restart in range(self.attack.restarts):
            found = self._climb(self._start(clean, place, restart), clean, hot, tick)
            reached = self._objective(found, clean, hot)
            best = np.where((reached > highest)[:, None, None, None], found, best)
            highest = np.maximum(highest, reached)
        return best

    def _climb(self, start: np.ndarray, clean: np.ndarray, hot: np.ndarray, tick: Tick) -> np.ndarray:
        images = start
        for _ in range(self.attack.steps):
            images, _ = self._step(images, clean, hot, self.attack.step)
            tick(1)
        return images

    def _objective(self, images: np.ndarray, clean: np.ndarray, hot: np.ndarray) -> np.ndarray:
        return self._step(images, clean, hot, 0.0)[1].reshape(self.looks if self.defence else 1, -1).mean(axis=0)

    def _step(self, images: np.ndarray, clean: np.ndarray, hot: np.ndarray, step: float) -> Any:
        seen = images
        if self.defence is not None:
            seen = np.concatenate([self.defence(images) for _ in range(self.looks)])
            hot = np.tile(hot, (self.looks, 1))
        scalars = (ms.Tensor(on_our_range(value), ms.float32) for value in (self.attack.eps, step))
        made = self.ascent(*map(ms.Tensor, (seen, images, clean, hot)), *scalars)
        return [one.asnumpy() for one in made]

    def _start(self, clean: np.ndarray, place: int, restart: int) -> np.ndarray:
        """Random pictures (N, C, H, W) within the bound and the range: uniform in the box, or in the ball."""
        random, eps = stream(self.attack.seed, Purpose.ATTACK, place, restart), on_our_range(self.attack.eps)
        if self.attack.norm == "linf":
            noise = random.uniform(-eps, eps, clean.shape)
        else:
            noise = random.standard_normal(clean.shape)
            lengths = np.sqrt(np.square(noise).sum((1, 2, 3), keepdims=True))
            radius = eps * random.random((len(clean), 1, 1, 1)) ** (1 / clean[0].size)
            noise *= radius / lengths
        return np.clip(clean + noise, -1, 1).astype(np.float32)
