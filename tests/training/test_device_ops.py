"""Every op of every recipe and of every option has kernels for GPU and Ascend, and every shape is known beforehand.

Neither device is needed: which ops have kernels is known from the registries of MindSpore's plugins, which
tests/golden/make_kernels.py has read, and for the few that are not in them (Stack) from the manual. That a kernel takes
float32, and that it is right, only a device can tell.
"""

import importlib

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn, ops

from benchmarks.augmentation import Slope
from ms_gan import tasks
from ms_gan.config.parser import make_parser, parse
from ms_gan.data.domains import DomainData
from ms_gan.data.pairs import PairData
from ms_gan.generators.projection import SearchStep
from ms_gan.metrics.features.classifier import Classifier
from ms_gan.metrics.features.fit import FitStep
from ms_gan.metrics.features.random_network import RandomNetwork
from ms_gan.models import build_generator
from ms_gan.runtime.workers import Workers
from ms_gan.systems.latent.build import build_system
from ms_gan.tasks.latent import Config
from ms_gan.training.adversarial.augment import Augmentation
from ms_gan.training.adversarial.inputs import StepInputs
from tests.paths import ROOT
from tests.recipes import SMALL
from tests.training.device_ops import (
    branches,
    compile_cell,
    compile_step,
    dynamic_shapes,
    has_kernel,
    ops_of,
    registered,
)

pytestmark = pytest.mark.usefixtures("device")
SHAPES = {
    "dcgan_64": (3, 64, 64), "dcgan_cifar10_frog": (3, 32, 32), "dcgan_mnist": (1, 32, 32),
    "cdcgan_mnist": (1, 32, 32),
}  # fmt: skip


@pytest.mark.parametrize("recipe", sorted(SMALL))
def test_every_op_of_a_recipe_has_kernels(recipe, own_kernels):
    flags = ["--config", str(ROOT / "configs" / f"{recipe}.yaml"), *SMALL[recipe], "--batch-size", "4"]
    config, _ = parse(make_parser(Config, "", "", yaml_files=True), Config, flags)
    graph = compile_step(config, SHAPES.get(recipe, (1, 28, 28)))
    used = ops_of(graph)
    assert {"MatMul", "Sigmoid"} <= used and ("Conv2D" in used) == (recipe in SHAPES)
    check(graph)


PICTURES = ["--generator.channels", "4", "--discriminator.channels", "4", "--discriminator.layers", "1"]


@pytest.mark.parametrize("name, more", [("paired", ["--generator.norm", "batch"]), ("unpaired", ["--cycle.pool", "3"])])
def test_every_op_of_a_step_with_pictures_has_kernels(name, more, own_kernels):
    """U-Net and ResNet, PatchGAN, pools, and in half precision the loss scales."""
    task = tasks.find(name)
    flags = ["--data.image_size", "16", *PICTURES, "--batch-size", "2", "--precision", "fp16", *more]
    config, _ = parse(make_parser(task.config, "", "", yaml_files=True), task.config, flags)
    pictures = np.zeros((4, 3, 16, 16), np.uint8)
    data = PairData(pictures, None, "", "", inputs=pictures)
    if name == "unpaired":
        data = DomainData(pictures, None, "", "", other=pictures)
    system, inputs = importlib.import_module(task.module).build(config, data, Workers())
    check(compile_cell(system.step, inputs(0)))


DENSE = ["--generator.hidden", "[8,8]", "--discriminator.hidden", "[8]"]


def family(name):
    """Small networks of a convolutional family."""
    roles = ("generator", "discriminator")
    return [part for role in roles for part in (f"--{role}.name", name, f"--{role}.channels", "4")]


