"""What changes of images cost own_64: python -m benchmarks.augmentation [blit] [color,translation] ... [--steps].

Batches of 16 images of 64x64, random pixels: the changes alone, forward and with their gradient, on a probability of
0.5; with --steps whole training steps. Medians of turns, of the time that passed and of the processor's, which other
processes lengthen less. Pin it to a core to measure one: taskset -c 1.
"""

import argparse
import statistics
import time

import mindspore as ms
import numpy as np
from mindspore import nn

from benchmarks import machine
from benchmarks.worker import ROOT
from ms_gan.config.parser import make_parser, parse
from ms_gan.runtime import start
from ms_gan.systems.latent.build import build_system
from ms_gan.tasks.latent import Config
from ms_gan.training.adversarial.augment import WHOLE, Augmentation, drawing
from ms_gan.training.adversarial.inputs import StepInputs

SHAPE, BATCH = (3, 64, 64), 16
POLICIES = ["color,translation", "blit", "tint", "geometry", "blit,tint", "blit,geometry,tint"]


class Slope(nn.Cell):
    """The gradient of a sum of changed images' squares for the images (N, C, H, W)."""

    def __init__(self, augment):
        super().__init__()
        self.augment, self.slope = augment, ms.grad(self.squares, 0)

    def squares(self, images, numbers):
        changed = self.augment(images, numbers)
        return (changed * changed).sum()

    def construct(self, images, numbers):
        return self.slope(images, numbers)


def alone(policy):
    """By name what runs the changes of a policy once."""
    names = policy.split(",")
    always = WHOLE.keys() >= set(names)
    augment = Augmentation(names, SHAPE, None if always else 0.5)
    random = np.random.default_rng(0)
    images = ms.Tensor(random.random((BATCH, *SHAPE), dtype=np.float32))
    numbers = ms.Tensor(drawing(names, SHAPE, not always)(random, BATCH))
    slope = Slope(augment)
    return {
        f"{policy}, forward": lambda: augment(images, numbers).asnumpy(),
        f"{policy}, with gradient": lambda: slope(images, numbers).asnumpy(),
    }


def step(policy):
    """By name what takes a step of own_64 with a policy."""
    flags = ["--config", str(ROOT / "configs" / "own_64.yaml"), "--regularise.augment", f"[{policy}]"]
    flags += ["--regularise.augment_target", "0.6"] if "blit" in policy else []
    config, _ = parse(make_parser(Config, "", "", yaml_files=True), Config, flags)
    system = build_system(config, SHAPE)
    inputs = StepInputs(config, np.random.default_rng(0).integers(0, 256, (64, *SHAPE), np.uint8))
    inputs.generator_noise = system.networks["generator"].noise_numbers
    numbers = iter(range(10**6))

    def take():
        number = next(numbers)
        system.take(number, inputs(number)).asnumpy()

    return {f"step, {policy or 'none'}": take}


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.augmentation", description=__doc__.splitlines()[0])
    parser.add_argument("policies", nargs="*", default=POLICIES, help='"none" for steps without changes')
    parser.add_argument("--steps", action="store_true", help="measure whole steps")
    parser.add_argument("--rounds", type=int, default=20, help="turns of each (default: 20)")
    options = parser.parse_args()
    start("CPU")
    machine.announce()
    policies = ["" if policy == "none" else policy for policy in options.policies]
    measured = {k: v for policy in policies for k, v in (step if options.steps else alone)(policy).items()}
    times = {name: [] for name in measured}
    for turn in range(options.rounds + 1):
        for name, run in measured.items():
            passed, worked = time.perf_counter(), time.process_time()
            run()
            if turn:  # the first one compiles
                times[name].append((time.perf_counter() - passed, time.process_time() - worked))
    for name, taken in times.items():
        passed, worked = (1000 * statistics.median(seconds) for seconds in zip(*taken))
        print(f"{name:36}{passed:9.1f} ms, of the processor {worked:9.1f} ms", flush=True)


if __name__ == "__main__":
    main()
