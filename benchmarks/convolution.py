"""The convolutions of dcgan_64 and dcgan_cifar10_frog, layer by layer: python benchmarks/convolution.py.

Each side runs in a process of its own: the matrix products of ms_gan.models.cpu.convolution, MindSpore's own layers
(with ONEDNN_MAX_CPU_ISA=AVX2, without which 2.9 and later take seconds a layer where there is AVX-512), and PyTorch
where it is installed. One thread on one core, and the processor's time rather than the clock's, least of a few runs:
so other processes on the machine matter little. Linux only. Prints a Markdown table: milliseconds forward / forward +
backward.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import machine

ROOT = Path(__file__).parents[1]
# kind, batch, inputs, outputs, side, kernel, stride, padding
LAYERS = {
    "dcgan_64 D 1": ("conv", 32, 3, 64, 64, 4, 2, 1),
    "dcgan_64 D 2": ("conv", 32, 64, 128, 32, 4, 2, 1),
    "dcgan_64 D 3": ("conv", 32, 128, 256, 16, 4, 2, 1),
    "dcgan_64 D 4": ("conv", 32, 256, 512, 8, 4, 2, 1),
    "dcgan_64 G 2": ("transposed", 32, 512, 256, 4, 4, 2, 1),
    "dcgan_64 G 3": ("transposed", 32, 256, 128, 8, 4, 2, 1),
    "dcgan_64 G 4": ("transposed", 32, 128, 64, 16, 4, 2, 1),
    "dcgan_64 G 5": ("transposed", 32, 64, 3, 32, 4, 2, 1),
    "frog G 1": ("conv", 20, 128, 256, 16, 5, 1, 2),
    "frog G 2": ("transposed", 20, 256, 256, 16, 4, 2, 1),
    "frog G 3, 4": ("conv", 20, 256, 256, 32, 5, 1, 2),
    "frog G 5": ("conv", 20, 256, 3, 32, 7, 1, 3),
    "frog D 1": ("conv", 20, 3, 128, 32, 3, 1, 0),
    "frog D 2": ("conv", 20, 128, 128, 30, 4, 2, 0),
    "frog D 3": ("conv", 20, 128, 128, 14, 4, 2, 0),
}
SIDES = {"products": {}, "mindspore": {"ONEDNN_MAX_CPU_ISA": "AVX2"}, "pytorch": {}}


def least(function, seconds=1.0):
    """Milliseconds of processor time of the best of the runs that fit into a second, at least two."""
    function()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 2 or time.perf_counter() < end:
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return 1e3 * min(times)


def mindspore_layer(products, kind, batch, inputs, outputs, side, kernel, stride, padding):
    """Two functions: the layer forward, and forward + backward."""
    import mindspore as ms
    from mindspore import nn

    from ms_gan.models.cpu import convolution

    class Step(nn.Cell):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer
            self.gradients = ms.value_and_grad(self.loss, 0, layer.trainable_params(), has_aux=True)

        def loss(self, images, slopes):
            y = self.layer(images)
            return (y * slopes).sum(), y

        def construct(self, images, slopes):
            return self.gradients(images, slopes)

    ms.set_context(mode=ms.GRAPH_MODE)
    ms.set_device("CPU")
    own = {"conv": nn.Conv2d, "transposed": nn.Conv2dTranspose}
    ours = {"conv": convolution.Conv2d, "transposed": convolution.ConvTranspose2d}
    layer = (ours if products else own)[kind](inputs, outputs, kernel, stride, "pad", padding, has_bias=False)
    random = np.random.default_rng(0)
    shape = (batch, side, side, inputs) if products else (batch, inputs, side, side)
    images = ms.Tensor(random.standard_normal(shape).astype(np.float32))
    slopes = ms.Tensor(random.standard_normal(layer(images).shape).astype(np.float32))
    step = Step(layer)
    return lambda: layer(images).asnumpy(), lambda: step(images, slopes)[0][0].asnumpy()


def pytorch_layer(kind, batch, inputs, outputs, side, kernel, stride, padding):
    """Two functions: the layer forward, and forward + backward."""
    import torch

    torch.set_num_threads(1)
    layer = {"conv": torch.nn.Conv2d, "transposed": torch.nn.ConvTranspose2d}[kind](
        inputs, outputs, kernel, stride, padding, bias=False
    )
    images = torch.randn(batch, inputs, side, side, requires_grad=True)
    slopes = torch.randn_like(layer(images))

    def forward():
        with torch.no_grad():
            layer(images)

    return forward, lambda: torch.autograd.grad(layer(images), (images, layer.weight), slopes)


def measure(side):
    """{layer: (forward, forward + backward)} in milliseconds."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    results = {}
    for name, layer in LAYERS.items():
        functions = pytorch_layer(*layer) if side == "pytorch" else mindspore_layer(side == "products", *layer)
        results[name] = [least(function) for function in functions]
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--side", choices=SIDES, help="measure this side only, and print JSON")
    side = parser.parse_args().side
    if side:
        print(json.dumps(measure(side)))
        return
    machine.announce()
    results = {}
    for side, extra in SIDES.items():
        environment = {**os.environ, **extra, "OMP_NUM_THREADS": "1", "GLOG_v": "3", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, __file__, "--side", side]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode == 0:
            results[side] = json.loads(done.stdout.splitlines()[-1])
        else:
            print(f"{side}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
    print("| layer | " + " | ".join(results) + " |\n|---|" + "---|" * len(results))
    for name in LAYERS:
        print(f"| {name} | " + " | ".join("{:.1f} / {:.1f}".format(*results[side][name]) for side in results) + " |")


if __name__ == "__main__":
    main()
