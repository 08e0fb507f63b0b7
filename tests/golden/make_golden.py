"""Makes the reference arrays of the recipes with PyTorch: python tests/golden/make_golden.py (the `bench` extra).

For each recipe one training step of its twin in benchmarks/twins.py, from the weights and inputs of inputs.py:
generated images, logits, losses, and an excerpt of every parameter after both updates, under ms_gan's names.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from inputs import excerpt, step_inputs, weight
from torch import nn

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from benchmarks.twins import Twin  # noqa: E402

RECIPES = ("gan_mnist", "gan_mnist_wide", "gan_mnist_plain", "dcgan_64", "dcgan_cifar10_frog")
NORM_NAMES = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


def named(network, prefix):
    """(ms_gan's name, tensor, to ms_gan's layout, from ms_gan's layout) of parameters and statistics."""
    for path, module in network.named_modules():
        norm = isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d))
        for theirs, tensor in [*module._parameters.items(), *module._buffers.items()]:
            if tensor is None or theirs == "num_batches_tracked":
                continue
            name = f"{prefix}.{path}.{NORM_NAMES[theirs] if norm else theirs}"
            shape = tuple(tensor.shape)
            if path == "dense" and isinstance(module, nn.ConvTranspose2d):  # (in, out, 4, 4) for Dense (out * 16, in)
                yield name, tensor, lambda t, s=shape: t.reshape(s[0], -1).T, lambda a, s=shape: a.T.reshape(s)
            elif path == "dense" and isinstance(module, nn.Conv2d):  # (1, in, 4, 4) for Dense (1, in * 16)
                yield name, tensor, lambda t: t.reshape(1, -1), lambda a, s=shape: a.reshape(s)
            else:
                yield name, tensor, lambda t: t, lambda a: a


def main():
    torch.set_num_threads(1)
    for recipe in RECIPES:
        twin = Twin(recipe)
        everything = [*named(twin.generator, "generator"), *named(twin.discriminator, "discriminator")]
        with torch.no_grad():
            for name, tensor, to_ours, from_ours in everything:
                if "moving" not in name:
                    tensor.copy_(torch.from_numpy(from_ours(weight(name, tuple(to_ours(tensor).shape))).copy()))
        noisy = recipe == "dcgan_cifar10_frog"
        arrays = step_inputs(twin.shape, twin.latent, noisy, twin.features)
        images, latents_d, latents_g, noise, masks = (None if a is None else torch.from_numpy(a) for a in arrays)
        statistics = {name: tensor.clone() for name, tensor, *_ in everything if "moving" in name}
        fakes = twin.generator(latents_d)
        for name, tensor, *_ in everything:  # that pass moved the statistics
            if name in statistics:
                tensor.copy_(statistics[name])
        step_noise, step_masks = (noise[0], masks) if noisy else (None, (None, None, None))
        loss_d, loss_g, real, fake = twin.step(images, latents_d, latents_g, step_noise, step_masks)
        golden = {"fakes": excerpt(fakes.detach()), "real": real, "fake": fake, "loss_d": loss_d, "loss_g": loss_g}
        golden = {key: np.asarray(torch.as_tensor(value).detach()) for key, value in golden.items()}
        golden |= {name: excerpt(to_ours(tensor.detach()).contiguous()) for name, tensor, to_ours, _ in everything}
        np.savez_compressed(HERE / f"{recipe}.npz", **golden)
        print(recipe, float(golden["loss_d"]), float(golden["loss_g"]))


if __name__ == "__main__":
    main()
