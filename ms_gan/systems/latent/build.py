"""Networks, optimizers, step and inputs of GANs that make images of latents."""

from typing import Any, Dict, Tuple

import mindspore as ms
from mindspore import nn

from ms_gan.data import ImageData
from ms_gan.models import build_discriminator, build_generator
from ms_gan.models.precision import compute_in
from ms_gan.runtime.workers import Workers
from ms_gan.seeds import Purpose, stream
from ms_gan.tasks.latent import Config, check
from ms_gan.training.adversarial.accumulate import AccumulatedStep
from ms_gan.training.adversarial.inputs import StepInputs
from ms_gan.training.adversarial.judge import Judge, Penalties
from ms_gan.training.adversarial.regularisers import WeightClipping
from ms_gan.training.adversarial.step import Parts, SharedFakesStep, TrainOneStep
from ms_gan.training.assembly import make_optimizer
from ms_gan.training.ema import MovingAverage
from ms_gan.training.lengths import Lengths
from ms_gan.training.parallel import MeanStatistics, synchronise_norms
from ms_gan.training.system import System


def build(config: Config, data: ImageData, workers: Workers) -> Tuple[System, StepInputs]:
    """What a run trains, at step 0, and what its steps are given.

    Raises:
        UsageError: options that do not go together, or that the data do not allow.
    """
    inputs = StepInputs(config, data.images, workers=workers)
    lengths = Lengths.of(config, inputs.steps_per_epoch)
    system = build_system(config, data.images.shape[1:], lengths.total, workers.count)
    inputs.features = system.networks["discriminator"].dropout_features
    return system, inputs


def build_networks(config: Config, image_shape: Tuple[int, int, int], workers: int = 1) -> Dict[str, nn.Cell]:
    """The networks of a run, by name, with their initial weights; `workers`: how many train them."""

    def generator(prefix: str) -> nn.Cell:
        # The same place in the same stream: the average starts as the generator's equal.
        random = stream(config.seed, Purpose.WEIGHTS, 0)
        return build_generator(config.generator, config.latent.width, image_shape, random, prefix)

    random = stream(config.seed, Purpose.WEIGHTS, 1)
    networks = {
        "generator": generator("generator."),
        "discriminator": build_discriminator(config.discriminator, image_shape, random),
    }
    for network in networks.values():
        compute_in(network, config.precision)
        if config.train.sync_batch_norm and workers > 1:
            synchronise_norms(network)
    if config.ema.enabled:
        networks["generator_ema"] = generator("generator_ema.")
    return networks


def build_optimizers(
    config: Config, networks: Dict[str, nn.Cell], total_steps: int, workers: int
) -> Dict[str, nn.Cell]:
    """The optimizers by role, in the order in which a step updates; arguments as of `build_system`."""
    d_steps = config.procedure.d_steps
    # Several updates stand in one graph, each waiting for the one before: what they exchange cannot be one message.
    fusion_d = 2 if d_steps == 1 or config.train.accumulate > 1 else 0
    moved = {role: networks[role].trainable_params() for role in ("discriminator", "generator")}
    return {
        "discriminator": make_optimizer(
            config, "discriminator", moved["discriminator"], d_steps * total_steps, workers, fusion_d
        ),
        "generator": make_optimizer(config, "generator", moved["generator"], total_steps, workers, 1),
    }


def build_system(config: Config, image_shape: Tuple[int, int, int], total_steps: int = 1, workers: int = 1) -> System:
    """The networks, optimizers and step of a run, at step 0.

    Args:
        config: the run's configuration.
        image_shape: (C, H, W) of the training images.
        total_steps: length of the run, for learning rates that fall towards its end.
        workers: how many train together; where there are several they must have joined.

    Raises:
        UsageError: options that do not go together, or sizes that a family of networks does not have.
    """
    check(config)
    networks = build_networks(config, image_shape, workers)
    generator, discriminator = networks["generator"], networks["discriminator"]
    optimizers = build_optimizers(config, networks, total_steps, workers)
    regularise = config.regularise
    bound = regularise.clip_weights
    parts = Parts(
        generator=generator,
        judge=Judge(discriminator, regularise, image_shape),
        optim_g=optimizers["generator"],
        optim_d=optimizers["discriminator"],
        procedure=config.procedure,
        clipping=None if bound is None else WeightClipping(discriminator.trainable_params(), bound),
        count=ms.Parameter(ms.Tensor(0, ms.int32), name="step", requires_grad=False),
    )
    penalties = None
    if regularise.gradient_penalty or regularise.r1 or regularise.r2:
        penalties = Penalties(discriminator, regularise)
    lazy = penalties is not None and regularise.every > 1
    system = System(
        networks=networks,
        optimizers=optimizers,
        step=_step(config, parts._replace(penalties=None if lazy else penalties)),
        generators={"generator": "generator_ema" if config.ema.enabled else "generator"},
        examples={"generator": ((config.latent.width,),), "discriminator": (image_shape,)},
    )
    if lazy:
        system.rare, system.every = _step(config, parts._replace(penalties=penalties)), regularise.every
    if config.ema.enabled:
        ema = config.ema
        average = MovingAverage(generator, networks["generator_ema"], ema.decay, ema.warmup, ema.every)
        system.averages.append(average)
    if workers > 1:
        parameters = [parameter for network in networks.values() for parameter in network.get_parameters()]
        system.statistics = MeanStatistics(parameters, workers)
    return system


def _step(config: Config, parts: Parts) -> Any:
    """The training step of the procedure."""
    if config.train.accumulate > 1:
        return AccumulatedStep(parts)
    return (SharedFakesStep if config.procedure.fakes == "shared" else TrainOneStep)(parts).set_train()
