"""Networks, optimizers, step and inputs of GANs that make adversarial pictures."""

from typing import Any, Dict, Tuple

import numpy as np
from mindspore import nn, ops

from ms_gan.attacks.bounds import PER_UNIT
from ms_gan.attacks.objectives import FoolingLoss
from ms_gan.classifiers import ImageClassifier, open_classifier
from ms_gan.config.parser import from_dict
from ms_gan.data import Batches, ImageData
from ms_gan.errors import UsageError
from ms_gan.generators.card import Card
from ms_gan.models import build_discriminator
from ms_gan.models.initialisers import initialise
from ms_gan.models.layers import total
from ms_gan.models.precision import compute_in
from ms_gan.runtime.workers import Workers
from ms_gan.seeds import Purpose, stream
from ms_gan.systems.attack.network import AdvGenerator
from ms_gan.tasks.attack import AttackConfig, Config, check
from ms_gan.training.adversarial.inputs import AdversarialInputs, StepNumbers, stacked
from ms_gan.training.adversarial.system import adversarial_system
from ms_gan.training.lengths import Lengths
from ms_gan.training.system import Shape, System

SMALL = 1e-12  # added below the root: its slope at 0 is infinite


class AttackTerms(nn.Cell):
    """What AdvGAN adds to the generator's loss: weight * margin + hinge * max(0, L2 norm - bound); equations 3 and 4.

    Inputs:
        fakes: attacked pictures (N, C, H, W), float32; images: the clean ones; pictures, labels: not looked at.

    Outputs:
        a scalar.
    """

    def __init__(self, logits: nn.Cell, config: AttackConfig):
        super().__init__(auto_prefix=False)
        self.fooling = FoolingLoss(logits, config.target, config.confidence)
        self.weight, self.hinge, self.bound = config.weight, config.hinge, config.bound
        self.relu = nn.ReLU()

    def construct(self, fakes, images, pictures, labels):
        off = (fakes - images) / PER_UNIT
        lengths = ops.sqrt(total(total(off * off, (2, 3)), 1) + SMALL)
        return self.weight * self.fooling(fakes, images) + self.hinge * self.relu(lengths - self.bound).mean()


class AttackInputs(AdversarialInputs):
    """Pictures of every step: the generator is given the very ones that the discriminator is shown as real.

    Args:
        config: the run's configuration.
        images: uint8 (N, C, H, W).
        workers: which worker this is.
    """

    def __init__(self, config: Config, images: np.ndarray, workers: Workers):
        size, seed = config.train.batch_size, config.seed
        self._batches = Batches(images, size, seed, workers.rank, workers.count, config.data.mirror)
        steps = self._batches.steps_per_epoch
        super().__init__(config, images.shape[1:], steps, workers=workers, has_terms=True)

    def shown(self, step: int) -> StepNumbers:
        """The pictures of a step, twice."""
        images = stacked([self._batches.batch(step * self._updates + i) for i in range(self._updates)])
        return StepNumbers(images, pictures=images)


def build(config: Config, data: ImageData, workers: Workers) -> Tuple[System, AttackInputs]:
    """What a run trains, at step 0, and what its steps are given.

    Raises:
        UsageError: options that do not go together, or that the data do not allow.
    """
    check(config)
    classifier = attacked_classifier(config, data)
    inputs, shape = AttackInputs(config, data.images, workers), data.images.shape[1:]
    lengths = Lengths.of(config, inputs.steps_per_epoch)
    networks, terms = build_networks(config, shape), AttackTerms(classifier.logits, config.attack)
    system = adversarial_system(config, networks, shape, shape, lengths.total, workers.count, terms)
    inputs.features = networks["discriminator"].dropout_features
    return system, inputs


def attacked_classifier(config: Config, data: ImageData) -> ImageClassifier:
    """The classifier that a run attacks.

    Raises:
        UsageError: images without classes; a target that is no class.
    """
    classifier, target = open_classifier(config.attack.classifier, config.data, data, config.seed), config.attack.target
    if target is not None and target >= len(classifier.classes):
        raise UsageError(f"attack.target: {target} is no class; allowed: 0 to {len(classifier.classes) - 1}")
    return classifier


def build_networks(config: Config, shape: Shape) -> Dict[str, nn.Cell]:
    """The networks of a run, by name, with their initial weights, for pictures of `shape` (C, H, W)."""
    networks = {
        "generator": make_generator(config.attack, shape[0], config.seed, "generator."),
        "discriminator": build_discriminator(config.discriminator, shape, stream(config.seed, Purpose.WEIGHTS, 1)),
    }
    for network in networks.values():
        compute_in(network, config.precision)
    if config.ema.enabled:
        networks["generator_ema"] = make_generator(config.attack, shape[0], config.seed, "generator_ema.")
    return networks


def make_generator(config: AttackConfig, channels: int, seed: int, prefix: str = "generator.") -> AdvGenerator:
    """The generator of a run, with its initial weights; its average starts as its equal."""
    network = AdvGenerator(channels, config.channels, config.blocks, config.eps)
    initialise(network, config.init, stream(seed, Purpose.WEIGHTS, 0))
    network.update_parameters_name(prefix)
    return network


def generator(card: Card) -> nn.Cell:
    """The network that a card describes.

    Raises:
        UsageError: options that the network does not have.
    """
    options: Any = card.options.get("attack")
    return make_generator(from_dict(AttackConfig, options, "attack"), card.image.channels, card.seed)
