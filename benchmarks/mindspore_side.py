"""What workers do with ms_gan and MindSpore: one function a kind of task."""

import os
import tempfile

import numpy as np

from benchmarks.worker import PRODUCT, ROOT, TRANSLATION, Activity, Task
from ms_gan.runtime import start

SHAPES = {"dcgan_64": (3, 64), "dcgan_cifar10_frog": (3, 32)}  # colours, side; of all others (1, 28)


def training_images(shape, count):
    """Random bytes in place of photographs, uint8 (count, C, H, W)."""
    return np.random.default_rng(0).integers(0, 256, (count, *shape), np.uint8)


def training(task: Task):
    """The networks and inputs of a training step, and its recipe: (System, Prefetched, Config, Device)."""
    from ms_gan.config.parser import make_parser, parse
    from ms_gan.tasks.latent import Config

    argv = ["--config", str(ROOT / "configs" / f"{task.recipe}.yaml"), "--batch-size", str(task.batch)]
    argv += ["--precision", task.precision, *task.options]
    config, _ = parse(make_parser(Config, "", "", yaml_files=True), Config, argv)
    device = start("CPU", "graph", task.precision)
    from ms_gan.data import ImageData
    from ms_gan.training.trainer import Trainer

    colours, side = SHAPES.get(task.recipe, (1, 28))
    side = config.data.image_size or side
    images = ImageData(training_images((colours, side, side), task.images), None, "random bytes", "made to measure")
    with tempfile.TemporaryDirectory() as config.output:  # a trainer that is not run leaves nothing there
        trainer = Trainer(config, images, device)
    return trainer.system, trainer.inputs, config, device


def repeated(system, inputs):
    """A function that takes so many steps of a system, one after another, and waits for the last."""
    done = 0

    def take(steps):
        nonlocal done
        for _ in range(steps):
            statistics = system.take(done, inputs(done))
            done += 1
        statistics.asnumpy()

    return take


def step(task: Task) -> Activity:
    """A training step as train.py takes it, data feed included."""
    if task.recipe in TRANSLATION:
        return translation_step(task)
    system, inputs, config, device = training(task)
    from benchmarks.flops import network_flops, step_flops

    colours, side = SHAPES.get(task.recipe, (1, 28))
    shape = (colours, *[config.data.image_size or side] * 2)
    generator = network_flops(system.networks["generator"], shape, True)
    discriminator = network_flops(system.networks["discriminator"], shape, False)
    flops = step_flops(config.procedure, task.batch, generator, discriminator)
    return Activity(repeated(system, inputs), flops, f"MindSpore {device.mindspore}, products in {device.precision}")


def translation_step(task: Task) -> Activity:
    """A training step from picture to picture, of pictures neither mirrored nor jittered, without an average."""
    from ms_gan.config.parser import make_parser, parse
    from ms_gan.tasks import paired, unpaired

    pairs, shape = task.recipe == "pix2pix", (3, 64, 64)
    kind = (paired if pairs else unpaired).Config
    argv = ["--config", str(ROOT / "configs" / f"{task.recipe}.yaml"), "--batch-size", str(task.batch)]
    argv += ["--precision", task.precision, "--data.mirror", "false", "--data.jitter", "0", "--ema.enabled", "false"]
    config, _ = parse(make_parser(kind, "", "", yaml_files=True), kind, [*argv, *task.options])
    device = start("CPU", "graph", task.precision)
    from benchmarks.flops import cycle_flops, network_flops, step_flops
    from ms_gan.data.domains import DomainData
    from ms_gan.data.pairs import PairData
    from ms_gan.runtime.workers import Workers
    from ms_gan.systems.paired.build import build as build_pair
    from ms_gan.systems.unpaired.build import build as build_four
    from ms_gan.training.prefetch import Prefetched

    first, second = (training_images(shape, task.images) for _ in range(2))
    if pairs:
        system, inputs = build_pair(config, PairData(first, None, "", "", inputs=second), Workers())
    else:
        system, inputs = build_four(config, DomainData(first, None, "", "", other=second), Workers())
    generator, discriminator = (
        network_flops(next(cell for name, cell in system.networks.items() if name.startswith(role)), shape, False)
        for role in ("generator", "discriminator")
    )
    if pairs:
        flops = step_flops(config.procedure, task.batch, generator, discriminator)
    else:
        flops = cycle_flops(task.batch, generator, discriminator)
    note = f"MindSpore {device.mindspore}, products in {device.precision}"
    return Activity(repeated(system, Prefetched(inputs)), flops, note)


def product(task: Task) -> Activity:
    """A large matrix product, in the precision in which a training computes its own."""
    start("CPU", "graph", task.precision)
    import mindspore as ms

    multiply = ms.ops.MatMul()
    a = ms.Tensor(np.random.default_rng(0).standard_normal((PRODUCT, PRODUCT), np.float32))

    def take(steps):
        for _ in range(steps):
            result = multiply(a, a)
        result.asnumpy()

    return Activity(take, 2 * PRODUCT**3)


def sampling(task: Task) -> Activity:
    """One image of a generator on disk, as infer.py makes it."""
    start("CPU", "graph", task.precision)
    from ms_gan.generators.sampling import open_generator

    sampler = open_generator(task.path)

    def take(images):
        for _ in sampler.stream(0, images):
            pass

    return Activity(take)


def features(task: Task) -> Activity:
    """The features of one image of the shape of MNIST's.

    The classifier is one that has learnt little: how well it was trained does not change how long it takes.
    """
    start("CPU", "graph", task.precision)
    from ms_gan import data
    from ms_gan.config.data_section import DataConfig
    from ms_gan.metrics.features import ClassifierRecipe, open_features

    config = DataConfig(source="synthetic", limit=256)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["MS_GAN_CACHE"] = cache  # a classifier of no use stays out of the user's
        extract = open_features(config, data.load(config, 0), recipe=ClassifierRecipe(epochs=1, least_steps=1))
    images = training_images((1, 28, 28), task.images)
    return Activity(lambda count: extract(images[:count]))


def frechet(task: Task) -> Activity:
    """The Frechet distance of generated features that are there from real ones whose moments are known."""
    from ms_gan.metrics.features.classifier import WIDTH
    from ms_gan.metrics.frechet import frechet_distance, moments

    real, fake = np.random.default_rng(0).random((2, task.images, WIDTH), np.float32)
    known = moments(real)

    def take(times):
        for _ in range(times):
            frechet_distance(known, moments(fake))

    return Activity(take)
