"""A step of own_64 with other changes of its images: python -m benchmarks.augmentation [none] [color,translation] ...

Batches of 16 images of 64x64, random pixels; medians of steps that take turns, and least of them, of the time that
passed and of the time that the processor worked, which other processes lengthen less. Pin it to a core to measure one:
taskset -c 1. With `--target` the probability follows the mean sign of D(real).
"""

import argparse
import statistics
import time

import numpy as np

from benchmarks import machine
from benchmarks.worker import ROOT
from ms_gan.config.parser import make_parser, parse
from ms_gan.runtime import start

ROUND = 5  # steps in a row


def stepper(policy, target):
    """A function that takes steps; returns milliseconds a step: those that passed, and those of the processor."""
    from ms_gan.systems.latent.build import build_system
    from ms_gan.tasks.latent import Config
    from ms_gan.training.adversarial.inputs import StepInputs

    flags = ["--config", str(ROOT / "configs" / "own_64.yaml"), "--regularise.augment", policy]
    flags += ["--regularise.augment_target", str(target)] if target is not None and policy != "[]" else []
    config, _ = parse(make_parser(Config, "", "", yaml_files=True), Config, flags)
    system = build_system(config, (3, 64, 64))
    images = np.random.default_rng(0).integers(0, 256, (64, 3, 64, 64), np.uint8)
    inputs = StepInputs(config, images)
    inputs.generator_noise = system.networks["generator"].noise_numbers
    taken = 0

    def take(count):
        nonlocal taken
        started, worked = time.perf_counter(), time.process_time()
        for _ in range(count):
            system.take(taken, inputs(taken)).asnumpy()
            taken += 1
        passed, worked = time.perf_counter() - started, time.process_time() - worked
        return 1000 * passed / count, 1000 * worked / count

    return take


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.augmentation", description=__doc__.splitlines()[0])
    parser.add_argument("policies", nargs="*", default=["none", "color,translation", "blit,geometry,tint"])
    parser.add_argument("--target", type=float, help="of the mean sign of D(real)")
    parser.add_argument("--rounds", type=int, default=8, help="turns of each (default: 8)")
    options = parser.parse_args()
    start("CPU")
    machine.announce()
    policies = ["" if policy == "none" else policy.strip("[]") for policy in options.policies]
    takers = [stepper(f"[{policy}]", options.target) for policy in policies]
    for take in takers:
        take(2)  # compiles
    times = [[take(ROUND) for take in takers] for _ in range(options.rounds)]
    for policy, taken in zip(policies, zip(*times)):
        told = [f"{statistics.median(ms):8.1f} (least {min(ms):.1f})" for ms in zip(*taken)]
        print(f"{policy or 'none':26}{told[0]} ms a step,{told[1]} of the processor", flush=True)


if __name__ == "__main__":
    main()