# Options that share a graph, so that few are compiled; together all that change what a step computes.
OPTIONS = {
    "clip_weights": [*DENSE, "--regularise.clip_weights", "0.01", "--regularise.instance_noise", "0.1"],
    "fp16": [*DENSE, "--precision", "fp16"],
    "minimax": [*DENSE, "--procedure.objective", "minimax", "--generator.batch_norm", "false"],
    "least_squares": [
        *DENSE, "--procedure.objective", "least_squares", "--procedure.label_smoothing", "0.1",
        "--procedure.label_noise", "0.1", "--train.skip_bad_steps", "3",
    ],
    "hinge": [*DENSE, "--procedure.objective", "hinge", "--optimizer.discriminator.clip", "1"],
    "wasserstein": [
        *DENSE, "--procedure.objective", "wasserstein", "--regularise.gradient_penalty", "10",
        "--procedure.d_steps", "2",
    ],
    "relativistic": [*DENSE, "--procedure.objective", "relativistic", "--regularise.r1", "1", "--regularise.r2", "1"],
    "schedules": [
        *DENSE, "--optimizer.generator.schedule", "cosine", "--optimizer.discriminator.schedule", "linear",
        "--optimizer.discriminator.decay", "0.1", "--discriminator.spectral_norm", "true",
    ],
    "augment": [
        *DENSE, "--regularise.augment", "[color,translation,cutout,blit]",
        "--regularise.augment_target", "0.6", "--ema.enabled", "false",
    ],
    "shared": [
        *DENSE, "--procedure.fakes", "shared", "--optimizer.generator.name", "rmsprop", "--procedure.loss", "mean",
        "--procedure.positive", "fake",
    ],
    "dcgan": [
        *family("dcgan"), "--discriminator.batch_norm", "false", "--discriminator.spectral_norm", "true",
        "--regularise.r1", "1", "--regularise.every", "4", "--regularise.augment", "[color,translation,cutout]",
    ],
    "dcgan fp16": [*family("dcgan"), "--precision", "fp16"],
    "cnn": [
        *family("cnn"), "--discriminator.dropout", "0.4", "--regularise.r2", "1",
        "--discriminator.spectral_norm", "true",
    ],
    "labels": [
        *DENSE, "--conditional", "true", "--discriminator.spectral_norm", "true", "--regularise.gradient_penalty", "1",
    ],
    "labels fp16": [*DENSE, "--conditional", "true", "--discriminator.condition", "concat", "--precision", "fp16"],
    "told labels": [
        *family("cnn"), "--conditional", "true", "--discriminator.condition", "auxiliary", "--regularise.r1", "1",
    ],
    "shared labels fp16": [
        *family("dcgan"), "--conditional", "true", "--procedure.fakes", "shared", "--precision", "fp16",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
def test_every_op_of_an_option_has_kernels(name, own_kernels):
    config, _ = parse(make_parser(Config, "", ""), Config, [*OPTIONS[name], "--batch-size", "4"])
    graph = compile_step(config, (1, 28, 28) if OPTIONS[name][:4] == DENSE else (3, 32, 32))
    check(graph)
    # The update of each network that fp16's loss scale leaves out after an overflow.
    assert branches(graph) == (2 if "fp16" in name else 0)


def test_every_op_of_the_parts_of_an_accumulated_step_has_kernels(own_kernels):
    flags = [*DENSE, "--batch-size", "4", "--train.accumulate", "2", "--regularise.r1", "1"]
    config, _ = parse(make_parser(Config, "", ""), Config, flags)
    step = build_system(config, (1, 28, 28)).step
    updates, own = StepInputs(config, np.zeros((4, 1, 28, 28), np.uint8))(0)
    half, sums, own_sums = ms.Tensor(0.5, ms.float32), *(ms.Tensor(np.zeros(n, np.float32)) for n in (3, 2))
    check(compile_cell(step._gather_d, [half, *updates[0][0], sums, *step._zeros_d]))
    check(compile_cell(step._update_d, step._zeros_d))
    check(compile_cell(step._gather_g, [half, *own[0], own_sums, *step._zeros_g]))
    check(compile_cell(step._update_g, [sums, own_sums, *step._zeros_g]))


def check(graph):
    """Every op of a graph has kernels for both devices, and every shape is known."""
    kernels, used = registered(ms.__version__), ops_of(graph)
    assert not [(op, device) for op in sorted(used) for device in kernels if not has_kernel(op, device, kernels)]
    assert not dynamic_shapes(graph)


def test_every_op_of_the_average_of_a_search_and_of_the_features_has_kernels(own_kernels):
    average = build_system(Config(), (1, 28, 28)).averages[0]
    check(compile_cell(average, [ms.Tensor(3, ms.float32)]))
    generator = build_generator(Config().generator, 100, (1, 28, 28), np.random.default_rng(0), "generator.")
    for spherical in (True, False):
        search = SearchStep(generator.set_train(False), np.zeros((2, 100), np.float32), [0.1, 0.1], spherical)
        check(compile_cell(search, [ms.Tensor(np.zeros((1, 1, 28, 28), np.float32))]))
    images, labels = ms.Tensor(np.zeros((4, 3, 32, 32), np.float32)), ms.Tensor(np.zeros(4, np.int32))
    classifier = Classifier((3, 32, 32), 10)
    adam = nn.Adam(classifier.trainable_params(), learning_rate=[0.1, 0.1])
    check(compile_cell(FitStep(classifier.set_train(), adam), [images, labels]))
    check(compile_cell(RandomNetwork(3, np.random.default_rng(0)).set_train(False), [images]))


def test_every_op_of_changes_of_images_and_of_their_gradients_has_kernels():
    augment = Augmentation(["geometry", "tint"], (3, 8, 8), 0.5)
    numbers = np.zeros((2, augment.width), np.float32)
    graph = compile_cell(Slope(augment), [ms.Tensor(np.zeros((2, 3, 8, 8), np.float32)), ms.Tensor(numbers)])
    check(graph)
    assert "Gather" in ops_of(graph)


class Awkward(nn.Cell):
    """Has an op without a kernel for GPUs, and an output of unknown shape."""

    def construct(self, x):
        return ops.nonzero(ms.mint.nn.functional.leaky_relu(x))


def test_a_missing_kernel_and_a_dynamic_shape_are_noticed():
    graph = compile_cell(Awkward(), [ms.Tensor(np.ones((2, 3), np.float32))])
    kernels = registered(ms.__version__)
    assert [op for op in ops_of(graph) if not has_kernel(op, "GPU", kernels)] == ["LeakyReLUExt"]
    assert all(has_kernel(op, "Ascend", kernels) for op in ops_of(graph))
    assert len(dynamic_shapes(graph)) == 1
