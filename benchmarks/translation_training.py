"""Trains the PyTorch twin of a recipe from picture to picture.

python -m benchmarks.translation_training RECIPE FOLDER FILE

FOLDER: what the recipe's --data-dir names. FILE: the .npz to write, the networks' parameters and statistics under
ms_gan's names, which benchmarks.twin_weights makes a run of. Pictures, their order and their jitter are those of
ms_gan's training with the same seed; weights begin at other draws from N(0, 0.02). Needs no MindSpore.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from benchmarks.translation_twins import CycleTwin, PairedTwin
from benchmarks.twins import named
from ms_gan.config.translation_sections import PairsConfig, TwoFoldersConfig
from ms_gan.data.domains import load_domains
from ms_gan.data.pair_batches import DomainBatches, PairBatches
from ms_gan.data.pairs import load_pairs

RECIPES = ("pix2pix_emoji", "cyclegan_emoji")


def paired(options):
    """pix2pix_emoji: the twin, and what one step does."""
    config = PairsConfig(dir=options.folder, image_size=64, jitter=0.06, held_out=0.085)
    batches = PairBatches(load_pairs(config, options.seed, None), config, options.batch, options.seed)
    twin = PairedTwin(fused=True)
    return twin, lambda step: twin.step(*on_device(batches.batch(step)))


def unpaired(options):
    """cyclegan_emoji: the twin, and what one step does."""
    config = TwoFoldersConfig(dir=options.folder, image_size=64)
    batches = DomainBatches(load_domains(config, options.seed, None), config, options.batch, options.seed)
    twin = CycleTwin(channels=16, blocks=4, judges=32, fused=True)
    return twin, lambda step: twin.step(*on_device(batches.batch(step)), *torch.rand(2, options.batch, 2, device="cpu"))


def on_device(arrays):
    """Float arrays as tensors of the default device."""
    return [torch.as_tensor(np.ascontiguousarray(array), device=torch.get_default_device()) for array in arrays]


def initialised(network):
    """Convolutions from N(0, 0.02), biases 0, as in the papers."""
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0.0, 0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def train(twin, step, steps):
    """The whole training; the learning rate falls to 0 over its second half."""
    falling = [
        torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: 1 - max(0.0, done / steps - 0.5) / 0.5)
        for optimizer in (twin.optim_g, twin.optim_d)
    ]
    began = time.perf_counter()
    for number in range(steps):
        losses = step(number)
        for schedule in falling:
            schedule.step()
        if number % 100 == 99:
            shown = " ".join(f"{float(loss):.4f}" for loss in losses)
            print(f"step {number + 1} of {steps}  {shown}  {time.perf_counter() - began:.0f} s", flush=True)


def main():
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.translation_training", description=__doc__)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("folder")
    parser.add_argument("file", type=Path)
    parser.add_argument("--steps", type=int, default=4200)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    options = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    torch.set_default_device(options.device)
    torch.manual_seed(options.seed)
    twin, step = (paired if options.recipe == "pix2pix_emoji" else unpaired)(options)
    for network in twin.networks.values():
        initialised(network)
    train(twin, step, options.steps)
    values = {
        name: tensor.detach().cpu().numpy()
        for role, network in twin.networks.items()
        for name, tensor, *_ in named(network, role)
    }
    np.savez(options.file, **values)


if __name__ == "__main__":
    main()
