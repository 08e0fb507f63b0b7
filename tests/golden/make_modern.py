"""Makes the reference arrays of own_64's and r3gan_stacked's networks with PyTorch (the `bench` extra):
python tests/golden/make_modern.py

For each one training step of the small twin in benchmarks/modern_twins.py, from the weights and inputs of inputs.py:
generated images, losses, and an excerpt of every parameter after both updates, under ms_gan's names.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from inputs import excerpt, step_inputs, weight

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from benchmarks.modern_twins import FastTwin, R3Twin  # noqa: E402
from benchmarks.twins import named  # noqa: E402


def ours(name):
    """ms_gan's name of a parameter: its rows of cells have no name of their own."""
    return name.replace(".cell_list", "").replace(".cells", "").replace("..", ".")


def main():
    torch.set_num_threads(1)
    make("own_64", FastTwin())
    make("r3gan_stacked", R3Twin())


def make(recipe, twin):
    everything = [
        (ours(name), tensor)
        for network, prefix in ((twin.generator, "generator"), (twin.discriminator, "discriminator"))
        for name, tensor, *_ in named(network, prefix)
    ]
    with torch.no_grad():
        for name, tensor in everything:
            if "moving" not in name:
                tensor.copy_(torch.from_numpy(weight(name, tuple(tensor.shape))))
    arrays = step_inputs(twin.shape, twin.latent + twin.noise)[:3]
    statistics = {name: tensor.clone() for name, tensor in everything if "moving" in name}
    fakes = twin.generator(torch.from_numpy(arrays[1]))
    for name, tensor in everything:  # that pass moved the statistics
        if name in statistics:
            tensor.copy_(statistics[name])
    loss_d, loss_g = twin.step(*map(torch.from_numpy, arrays))
    golden = {"fakes": excerpt(fakes.detach()), "loss_d": loss_d.detach(), "loss_g": loss_g.detach()}
    golden |= {name: excerpt(tensor.detach().contiguous()) for name, tensor in everything}
    np.savez_compressed(HERE / f"{recipe}.npz", **{key: np.asarray(value) for key, value in golden.items()})
    print(recipe, float(golden["loss_d"]), float(golden["loss_g"]))


if __name__ == "__main__":
    main()
