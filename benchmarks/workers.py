"""What several workers exchange, hold and read: python -m benchmarks.workers [--measure | --parts].

Bytes from the networks' parameters, a model of the time that their exchange takes, memory by the size of the batch, and
the rate at which a worker is given its images and latents. --measure trains with 1, 2 and 4 workers on this CPU,
--parts with a batch taken in parts.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Tuple

import numpy as np

from benchmarks.table import Table
from benchmarks.turns import take_turns
from benchmarks.worker import ROOT, Task

RECIPES = ("gan_mnist", "gan_mnist_plain", "gan_mnist_wide", "dcgan_64", "dcgan_cifar10_frog")
SHAPES = {"dcgan_64": (3, 64, 64), "dcgan_cifar10_frog": (3, 32, 32)}  # of all others (1, 28, 28)
COUNTS = (2, 4, 8, 16, 64, 256, 1024)
FLOAT = 4  # bytes

NOTE = """\
exchange: a ring in which each of n workers sends 2 (n - 1) / n of the gradients' bytes, in 2 (n - 1) messages one after
another for each network. Of messages that small NCCL and HCCL also make trees, with fewer in a row."""


class Link(NamedTuple):
    """A way between workers: nominal figures, not measured here."""

    name: str
    bandwidth: float  # bytes a second, each way
    latency: float  # seconds a message


LINKS = (
    Link("NVLink, 300 GB/s", 300e9, 3e-6),
    Link("PCIe, 16 GB/s", 16e9, 10e-6),
    Link("100 GbE, 10 GB/s", 10e9, 20e-6),
)


class Sizes(NamedTuple):
    """Numbers in the networks of a recipe, and what a step does with them."""

    generator: int
    discriminator: int
    d_steps: int
    moments: int  # that the optimizers keep of each parameter
    averaged: bool
    generator_outputs: int  # of all layers, for one image
    discriminator_outputs: int

    @property
    def exchanged(self) -> int:
        """Bytes of gradients in one step."""
        return FLOAT * (self.generator + self.d_steps * self.discriminator)

    @property
    def held(self) -> int:
        """Bytes of weights, their gradients, what the optimizers keep of them, and the generator's average."""
        both = (2 + self.moments) * (self.generator + self.discriminator)
        return FLOAT * (both + (self.generator if self.averaged else 0))

    @property
    def image(self) -> int:
        """Bytes for each image of a worker's part, an estimate: every layer's output and its gradient, once each, in
        the larger of the two updates: the discriminator's on a real and a generated image, or the generator's.
        """
        outputs = max(2 * self.discriminator_outputs, self.generator_outputs + self.discriminator_outputs)
        return 2 * FLOAT * outputs


def ring_seconds(size: int, count: int, link: Link, messages: int = 2) -> float:
    """Time in which a ring of `count` workers adds `size` bytes, cut into `messages` of its own each way round."""
    return 2 * (count - 1) / count * size / link.bandwidth + messages * 2 * (count - 1) * link.latency


def sizes_of(recipe: str) -> Tuple[Sizes, Any]:
    """A recipe's sizes, from its networks run forward once with the layers of a GPU or an Ascend, and its options."""
    import mindspore as ms

    from ms_gan.models import count_parameters
    from ms_gan.systems.latent.build import build_networks

    config, shape = options_of(recipe), SHAPES.get(recipe, (1, 28, 28))
    networks = build_networks(config, shape)
    generator, discriminator = networks["generator"], networks["discriminator"]
    latents = ms.ops.zeros((2, config.latent.width), ms.float32)
    return Sizes(
        count_parameters(generator),
        count_parameters(discriminator),
        config.procedure.d_steps,
        2 if config.optimizer.generator.name == "adam" else 1,
        config.ema.enabled,
        outputs_of(generator, latents),
        outputs_of(discriminator, ms.ops.zeros((2, *shape), ms.float32)),
    ), config


