"""Takes two small steps with the fakes that the first argument names, a line STEP before each: for test_step.py."""

import sys

import mindspore as ms
import numpy as np

from ms_gan.runtime import start
from ms_gan.systems.latent.build import build_system
from ms_gan.tasks.latent import Config

start("CPU")
config = Config()
config.latent.width = 6
config.generator.hidden, config.generator.batch_norm = [8, 10], False
config.discriminator.hidden = [9]
config.procedure.fakes = sys.argv[1]
system = build_system(config, (1, 3, 4))
images, latents = ms.Tensor(np.ones((4, 1, 3, 4), np.float32)), ms.Tensor(np.ones((4, 6), np.float32))
for _ in range(2):
    print("STEP", flush=True)
    system.step(images, latents, latents).asnumpy()
