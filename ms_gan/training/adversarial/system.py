"""The system of a generator and a discriminator that train against each other, whatever the generator is given."""

from typing import Any, Dict, Optional, Tuple

import mindspore as ms
from mindspore import nn

from ms_gan.training.adversarial.accumulate import AccumulatedStep
from ms_gan.training.adversarial.adaptation import EVERY_STEPS, Adaptation
from ms_gan.training.adversarial.judge import Judge, Penalties
from ms_gan.training.adversarial.regularisers import WeightClipping
from ms_gan.training.adversarial.step import Parts, SharedFakesStep, TrainOneStep
from ms_gan.training.assembly import follow, make_optimizer
from ms_gan.training.system import LABEL, Shape, System


def adversarial_system(
    config: Any,
    networks: Dict[str, nn.Cell],
    given: Shape,
    image_shape: Tuple[int, int, int],
    total_steps: int,
    workers: int,
    terms: Optional[nn.Cell] = None,
    labelled: bool = False,
    shown: Optional[Shape] = None,
    verdict: float = 1.0,
) -> System:
    """Optimizers and step around networks.

    Args:
        config: the run's; an AdversarialConfig.
        networks: by name: generator, discriminator, and generator_ema where the generator's average is kept.
        given: the shape of what the generator is given, without N.
        image_shape: (C, H, W) of the images that the discriminator sees.
        total_steps: length of the run, for learning rates that fall towards its end.
        workers: how many train together; where there are several they must have joined.
        terms: what is added to the generator's loss, as Parts have it, or None.
        labelled: whether both networks take labels.
        shown: the shape of the pictures that the discriminator sees beside images, without N; None: it sees none.
        verdict: weight of the generator's objective beside the terms.
    """
    optimizers = _optimizers(config, networks, total_steps, workers)
    discriminator, regularise = networks["discriminator"], config.regularise
    bound = regularise.clip_weights
    parts = Parts(
        generator=networks["generator"],
        judge=Judge(discriminator, regularise, image_shape, _adaptation(config, workers)),
        optim_g=optimizers["generator"],
        optim_d=optimizers["discriminator"],
        procedure=config.procedure,
        clipping=None if bound is None else WeightClipping(discriminator.trainable_params(), bound),
        count=ms.Parameter(ms.Tensor(0, ms.int32), name="step", requires_grad=False),
        terms=terms,
        shows_pictures=shown is not None,
        verdict=verdict,
    )
    penalties = None
    if regularise.gradient_penalty or regularise.r1 or regularise.r2:
        penalties = Penalties(discriminator, regularise)
    lazy = penalties is not None and regularise.every > 1
    beside = LABEL if labelled else shown
    system = System(
        networks=networks,
        optimizers=optimizers,
        step=_step(config, parts._replace(penalties=None if lazy else penalties)),
        generators={"generator": "generator_ema" if "generator_ema" in networks else "generator"},
        examples={
            "generator": (given, LABEL) if labelled else (given,),
            "discriminator": (image_shape, None, beside) if beside is not None else (image_shape,),
        },
    )
    if lazy:
        system.rare, system.every = _step(config, parts._replace(penalties=penalties)), regularise.every
    follow(system, config, workers)
    return system


def _adaptation(config: Any, workers: int) -> Optional[Adaptation]:
    """What moves the probability of the augmentation, or None where it stays."""
    regularise = config.regularise
    if regularise.augment_target is None:
        return None
    step = EVERY_STEPS * config.images_per_step / regularise.augment_images
    return Adaptation(regularise.augment_target, step, workers)


def _optimizers(config: Any, networks: Dict[str, nn.Cell], total_steps: int, workers: int) -> Dict[str, nn.Cell]:
    """The optimizers by role, in the order in which a step updates."""
    d_steps = config.procedure.d_steps
    # Several updates stand in one graph, each waiting for the one before: what they exchange cannot be one message.
    fusion_d = 2 if d_steps == 1 or config.train.accumulate > 1 else 0
    lengths = {"discriminator": (d_steps * total_steps, fusion_d), "generator": (total_steps, 1)}
    return {
        role: make_optimizer(config, role, networks[role].trainable_params(), updates, workers, fusion)
        for role, (updates, fusion) in lengths.items()
    }


def _step(config: Any, parts: Parts) -> Any:
    """The training step of the procedure."""
    if config.train.accumulate > 1:
        return AccumulatedStep(parts)
    return (SharedFakesStep if config.procedure.fakes == "shared" else TrainOneStep)(parts).set_train()
