"""Networks, optimizers, step and inputs of GANs that make images of latents."""

from typing import Dict, Tuple

from mindspore import nn

from ms_gan.data import ImageData
from ms_gan.data.labels import labelled
from ms_gan.models import build_discriminator, build_generator
from ms_gan.models.precision import compute_in
from ms_gan.runtime.workers import Workers
from ms_gan.seeds import Purpose, stream
from ms_gan.tasks.latent import Config, check
from ms_gan.training.adversarial.inputs import StepInputs
from ms_gan.training.adversarial.system import adversarial_system
from ms_gan.training.lengths import Lengths
from ms_gan.training.parallel import synchronise_norms
from ms_gan.training.system import System


def build(config: Config, data: ImageData, workers: Workers) -> Tuple[System, StepInputs]:
    """What a run trains, at step 0, and what its steps are given.

    Raises:
        UsageError: options that do not go together, or that the data do not allow.
    """
    data = labelled(data) if config.conditional else data
    inputs = StepInputs(config, data.images, workers=workers, labels=data.labels if config.conditional else None)
    lengths = Lengths.of(config, inputs.steps_per_epoch)
    classes = len(data.classes) if config.conditional else 0
    system = build_system(config, data.images.shape[1:], lengths.total, workers.count, classes)
    inputs.features = system.networks["discriminator"].dropout_features
    inputs.generator_noise = getattr(system.networks["generator"], "noise_numbers", 0)
    return system, inputs


def build_networks(
    config: Config, image_shape: Tuple[int, int, int], workers: int = 1, classes: int = 0
) -> Dict[str, nn.Cell]:
    """The networks of a run, by name, with their initial weights.

    Args:
        config: the run's configuration.
        image_shape: (C, H, W) of the training images.
        workers: how many train them.
        classes: of the images, which the networks learn; 0: none.
    """

    def generator(prefix: str) -> nn.Cell:
        # The same place in the same stream: the average starts as the generator's equal.
        random = stream(config.seed, Purpose.WEIGHTS, 0)
        return build_generator(config.generator, config.latent.width, image_shape, random, prefix, classes)

    random = stream(config.seed, Purpose.WEIGHTS, 1)
    networks = {
        "generator": generator("generator."),
        "discriminator": build_discriminator(config.discriminator, image_shape, random, classes),
    }
    for network in networks.values():
        compute_in(network, config.precision)
        if config.train.sync_batch_norm and workers > 1:
            synchronise_norms(network)
    if config.ema.enabled:
        networks["generator_ema"] = generator("generator_ema.")
    return networks


def build_system(
    config: Config, image_shape: Tuple[int, int, int], total_steps: int = 1, workers: int = 1, classes: int = 0
) -> System:
    """The networks, optimizers and step of a run, at step 0.

    Args:
        config: the run's configuration.
        image_shape: (C, H, W) of the training images.
        total_steps: length of the run, for learning rates that fall towards its end.
        workers: how many train together; where there are several they must have joined.
        classes: of the images, which the networks learn; 0: none.

    Raises:
        UsageError: options that do not go together, or sizes that a family of networks does not have.
    """
    check(config)
    networks = build_networks(config, image_shape, workers, classes)
    latent = (config.latent.width,)
    return adversarial_system(config, networks, latent, image_shape, total_steps, workers, labelled=bool(classes))
