"""What denoise.py trains: a network, a term of the loss, inputs, and what a run shows."""

from dataclasses import asdict

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.data import Batches
from ms_gan.models import build_discriminator, layers
from ms_gan.models.initialisers import initialise
from ms_gan.pictures.pixels import to_float
from ms_gan.seeds import Purpose, stream
from ms_gan.systems.translation import TranslationShowcase
from ms_gan.training.adversarial.system import adversarial_system
from ms_gan.training.lengths import Lengths


def denoiser(width, channels, name="generator"):
    """Pictures (N, C, H, W) to pictures of the same shape, in [-1, 1]."""
    hidden = [layers.conv(channels, width, 3, 1, "pad", 1), layers.activation(0.2)]
    network = layers.chain([*hidden, layers.conv(width, channels, 3, 1, "pad", 1), nn.Tanh()])
    network.update_parameters_name(f"{name}.")
    return network


class L1(nn.Cell):
    """The mean distance to the clean picture, weighed: a scalar."""

    def __init__(self, weight):
        super().__init__(auto_prefix=False)
        self.weight = weight

    def construct(self, fakes, images, pictures, labels):
        return self.weight * ops.abs(fakes - images).mean()


class NoisyInputs:
    """Clean pictures and the same with noise: a function of (seed, step) and the worker's part of it alone."""

    def __init__(self, config, images, workers):
        self.size, self.seed, self.noise = config.train.batch_size, config.seed, config.denoise.noise
        self.batches = Batches(images, self.size, config.seed, workers.rank, workers.count)
        self.steps_per_epoch, self.workers = self.batches.steps_per_epoch, workers

    def __call__(self, step):
        clean = self.batches.batch(step)
        noise = noise_of(self.seed, Purpose.INSTANCE_NOISE, step, (self.size, *clean.shape[1:]))
        own = np.split(self.noise * noise, self.workers.count)[self.workers.rank]
        return [ms.Tensor(clean), *[None] * 10, ms.Tensor(clean + own)]  # the last one: pictures


def noise_of(seed, purpose, step, shape):
    return stream(seed, purpose, step).standard_normal(shape, dtype=np.float32)


def build(config, data, workers):
    """What a run trains, and what its steps are given."""
    inputs, shape = NoisyInputs(config, data.images, workers), data.images.shape[1:]
    networks = {name: denoiser(config.denoise.width, shape[0], name) for name in ("generator", "generator_ema")}
    for network in networks.values():  # both begin as the same
        initialise(network, "he_normal", stream(config.seed, Purpose.WEIGHTS, 0))
    if not config.ema.enabled:
        del networks["generator_ema"]
    random = stream(config.seed, Purpose.WEIGHTS, 1)
    networks["discriminator"] = build_discriminator(config.discriminator, shape, random)
    total, terms = Lengths.of(config, inputs.steps_per_epoch).total, L1(config.denoise.l1)
    return adversarial_system(config, networks, shape, shape, total, workers.count, terms), inputs


class Showcase(TranslationShowcase):
    def __init__(self, config, data, system, lengths, told):
        c, truths = config.denoise, data.images[: config.train.sample_count]
        noisy = to_float(truths) + c.noise * noise_of(config.seed, Purpose.SAMPLE_LATENTS, 0, truths.shape)
        super().__init__(config, system, lengths, denoiser(c.width, truths.shape[1]), noisy, truths, asdict(c))
