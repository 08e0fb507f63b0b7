"""Trains PyTorch's twin of gan_mnist: python -m benchmarks.twin_training IMAGES WEIGHTS [--epochs N] [--seed N].

IMAGES: a .npy file of uint8 (N, 1, 28, 28). WEIGHTS: the .npz file to write, the generator's parameters and statistics
under ms_gan's names.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import torch

from benchmarks.twins import Twin, named


def train(twin: Twin, images: torch.Tensor, epochs: int) -> None:
    """The plain training: every epoch in a new order, the last partial batch left out, fresh latents for G."""
    for _ in range(epochs):
        order = torch.randperm(len(images))
        for start in range(0, len(images) - twin.batch + 1, twin.batch):
            batch = images[order[start : start + twin.batch]].float() / 127.5 - 1
            twin.step(batch, torch.randn(twin.batch, twin.latent), torch.randn(twin.batch, twin.latent))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.twin_training", description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    torch.manual_seed(options.seed)
    twin = Twin("gan_mnist", fused=True)
    train(twin, torch.from_numpy(np.load(options.images)), options.epochs)
    np.savez(
        options.weights, **{name: tensor.detach().numpy() for name, tensor, *_ in named(twin.generator, "generator")}
    )


if __name__ == "__main__":
    main()
