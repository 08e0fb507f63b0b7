"""Networks, optimizers, step and inputs of GANs that make pictures of maps."""

from typing import Any, Dict, List, Optional, Tuple

import mindspore as ms
import numpy as np
from mindspore import nn

from ms_gan.config.map_sections import SpadeConfig
from ms_gan.config.parser import from_dict
from ms_gan.data.legend import MOST_CLASSES
from ms_gan.data.map_batches import MapBatches
from ms_gan.data.map_data import MapData
from ms_gan.errors import UsageError
from ms_gan.generators.card import Card
from ms_gan.models import map_discriminator, spade
from ms_gan.models.initialisers import initialise
from ms_gan.models.precision import compute_in
from ms_gan.models.spectral import normalise_spectra
from ms_gan.runtime.workers import Workers
from ms_gan.seeds import Purpose, stream
from ms_gan.tasks.map import Config, check
from ms_gan.training.adversarial.matching import MatchingParts, MatchingStep
from ms_gan.training.assembly import make_optimizer
from ms_gan.training.ema import MovingAverage
from ms_gan.training.lengths import Lengths
from ms_gan.training.parallel import MeanStatistics, synchronise_norms
from ms_gan.training.system import System


class MapInputs:
    """Maps, pictures and noise of every step, as functions of (seed, step) and the worker's part of it alone.

    Args:
        config: the run's configuration.
        data: the pairs.
        workers: which worker this is.
    """

    def __init__(self, config: Config, data: MapData, workers: Workers):
        self._seed, self._size, self._style = config.seed, config.train.batch_size, config.generator.style
        self._workers = workers
        self._batches = MapBatches(data, config.data, self._size, config.seed, workers.rank, workers.count)
        self.steps_per_epoch = self._batches.steps_per_epoch

    def __call__(self, step: int) -> List[Optional[ms.Tensor]]:
        """The inputs of MatchingStep for a step, counted from 0."""
        maps, images = self._batches.batch(step)
        noise = None
        if self._style:
            random = stream(self._seed, Purpose.TRAINING_LATENTS, step)
            drawn = random.standard_normal((self._size, self._style), dtype=np.float32)
            noise = np.split(drawn, self._workers.count)[self._workers.rank]
        return [ms.Tensor(maps), ms.Tensor(images), None if noise is None else ms.Tensor(noise)]


def build(config: Config, data: MapData, workers: Workers) -> Tuple[System, MapInputs]:
    """What a run trains, at step 0, and what its steps are given.

    Raises:
        UsageError: options that do not go together, or that the data do not allow.
    """
    check(config)
    inputs = MapInputs(config, data, workers)
    networks = build_networks(config, data.images.shape[1:], len(data.legend.names), workers.count)
    total = Lengths.of(config, inputs.steps_per_epoch).total
    return build_system(config, networks, data.images.shape[1:], total, workers.count), inputs


def build_networks(
    config: Config, image_shape: Tuple[int, int, int], classes: int, workers: int = 1
) -> Dict[str, nn.Cell]:
    """The networks of a run, by name, with their initial weights.

    Args:
        config: the run's configuration.
        image_shape: (C, H, W) of the pictures.
        classes: of the maps.
        workers: how many train them.

    Raises:
        UsageError: sides that the networks cannot have.
    """

    def new_generator(prefix: str) -> nn.Cell:
        # The same place in the same stream: the average starts as the generator's equal.
        network = make_generator(config.generator, image_shape, classes)
        return _begun(network, config.generator.init, stream(config.seed, Purpose.WEIGHTS, 0), prefix)

    c = config.discriminator
    try:
        judge = map_discriminator.MapDiscriminator(classes, image_shape, c.channels, c.layers, c.scales)
    except ValueError as error:
        raise UsageError(f"discriminator.scales: {error}") from None
    networks = {
        "generator": new_generator("generator."),
        "discriminator": _begun(judge, c.init, stream(config.seed, Purpose.WEIGHTS, 1), "discriminator."),
    }
    if config.encodes:
        encoder = spade.Encoder(image_shape, config.generator.channels, config.generator.style)
        random = stream(config.seed, Purpose.WEIGHTS, 2)
        networks["encoder"] = _begun(encoder, config.generator.init, random, "encoder.")
    for network in networks.values():
        compute_in(network, config.precision)
        if config.train.sync_batch_norm and workers > 1:
            synchronise_norms(network)
    if config.ema.enabled:
        networks["generator_ema"] = new_generator("generator_ema.")
    return networks


