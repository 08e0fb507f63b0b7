"""What a run of the task `paired` shows: inputs, outputs and truths of pictures that no training sees."""

from dataclasses import asdict
from typing import Any, Callable, Dict, Iterable, Optional

from ms_gan.attacks.pairs import attacked_pairs
from ms_gan.data.degrade import degradation_of
from ms_gan.data.pair_batches import PairBatches
from ms_gan.data.pairs import PairData
from ms_gan.metrics.features import open_features
from ms_gan.metrics.frechet import frechet_distance, moments
from ms_gan.metrics.pairs import compare
from ms_gan.metrics.protocol import describe_features
from ms_gan.models.translators import build_translator
from ms_gan.pictures.pixels import to_uint8
from ms_gan.seeds import Purpose, stream
from ms_gan.systems.translation import TranslationShowcase
from ms_gan.tasks.paired import TASK, Config
from ms_gan.training.lengths import Lengths
from ms_gan.training.system import System


class PairedShowcase(TranslationShowcase):
    """The Showcase of the task `paired`.

    Args:
        config: the run's configuration.
        data: the pairs; the first ones of the training stand for held-out ones where there are none.
        system: what is trained.
        lengths: of the run.
        told: not used: no sign is looked for.
    """

    def __init__(self, config: Config, data: PairData, system: System, lengths: Lengths, told: Iterable[str] = ()):
        held = data.held_out if data.held_out is not None else data
        self._held = attacked_pairs(config.data, held, config.seed)
        count = min(len(self._held.images), config.metrics.samples)
        batches = PairBatches(data, config.data, 1, config.seed)
        inputs, truths = batches.fixed(self._held, count)
        self._degradation = degradation_of(config.data)
        random = stream(config.seed, Purpose.WEIGHTS, 0)
        network = build_translator(config.generator, inputs.shape[1], truths.shape[1], random, "generator.")
        super().__init__(
            config,
            system,
            lengths,
            network,
            inputs,
            truths,
            _options(config, network),
            config.train.sample_count,
        )
        self._measure = TASK.chosen_by(config).headline
        kind = "held-out" if data.held_out is not None else "training"
        self.what = f"{self._measure.plain} of {count:,} {kind} pictures"
        self._features: Any = None
        self._real: Any = None

    def prepare(self) -> None:
        """Get ready features and those of the truths.

        Raises:
            UsageError: features that do not suit the pictures; onnxruntime is not installed.
            GanError: a cache that cannot be written.
        """
        if self._features is None:
            config = self._config
            self._features = open_features(config.data, self._held, config.metrics.features, config.seed)
            self._real = moments(self._features(self._truths)[0])

    def protocol(self, opened: Any) -> Dict[str, Any]:
        """How many pictures are compared, and by which features."""
        return {"pictures": len(self._truths), "features": asdict(describe_features(self._features))}

    def measure(self, opened: Any, stop: Callable[[], bool]) -> Optional[float]:
        """The measure that metrics.headline names; the others are beside it. None where `stop` became true.

        Raises:
            GanError: what the generator makes is not finite.
        """
        made = opened.run(self._pictures)
        if self._degradation is not None:
            made = self._degradation.restored(made, self._pictures)
        made = to_uint8(made)
        if stop():
            return None
        found = compare(made, self._truths)
        distance = frechet_distance(self._real, moments(self._features(made)[0]))
        values = {"frechet": distance, "ssim": found.ssim, "psnr": found.psnr, "l1": found.l1}
        value = values.pop(self._measure.key)
        self.beside = values
        return value


def _options(config: Config, network: Any) -> Dict[str, Any]:
    """What a card says of the network, and of what it is given."""
    degradation = degradation_of(config.data)
    return {
        "generator": asdict(config.generator),
        "multiple": network.multiple,
        "degrade": None if degradation is None else degradation.to_dict(),
    }
