"""Makes the reference arrays of the recipes with PyTorch: python tests/golden/make_golden.py (the `bench` extra).

For each recipe one training step of its twin in benchmarks/twins.py, from the weights and inputs of inputs.py:
generated images, logits, losses, and an excerpt of every parameter after both updates, under ms_gan's names.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from inputs import excerpt, step_inputs, weight

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from benchmarks.twins import Twin, named  # noqa: E402

RECIPES = ("gan_mnist", "gan_mnist_wide", "gan_mnist_plain", "dcgan_64", "dcgan_cifar10_frog")


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