def _begun(network: nn.Cell, scheme: str, random: np.random.Generator, prefix: str) -> nn.Cell:
    """A network with its initial weights, its parameters named, and spectral normalisation where the paper has it."""
    initialise(network, scheme, random)
    for cell in network.normalised:
        normalise_spectra(cell, random)
    network.update_parameters_name(prefix)
    return network


def make_generator(config: SpadeConfig, image_shape: Tuple[int, int, int], classes: int) -> nn.Cell:
    """A generator of pictures (C, H, W), without spectral normalisation, its weights zero.

    Raises:
        UsageError: sides that it cannot have.
    """
    try:
        return spade.Generator(classes, image_shape, config.channels, config.hidden, config.style)
    except ValueError as error:
        raise UsageError(f"data.image_size: {error}") from None


def generator(card: Card) -> nn.Cell:
    """The network of a card.

    Raises:
        ValueError: a card that describes none.
    """
    options, port = card.options.get("generator"), card.port("map")
    if port is not None and len(port.classes or ()) > MOST_CLASSES:
        raise ValueError(f"its maps have {len(port.classes):,} classes, more than {MOST_CLASSES}")
    if port is None or not port.classes or port.shape != [card.image.height, card.image.width]:
        raise ValueError("it takes no maps of the size of its pictures")
    config = from_dict(SpadeConfig, options, "options.generator")
    latents = card.port("latent")
    if (latents.size if latents else 0) != config.style or len(card.ports) != 1 + bool(config.style):
        raise ValueError("its inputs are not those that its options describe")
    network = make_generator(config, card.image.shape, len(port.classes))
    for cell in network.normalised:
        normalise_spectra(cell, stream(0, Purpose.WEIGHTS))
    return network


def build_system(
    config: Config, networks: Dict[str, nn.Cell], image_shape: Tuple[int, int, int], total: int, workers: int
) -> System:
    """Optimizers and step around networks.

    Args:
        config: the run's configuration.
        networks: by name.
        image_shape: (C, H, W) of the pictures.
        total: steps of the run, for learning rates that fall towards its end.
        workers: how many train together; where there are several they must have joined.
    """
    makers = [networks["generator"]] + ([networks["encoder"]] if config.encodes else [])
    own = [parameter for network in makers for parameter in network.trainable_params()]
    others = networks["discriminator"].trainable_params()
    optim_g = make_optimizer(config, "generator", own, total, workers, 1)
    optim_d = make_optimizer(config, "discriminator", others, total, workers, 2)
    count = ms.Parameter(ms.Tensor(0, ms.int32), name="step", requires_grad=False)
    parts = MatchingParts(
        networks["generator"], networks["discriminator"], networks.get("encoder"), optim_g, optim_d, config.loss, count
    )
    system = System(
        networks=networks,
        optimizers={"generator": optim_g, "discriminator": optim_d},
        step=MatchingStep(parts).set_train(),
        generators={"generator": "generator_ema" if "generator_ema" in networks else "generator"},
        examples={},
    )
    if "generator_ema" in networks:
        ema = config.ema
        average = MovingAverage(networks["generator"], networks["generator_ema"], ema.decay, ema.warmup, ema.every)
        system.averages.append(average)
    if workers > 1:
        parameters: List[Any] = [parameter for network in networks.values() for parameter in network.get_parameters()]
        system.statistics = MeanStatistics(parameters, workers)
    return system
