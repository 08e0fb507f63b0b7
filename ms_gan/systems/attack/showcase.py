"""What a run of the task `attack` shows: pictures that no training sees, clean and attacked."""

from dataclasses import asdict
from typing import Any, Callable, Dict, Iterable, Optional

import numpy as np

from ms_gan.attacks.bounds import as_written, summed_up
from ms_gan.attacks.measures import success_rate
from ms_gan.data import ImageData
from ms_gan.data.held_out import load_held_out
from ms_gan.data.labels import labelled
from ms_gan.pictures.pixels import perturbation, to_float
from ms_gan.systems.attack.build import attacked_classifier, make_generator
from ms_gan.systems.translation import TranslationShowcase
from ms_gan.tasks.attack import SUCCESS, Config
from ms_gan.training.lengths import Lengths
from ms_gan.training.showcase import Sheet
from ms_gan.training.system import System


class AttackShowcase(TranslationShowcase):
    """The Showcase of the task `attack`.

    Args:
        config: the run's configuration.
        data: the training images; where there are no held-out ones the first of them stand for these.
        system: what is trained.
        lengths: of the run.
        told: not used: no sign is looked for.
    """

    def __init__(self, config: Config, data: ImageData, system: System, lengths: Lengths, told: Iterable[str] = ()):
        held = load_held_out(config.data, data, config.seed)
        source = held or (data if data.labels is not None else labelled(data))
        count = min(len(source.images), config.metrics.samples)
        clean, self._labels = source.images[:count], np.asarray(source.labels[:count])
        self._classifier = attacked_classifier(config, data)
        network = make_generator(config.attack, clean.shape[1], config.seed)
        options = {"attack": asdict(config.attack), "classifier": self._classifier.card(), "multiple": 4}
        super().__init__(config, system, lengths, network, to_float(clean), clean, options, config.train.sample_count)
        kind = "held-out" if held else "training"
        self.what = f"{SUCCESS.plain.lower()} on {count:,} {kind} pictures"

    def prepare(self) -> None:
        """Nothing: the classifier has been opened."""

    def sheet(self, step: int) -> Sheet:
        """Clean pictures, what is added to them, and both together, as files hold them."""
        clean = self._truths[self._shown]
        attacked = as_written(self.opened(self._system.first_generator[1], step).run(to_float(clean)), clean)
        rows = np.stack([clean, perturbation(attacked, clean, 1.0), attacked], axis=1)
        return Sheet(rows.reshape(-1, *self.shape), columns=3)

    def protocol(self, opened: Any) -> Dict[str, Any]:
        """How many pictures are attacked, and which classifier."""
        return {"pictures": len(self._truths), "rounded to uint8": True, **self._options}

    def measure(self, opened: Any, stop: Callable[[], bool]) -> Optional[float]:
        """The success rate of attacked pictures as files hold them; their mean L2 norm is beside it."""
        attacked = as_written(opened.run(self._pictures), self._truths)
        if stop():
            return None
        before, after = (self._classifier.verdicts(pictures) for pictures in (self._truths, attacked))
        self.beside = {"l2": summed_up(to_float(attacked), self._pictures).l2}
        return success_rate(before, after, self._labels, self._config.attack.target)
