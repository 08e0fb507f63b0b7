"""One side of a comparison in a process of its own: python -m benchmarks.worker SIDE RECIPE BATCH.

SIDE is ms_gan, eager (PyTorch with fused Adam) or compile (the same under torch.compile). Reads numbers of steps from
standard input, a line each, takes that many training steps, data feed included, and prints the milliseconds per step.
"""

import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
THREADS = 2


def training_images(shape, count=4096):
    """Random bytes in place of photographs: the arithmetic is the same."""
    return np.random.default_rng(0).integers(0, 256, (count, *shape), np.uint8)


def ms_gan_stepper(recipe, batch):
    """A function that takes n steps as the trainer does."""
    from ms_gan.config import Config
    from ms_gan.options import make_parser, parse

    file = ROOT / "configs" / f"{recipe}.yaml"
    argv = ["--config", str(file), "--batch-size", str(batch)]
    config, _ = parse(make_parser(Config, "", "", yaml_files=True), Config, argv)
    from ms_gan.runtime import start

    start("CPU")
    from ms_gan.training.inputs import StepInputs
    from ms_gan.training.system import build_system

    shape = {"dcgan_64": (3, 64, 64), "dcgan_cifar10_frog": (3, 32, 32)}.get(recipe, (1, 28, 28))
    system = build_system(config, shape)
    features = getattr(system.networks["discriminator"], "dropout_features", 0)
    inputs = StepInputs(config, training_images(shape), features)
    done = 0

    def take(steps):
        nonlocal done
        for _ in range(steps):
            statistics = system.step(*inputs(done))
            done += 1
        statistics.asnumpy()

    return take


def twin_stepper(recipe, batch, compiled):
    """The same of the recipe's twin in PyTorch."""
    import torch

    from benchmarks.twins import Twin

    torch.set_num_threads(THREADS)
    twin = Twin(recipe, fused=True)
    images = torch.from_numpy(training_images(twin.shape))
    noisy = recipe == "dcgan_cifar10_frog"
    if compiled:
        twin.generator, twin.discriminator = torch.compile(twin.generator), torch.compile(twin.discriminator)

    def take(steps):
        for _ in range(steps):
            chosen = images[torch.randint(0, len(images), (batch,))].float() / 127.5 - 1
            latents = [torch.randn(batch, twin.latent) for _ in range(1 if twin.shared else 2)]
            noise = 0.05 * torch.rand(2, batch, 1) if noisy else None
            masks = (torch.rand(3, batch, twin.features) >= 0.4) / 0.6 if noisy else (None, None, None)
            loss, *_ = twin.step(chosen, latents[0], latents[-1], noise, masks)
        loss.item()

    return take


def main():
    side, recipe, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
    take = ms_gan_stepper(recipe, batch) if side == "ms_gan" else twin_stepper(recipe, batch, side == "compile")
    for line in sys.stdin:
        steps = int(line)
        started = time.perf_counter()
        take(steps)
        print(f"{1000 * (time.perf_counter() - started) / steps:.4f}", flush=True)


if __name__ == "__main__":
    main()
