"""The quality of the images during a training, and which of its generators is the best so far."""

import time
from typing import Any, Callable, Dict, List, Optional

from ms_gan.config.sections import Config
from ms_gan.data import ImageData
from ms_gan.errors import GanError, UsageError
from ms_gan.generators.sampling import Sampler
from ms_gan.generators.weights import load_weights
from ms_gan.metrics.blocks import generated_blocks
from ms_gan.metrics.features import Features, open_features
from ms_gan.metrics.features.shipped import covers
from ms_gan.metrics.features.trained import can_be_learnt
from ms_gan.metrics.frechet import Moments, frechet_distance, too_few
from ms_gan.metrics.pictures import quality_records, save_quality
from ms_gan.metrics.protocol import Protocol, describe_features, describe_generator
from ms_gan.metrics.reference import digest, reference_moments
from ms_gan.metrics.rules import comparable_part
from ms_gan.runs.events import EventLog, read_events, say
from ms_gan.runs.run_folder import RunFolder

Record = Dict[str, Any]


class Quality:
    """Measures a run's generators: the Fréchet distance to its training images, a line of metrics.jsonl each.

    Args:
        config: the run's configuration.
        data: the training images.
        folder: the run's; lines of metrics.jsonl after `step` are dropped, because training repeats those steps.
        step: the step from which training goes on.
        every: steps between two measurements; 0: there are none.

    Attributes:
        best: the record of the generator in generator.ckpt; None where that one has not been measured.
    """

    def __init__(self, config: Config, data: ImageData, folder: RunFolder, step: int, every: int):
        self.every = every
        self._config, self._data, self._folder = config, data, folder
        self._kind = "averaged" if config.ema.enabled else "raw"
        self._log = EventLog(folder.metrics, step)
        self._records = quality_records(read_events(folder.metrics))
        self.best = self._kept()
        self._features: Optional[Features] = None

    def _kept(self) -> Optional[Record]:
        """The record of the generator in generator.ckpt; None too where that one is of steps that training repeats."""
        try:
            _, card = load_weights(self._folder.generator)
        except (UsageError, GanError):
            return None
        return next((record for record in self._of_kept_kind() if record.get("step") == card.step), None)

    def _of_kept_kind(self) -> List[Record]:
        return [record for record in self._records if record["generator"] == self._kind]

    @property
    def description(self) -> str:
        """What will be measured, for a person."""
        metrics = self._config.metrics
        if not metrics.every:
            return "not measured (metrics.every is 0)"
        if not self.every:
            return f"not measured in runs of less than {metrics.every} epochs (metrics.every)"
        first = ""
        if metrics.features is None and can_be_learnt(self._data) and not covers(self._config.data):
            first = "; the first one on a data set trains a classifier for it, which takes minutes"
        return f"Frechet distance of {metrics.samples:,} images every {metrics.every} epochs{first}"

    @property
    def summary(self) -> Optional[str]:
        """Which generator won and how good the last one is, for a person; None where nothing was measured."""
        if self.best is None:
            return None
        last = self._of_kept_kind()[-1]
        best = f"best after epoch {self.best['epoch']:.4g}: Frechet distance {self.best['frechet']:.4g}"
        if last["step"] == self.best["step"]:
            return f"{best}, {self._folder.generator.name}; it is the last one too"
        names = self._folder.generator.name, self._folder.generator_last.name
        return f"{best}, {names[0]}; after epoch {last['epoch']:.4g}: {last['frechet']:.4g}, {names[1]}"

    def prepare(self) -> None:
        """Get ready what generated images are compared with, from the cache, or computed now for the first time.

        That may take minutes, so it waits for the first measurement.

        Raises:
            UsageError: features that do not suit the images; onnxruntime is not installed.
            GanError: a cache that cannot be written.
        """
        if self._features is not None:
            return
        config, images = self._config, self._data.images
        features = open_features(config.data, self._data, config.metrics.features, config.seed)
        pixels = digest(images, len(images))
        self._real = reference_moments(features, images, pixels=pixels)
        self._rules = {
            "features": describe_features(features),
            "data": self._data.name,
            "pixels": pixels,
            "split": "train",
            "real": len(images),
            "generated": config.metrics.samples,
            "compared": 0,
            "floor": "not measured",
            "image_shape": images.shape[1:],
            "seed": config.seed,
        }
        for count in (config.metrics.samples, len(images)):
            warning = too_few(count, features.width)
            if warning:
                say(f"note: {warning}")
        self._features = features

    def knows(self, step: int) -> bool:
        """Whether the generators of a step have been measured."""
        return any(record.get("step") == step for record in self._of_kept_kind())

    def measure(self, sampler: Sampler, stop: Callable[[], bool] = lambda: False) -> Optional[Record]:
        """Measure a generator by the first samples of the run's seed, after `prepare`; writes and returns the record.

        Args:
            sampler: of the generator.
            stop: looked at now and then; once it is true the measurement is given up, and None returned.

        Raises:
            GanError: images or features that are not finite.
        """
        kind = describe_generator(sampler).kind
        for record in self._records:  # a stop may have come between two generators of a step
            if (record.get("step"), record["generator"]) == (sampler.card.step, kind):
                return record
        started = time.monotonic()
        found = Moments.empty(self._features.width)
        for images in generated_blocks(sampler, self._config.seed, self._config.metrics.samples):
            if stop():
                return None
            found.add(self._features(images)[0])
        protocol = Protocol(generator=describe_generator(sampler), **self._rules)
        record = self._log.write(
            "quality",
            step=sampler.card.step,
            epoch=sampler.card.epoch,
            generator=protocol.generator.kind,
            frechet=frechet_distance(self._real, found),
            seconds=round(time.monotonic() - started, 2),
            protocol=protocol.to_dict(),
        )
        self._records.append(record)
        return record

    def wins(self, record: Record) -> bool:
        """Whether a record is better than the best so far, or cannot be compared with it."""
        return self.best is None or _rules(record) != _rules(self.best) or record["frechet"] < self.best["frechet"]

    def plot(self) -> None:
        """Write quality.png from all records that compare with the last one, if there is any."""
        comparable = [record for record in self._records if _rules(record) == _rules(self._records[-1])]
        if comparable:
            save_quality(comparable, self._folder.quality)


def _rules(record: Record) -> Record:
    """What of a record's protocol must agree where distances compare."""
    return comparable_part(record.get("protocol", {}))
