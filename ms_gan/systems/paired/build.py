"""Networks, optimizers, step and inputs of GANs that learn pairs of pictures."""

from typing import Dict, Tuple

from mindspore import nn, ops

from ms_gan.attacks.pairs import attacked_pairs
from ms_gan.config.parser import from_dict
from ms_gan.config.translation_sections import TranslatorConfig
from ms_gan.data.pair_batches import PairBatches
from ms_gan.data.pairs import PairData
from ms_gan.generators.card import Card
from ms_gan.models.precision import compute_in
from ms_gan.models.translators import TRANSLATORS, build_patchgan, build_translator
from ms_gan.runtime.workers import Workers
from ms_gan.seeds import Purpose, stream
from ms_gan.tasks.paired import Config, check
from ms_gan.training.adversarial.inputs import AdversarialInputs, StepNumbers, stacked
from ms_gan.training.adversarial.system import adversarial_system
from ms_gan.training.lengths import Lengths
from ms_gan.training.parallel import synchronise_norms
from ms_gan.training.system import Shape, System


class L1(nn.Cell):
    """The mean distance to the true picture, weighted: Isola et al. 2017, equation 3.

    Inputs:
        fakes, images: (N, C, H, W), float32; pictures, labels: not looked at.

    Outputs:
        a scalar.
    """

    def __init__(self, weight: float):
        super().__init__(auto_prefix=False)
        self.weight = weight

    def construct(self, fakes, images, pictures, labels):
        return self.weight * ops.abs(fakes - images).mean()


class PairInputs(AdversarialInputs):
    """Pairs of pictures and all random numbers of every step.

    Args:
        config: the run's configuration.
        data: the pairs.
        workers: which worker this is.

    Attributes:
        given: (C', H, W) of what the generator is given.
    """

    def __init__(self, config: Config, data: PairData, workers: Workers):
        size, seed = config.train.batch_size, config.seed
        self._batches = PairBatches(data, config.data, size, seed, workers.rank, workers.count)
        self.given = self._batches.inputs_shape
        steps = self._batches.steps_per_epoch
        super().__init__(config, data.images.shape[1:], steps, workers=workers, has_terms=True)

    def shown(self, step: int) -> StepNumbers:
        """The true pictures of a step, and those that the generator is given."""
        pairs = [self._batches.batch(step * self._updates + i) for i in range(self._updates)]
        inputs, targets = (stacked(parts) for parts in zip(*pairs))
        return StepNumbers(targets, pictures=inputs)


def build(config: Config, data: PairData, workers: Workers) -> Tuple[System, PairInputs]:
    """What a run trains, at step 0, and what its steps are given.

    Raises:
        UsageError: options that do not go together, or that the data do not allow.
    """
    check(config)
    inputs = PairInputs(config, attacked_pairs(config.data, data, config.seed), workers)
    lengths = Lengths.of(config, inputs.steps_per_epoch)
    shown, shape = inputs.given, data.images.shape[1:]
    networks = build_networks(config, shown, shape, workers.count)
    terms, verdict = L1(config.paired.l1), config.paired.adversarial
    system = adversarial_system(
        config, networks, shown, shape, lengths.total, workers.count, terms, shown=shown, verdict=verdict
    )
    return system, inputs


def build_networks(config: Config, shown: Shape, shape: Shape, workers: int = 1) -> Dict[str, nn.Cell]:
    """The networks of a run, by name, with their initial weights.

    Args:
        config: the run's configuration.
        shown, shape: (C', H, W) and (C, H, W) of what the generator is given, and of what it makes.
        workers: how many train them.
    """

    def translator(prefix: str) -> nn.Cell:
        # The same place in the same stream: the average starts as the generator's equal.
        return build_translator(
            config.generator, shown[0], shape[0], stream(config.seed, Purpose.WEIGHTS, 0), f"{prefix}."
        )

    random = stream(config.seed, Purpose.WEIGHTS, 1)
    networks = {
        "generator": translator("generator"),
        "discriminator": build_patchgan(config.discriminator, shape[0], random, "discriminator.", pictures=shown[0]),
    }
    for network in networks.values():
        compute_in(network, config.precision)
        if config.train.sync_batch_norm and workers > 1:
            synchronise_norms(network)
    if config.ema.enabled:
        networks["generator_ema"] = translator("generator_ema")
    return networks


def generator(card: Card) -> nn.Cell:
    """The network that a card describes, its weights not set.

    Raises:
        UsageError: options that the network does not have.
    """
    config = from_dict(TranslatorConfig, card.options.get("generator"), "generator")
    # Without initial weights, which a stranger's card could ask for in any number.
    return TRANSLATORS[config.name](config, card.ports[0].shape[0], card.image.channels)
