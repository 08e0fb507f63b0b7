"""Every op of every recipe's training step has kernels for GPU and Ascend, and every shape is known beforehand.

Neither device is needed: which ops have kernels is known from the registries of MindSpore's plugins, which
tests/golden/make_kernels.py has read, and for the few that are not in them (Stack) from the manual. That a kernel takes
float32, and that it is right, only a device can tell.
"""

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn, ops

from ms_gan.config import Config
from ms_gan.models import layers
from ms_gan.options import make_parser, parse
from tests.test_real_mnist import ROOT
from tests.test_recipes import SMALL
from tests.training.device_ops import compile_cell, compile_step, dynamic_shapes, has_kernel, ops_of, registered

pytestmark = pytest.mark.usefixtures("device")
SHAPES = {"dcgan_64": (3, 64, 64), "dcgan_cifar10_frog": (3, 32, 32), "dcgan_mnist": (1, 32, 32)}


@pytest.fixture
def own_convolutions():
    """Convolutions by MindSpore's own layers, as ms_gan.runtime.kernels chooses for a GPU and an Ascend."""
    chosen = layers._products
    layers.convolutions_as_products(False)
    yield
    layers.convolutions_as_products(chosen)


@pytest.mark.parametrize("recipe", sorted(SMALL))
def test_every_op_of_a_recipe_has_kernels(recipe, own_convolutions):
    flags = ["--config", str(ROOT / "configs" / f"{recipe}.yaml"), *SMALL[recipe], "--batch-size", "4"]
    config, _ = parse(make_parser(Config, "", "", yaml_files=True), Config, flags)
    graph = compile_step(config, SHAPES.get(recipe, (1, 28, 28)))
    kernels, used = registered(ms.__version__), ops_of(graph)
    assert {"MatMul", "Sigmoid"} <= used and ("Conv2D" in used) == (recipe in SHAPES)
    assert not [(op, device) for op in sorted(used) for device in kernels if not has_kernel(op, device, kernels)]
    assert not dynamic_shapes(graph)


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
