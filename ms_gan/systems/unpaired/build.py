"""Networks, optimizers, step and inputs of GANs that learn from two folders without pairs."""

from typing import Any, Dict, List, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.config.parser import from_dict
from ms_gan.config.translation_sections import TranslatorConfig
from ms_gan.data.domains import DomainData
from ms_gan.data.pair_batches import DomainBatches
from ms_gan.errors import UsageError
from ms_gan.generators.card import Card
from ms_gan.models.precision import compute_in
from ms_gan.models.translators import TRANSLATORS, build_patchgan, build_translator
from ms_gan.runtime.workers import Workers
from ms_gan.seeds import Purpose, stream
from ms_gan.tasks.unpaired import Config, check
from ms_gan.training.adversarial.cycle import CycleStep
from ms_gan.training.assembly import follow, make_optimizer
from ms_gan.training.lengths import Lengths
from ms_gan.training.system import System

GENERATORS = ("generator_ab", "generator_ba")


class DomainInputs:
    """Pictures of both kinds, and the draws of both pools, as a function of (seed, step) and the worker's part.

    Args:
        config: the run's configuration.
        data: the pictures.
        workers: which worker this is.
    """

    def __init__(self, config: Config, data: DomainData, workers: Workers):
        self._size, self._seed = config.train.batch_size, config.seed
        self._batches = DomainBatches(data, config.data, self._size, self._seed, workers.rank, workers.count)
        self.steps_per_epoch = self._batches.steps_per_epoch

    def __call__(self, step: int) -> List[Any]:
        """The inputs of CycleStep for a step, counted from 0."""
        a, b = self._batches.batch(step)
        draws = stream(self._seed, Purpose.POOL, step).random((2, self._size, 2), dtype=np.float32)
        return [ms.Tensor(np.ascontiguousarray(array)) for array in (a, b, draws[0], draws[1])]


def build(config: Config, data: DomainData, workers: Workers) -> Tuple[System, DomainInputs]:
    """What a run trains, at step 0, and what its steps are given.

    Raises:
        UsageError: options that do not go together, or that the data do not allow.
    """
    check(config)
    shapes = {"a": data.images.shape[1:], "b": data.other.shape[1:]}
    if config.cycle.identity and shapes["a"][0] != shapes["b"][0]:
        raise UsageError(
            f"cycle.identity: pictures of a have {shapes['a'][0]} channels, those of b {shapes['b'][0]}, so none can "
            "stay as it is; set it to 0, or data.channels: rgb"
        )
    inputs = DomainInputs(config, data, workers)
    total = Lengths.of(config, inputs.steps_per_epoch).total
    networks = build_networks(config, shapes)
    generators = [networks[name] for name in GENERATORS]
    discriminators = [networks[name] for name in ("discriminator_a", "discriminator_b")]
    optimizers = {
        role: make_optimizer(config, role, _parameters(cells), total, workers.count, fusion)
        for role, cells, fusion in (("discriminator", discriminators, 2), ("generator", generators, 1))
    }
    count = ms.Parameter(ms.Tensor(0, ms.int32), name="step", requires_grad=False)
    step = CycleStep(
        *generators, *discriminators, optimizers["generator"], optimizers["discriminator"], config.cycle, count,
        shapes["a"], shapes["b"], workers,
    )  # fmt: skip
    averaged = config.ema.enabled
    system = System(
        networks=networks,
        optimizers=optimizers,
        step=step.set_train(),
        generators={name: f"{name}_ema" if averaged else name for name in GENERATORS},
        examples={
            "generator_ab": (shapes["a"],),
            "generator_ba": (shapes["b"],),
            "discriminator_a": (shapes["a"],),
            "discriminator_b": (shapes["b"],),
        },
    )
    follow(system, config, workers.count)
    return system, inputs


def _parameters(networks: List[nn.Cell]) -> List[ms.Parameter]:
    return [parameter for network in networks for parameter in network.trainable_params()]


def build_networks(config: Config, shapes: Dict[str, Tuple[int, int, int]]) -> Dict[str, nn.Cell]:
    """The networks of a run, by name, with their initial weights.

    Args:
        config: the run's configuration.
        shapes: (C, H, W) of the pictures of a and of b.
    """
    channels = {"generator_ab": (shapes["a"][0], shapes["b"][0]), "generator_ba": (shapes["b"][0], shapes["a"][0])}
    networks = {name: make_translator(config, name, *channels[name], f"{name}.") for name in GENERATORS}
    for place, side in enumerate("ab"):
        random = stream(config.seed, Purpose.WEIGHTS, 2 + place)
        prefix = f"discriminator_{side}."
        networks[f"discriminator_{side}"] = build_patchgan(config.discriminator, shapes[side][0], random, prefix)
    for network in networks.values():
        compute_in(network, config.precision)
    if config.ema.enabled:
        for name in GENERATORS:
            networks[f"{name}_ema"] = make_translator(config, name, *channels[name], f"{name}_ema.")
    return networks


def make_translator(config: Config, name: str, given: int, made: int, prefix: str = "generator.") -> nn.Cell:
    """A generator of a run with its initial weights, which its average begins with too.

    Args:
        config: the run's configuration.
        name: generator_ab or generator_ba.
        given, made: channels of what it is given and of what it makes.
        prefix: the first part of its parameters' names.
    """
    random = stream(config.seed, Purpose.WEIGHTS, GENERATORS.index(name))
    return build_translator(config.generator, given, made, random, prefix)


def generator(card: Card) -> nn.Cell:
    """The network that a card describes, its weights not set.

    Raises:
        UsageError: options that the network does not have.
    """
    config = from_dict(TranslatorConfig, card.options.get("generator"), "generator")
    # Without initial weights, which a stranger's card could ask for in any number.
    return TRANSLATORS[config.name](config, card.ports[0].shape[0], card.image.channels)