def outputs_of(network: Any, inputs: Any) -> int:
    """Numbers that all layers of a network put out for one image."""
    found = []
    hooks = [
        cell.register_forward_hook(lambda cell, given, output: found.append(output.size // output.shape[0]))
        for _, cell in network.cells_and_names()
        if not cell.cells()
    ]
    network(inputs)
    for hook in hooks:
        hook.remove()
    return sum(found)


def options_of(recipe: str) -> Any:
    """The options of a recipe."""
    from ms_gan.config.parser import make_parser, parse
    from ms_gan.tasks.latent import Config

    parser = make_parser(Config, "", "", yaml_files=True)
    return parse(parser, Config, ["--config", str(ROOT / "configs" / f"{recipe}.yaml")])[0]


def show_exchange(sizes: Dict[str, Sizes]) -> None:
    """Bytes a step, and the model's times."""
    print("\nexchanged in one step")
    table = Table(["recipe", "generator", "discriminator", "MB a step"], 20)
    for recipe, size in sizes.items():
        table.row(recipe, f"{size.generator:,}", f"{size.discriminator:,}", f"{size.exchanged / 1e6:.2f}")
    print("\nmilliseconds of exchange a step, by the number of workers (model)")
    table = Table(["recipe and link", *(f"{count:,}" for count in COUNTS)], 38)
    for recipe in ("gan_mnist", "dcgan_64"):
        for link in LINKS:
            times = (1000 * ring_seconds(sizes[recipe].exchanged, count, link) for count in COUNTS)
            table.row(f"{recipe}: {link.name}", *(f"{ms:.2f}" for ms in times))
    print(f"\n{NOTE}")


def show_memory(sizes: Dict[str, Sizes]) -> None:
    """What a worker holds, and how many images a card has room for."""
    print("\nmemory of one worker (estimate; libraries and compiled graphs take up to 1 GB more)")
    table = Table(["recipe", "weights and all, MB", "MB an image", "images in 16 GB", "in 80 GB"], 20)
    for recipe, size in sizes.items():
        fitting = (f"{int((room * 1e9 - 1e9 - size.held) / size.image):,}" for room in (16, 80))
        table.row(recipe, f"{size.held / 1e6:.1f}", f"{size.image / 1e6:.2f}", *fitting)


def show_feed(configs: Dict[str, Any], seconds: float) -> None:
    """Images a second that one worker is given, by how many share a step: each draws all latents and takes its part."""
    from ms_gan.runtime.workers import Workers
    from ms_gan.training.adversarial.inputs import StepInputs

    counts = (1, 8, 64, 1024)
    print("\nimages a second that a worker is given, by the number of workers, each with the recipe's batch")
    table = Table(["recipe", *(f"{count:,}" for count in counts)], 20, 9)
    for recipe, config in configs.items():
        own, rates = config.train.batch_size, []
        pixels = np.random.default_rng(0).integers(0, 256, SHAPES.get(recipe, (1, 28, 28)), np.uint8)
        images = np.broadcast_to(pixels, (8 * own * max(counts), *pixels.shape))  # one, as often as an epoch needs it
        for count in counts:
            config.train.batch_size = own * count
            inputs = StepInputs(config, images[: 8 * own * count], workers=Workers(0, count))
            inputs(0)
            started, steps = time.perf_counter(), 0
            while time.perf_counter() - started < seconds:
                steps += 1
                inputs(0)
            rates.append(f"{steps * own / (time.perf_counter() - started):,.0f}")
        config.train.batch_size = own
        table.row(recipe, *rates)


def step_ms(count: int, recipe: str, batch: int, steps: int) -> float:
    """Milliseconds a step of a training by `count` workers on this CPU, from its own log, the first third left out."""
    with tempfile.TemporaryDirectory() as parent:
        run = Path(parent) / "run"
        command = [sys.executable, "-m", "ms_gan.cli.launch", "--workers", str(count), "--device", "CPU"]
        command += ["--config", str(ROOT / "configs" / f"{recipe}.yaml"), "--batch-size", str(batch)]
        command += ["--data.source", "synthetic", "--data.limit", str(8 * batch), "--metrics.every", "0"]
        command += ["--steps", str(steps), "--train.cadence", "steps", "--train.log_every", str(steps // 3)]
        command += ["--train.sample_every", str(steps), "--train.checkpoint_every", str(steps), "--output", str(run)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        records = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    at = {record["step"]: record["time"] for record in records if record["event"] == "train"}
    return 1000 * (at[steps] - at[steps // 3]) / (steps - steps // 3)


def measure(recipe: str, steps: int, rounds: int) -> None:
    """Steps by 1, 2 and 4 workers, the same batch shared and the same batch for each; the least of the rounds."""
    batch = options_of(recipe).train.batch_size
    print(
        f"\n{recipe}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; ms a step, least of {rounds} runs"
    )
    table = Table(["workers", f"{batch} shared", "efficiency", f"{batch} each", "efficiency"], 8)
    cases = [(count, size) for count in (1, 2, 4) for size in dict.fromkeys((batch, batch * count))]
    least: Dict[Tuple[int, int], float] = dict.fromkeys(cases, math.inf)
    for _ in range(rounds):
        for case in cases:
            least[case] = min(least[case], step_ms(case[0], recipe, case[1], steps))
    alone = least[1, batch]
    for count in (1, 2, 4):
        shared, each = least[count, batch], least[count, batch * count]
        table.row(count, f"{shared:.1f}", f"{alone / shared:.2f}", f"{each:.1f}", f"{count * alone / each:.2f}")
    print("efficiency: images a second against one worker on the same cores, whose threads use all of them")


def measure_parts(rounds: int) -> None:
    """Time and memory of a step of dcgan_64 whose batch is taken in parts."""
    tasks = {
        str(parts): Task("step", "dcgan_64", 128, options=("--train.accumulate", str(parts)), images=512)
        for parts in (1, 2, 4, 8)
    }
    print(
        f"\ndcgan_64, batch 128, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; median of {rounds} turns"
    )
    table = Table(["parts", "images a part", "ms a step", "peak MB"], 6)
    for parts, timing in take_turns(tasks, rounds, 1.0).items():
        table.row(parts, 128 // int(parts), f"{timing.median:,.0f}", f"{timing.peak_mb:,.0f}")


def parse_options(argv: List[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__.splitlines()[0])
    parser.add_argument("--measure", action="store_true", help="train with 1, 2 and 4 workers on this CPU")
    parser.add_argument("--parts", action="store_true", help="take dcgan_64's batch in 1, 2, 4 and 8 parts on this CPU")
    parser.add_argument("--recipe", default="gan_mnist", help="what --measure trains (default: gan_mnist)")
    parser.add_argument("--steps", type=int, default=300, help="of each training (default: 300)")
    parser.add_argument("--rounds", type=int, default=3, help="trainings of each kind (default: 3)")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each rate of the feed (default: 1)")
    return parser.parse_args(argv)


def main() -> None:
    """The command."""
    options = parse_options(sys.argv[1:])
    if options.measure:
        measure(options.recipe, options.steps, options.rounds)
        return
    if options.parts:
        measure_parts(options.rounds)
        return
    from ms_gan.runtime import start

    start("CPU", "pynative")  # hooks are called in this mode only
    from ms_gan.models import layers

    layers.convolutions_as_products(False)
    sizes, configs = {}, {}
    for recipe in RECIPES:
        sizes[recipe], configs[recipe] = sizes_of(recipe)
    show_exchange(sizes)
    show_memory(sizes)
    show_feed(configs, options.seconds)


if __name__ == "__main__":
    main()
