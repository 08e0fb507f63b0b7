"""Makes the reference arrays of picture-to-picture steps with PyTorch: python tests/golden/make_translation.py.

For pix2pix and CycleGAN, with small networks, training steps of the twins in benchmarks/translation_twins.py, the pools
so small that they exchange from the first step on: the statistics of each step, an excerpt of every parameter after the
first, under ms_gan's names, and what the pools hold then. Needs the `bench` extra.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from inputs import SIDE, excerpt, translation_inputs, weight

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from benchmarks.translation_twins import CycleTwin, PairedTwin  # noqa: E402
from benchmarks.twins import named  # noqa: E402

STEPS = 3
# An eps that keeps Adam from scaling the rounding of gradients that are nearly zero up to a step of lr.
EPS = 1e-4
TWINS = {
    "paired": PairedTwin(4, 3, 4, 3, 1, eps=EPS),
    "unpaired": CycleTwin(((3, SIDE, SIDE), (3, SIDE, SIDE)), 4, 1, 1, pool=1, eps=EPS),
}


def main():
    torch.set_num_threads(1)
    golden = {}
    for case, twin in TWINS.items():
        everything = [entry for name, network in twin.networks.items() for entry in named(network, name)]
        with torch.no_grad():
            for name, tensor, *_ in everything:
                if "moving" not in name:
                    tensor.copy_(torch.from_numpy(weight(name, tuple(tensor.shape))))
        statistics = []
        for step in range(STEPS):
            statistics.append([one.item() for one in twin.step(*map(torch.from_numpy, translation_inputs(case, step)))])
            if step == 0:
                golden |= {f"{case}.{name}": excerpt(tensor.detach()) for name, tensor, *_ in everything}
                for side, pool in zip("ab", getattr(twin, "pools", ())):
                    golden[f"{case}.pool_{side}.images"] = excerpt(pool.images[0])
        golden[f"{case}.statistics"] = np.array(statistics, np.float32)
        print(case, golden[f"{case}.statistics"][-1])
    np.savez_compressed(HERE / "translation.npz", **golden)


if __name__ == "__main__":
    main()
