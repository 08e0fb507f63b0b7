"""The choice of the kernels for convolutions, and that they are fast ones."""

import os
import subprocess
import sys

from ms_gan.runtime.cpu.kernels import convolutions_as_products

# Forward and backward through layers of dcgan_64 and of dcgan_cifar10_frog, as the runtime chooses to run them.
LAYERS = """
import mindspore as ms
import numpy as np
from mindspore import nn
from ms_gan.models.cpu import convolution
from ms_gan.models.cpu import norms
from ms_gan.runtime.cpu.kernels import convolutions_as_products

ms.set_context(mode=ms.GRAPH_MODE)
ms.set_device("CPU")
products, _ = convolutions_as_products("CPU")
conv = convolution.Conv2d if products else nn.Conv2d
transposed = convolution.ConvTranspose2d if products else nn.Conv2dTranspose
chain = convolution.ChannelsLast if products else nn.SequentialCell
norm = norms.BatchNorm2d if products else nn.BatchNorm2d
halving = {"stride": 2, "pad_mode": "pad", "padding": 1, "has_bias": False}
networks = [
    ([conv(3, 64, 4, **halving), conv(64, 128, 4, **halving), norm(128, 1e-5, 0.9)], (3, 64, 64)),
    ([transposed(64, 32, 4, **halving), norm(32, 1e-5, 0.9), conv(32, 3, 7, 1, "same", 0, has_bias=True)], (64, 8, 8)),
    ([conv(64, 64, 5, 1, "same", 0, has_bias=True), conv(64, 64, 4, 2, "valid", 0, has_bias=True)], (64, 16, 16)),
]


class Loss(nn.Cell):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def construct(self, images):
        return (self.network(images) ** 2).sum()


for cells, shape in networks:
    loss = Loss(chain(cells)).set_train()
    images = np.random.default_rng(0).standard_normal((4, *shape)).astype(np.float32)
    ms.value_and_grad(loss, 0, loss.trainable_params())(ms.Tensor(images))[0].asnumpy()
"""


def test_products_on_x86_cpus_only():
    assert convolutions_as_products("CPU", "x86_64")[0]
    assert not convolutions_as_products("CPU", "aarch64")[0]
    for device in ("GPU", "Ascend"):
        chosen, line = convolutions_as_products(device, "x86_64")
        assert not chosen and device in line


def test_no_reference_kernel(tmp_path):
    """oneDNN names the kernel of every primitive it runs: none may be its reference code."""
    script = tmp_path / "layers.py"  # graph mode compiles from a file
    script.write_text(LAYERS)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ONEDNN_", "DNNL_"))}
    environment.update(ONEDNN_VERBOSE="1", DNNL_VERBOSE="1", PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
    command = [sys.executable, str(script)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    runs = [line.split(",") for line in done.stdout.splitlines() if ",exec,cpu," in line]
    kernels = {(line[i + 2], line[i + 3]) for line in runs for i in [line.index("exec")]}
    assert any(primitive == "matmul" for primitive, _ in kernels), done.stdout
    assert not [kernel for kernel in kernels if "ref" in kernel[1].replace(":", "+").split("+")], kernels
