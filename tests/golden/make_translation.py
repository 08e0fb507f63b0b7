"""Makes the reference arrays of picture-to-picture steps with PyTorch: python tests/golden/make_translation.py.

For pix2pix and CycleGAN, with small networks, a few training steps of the twins in benchmarks/translation_twins.py, the
pools full and exchanging: what the networks make of the first pictures, the statistics of each step, an excerpt of
every parameter after the last, under ms_gan's names, and what the pools hold. Needs the `bench` extra.
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

STEPS = 4
# An eps that keeps Adam from scaling the rounding of gradients that are nearly zero up to a step of lr.
EPS = 1e-4
TWINS = {
    "paired": PairedTwin(4, 3, 4, 3, 1, eps=EPS),
    "unpaired": CycleTwin(((3, SIDE, SIDE), (3, SIDE, SIDE)), 4, 2, 1, pool=3, eps=EPS),
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
        statistics = [twin.step(*map(torch.from_numpy, translation_inputs(case, step))) for step in range(STEPS)]
        golden[f"{case}.statistics"] = np.array([[one.item() for one in row] for row in statistics], np.float32)
        golden |= {f"{case}.{name}": excerpt(tensor.detach()) for name, tensor, *_ in everything}
        if case == "unpaired":
            for side, pool in zip("ab", twin.pools):
                golden[f"{case}.pool_{side}.images"] = excerpt(torch.cat(pool.images))
        print(case, golden[f"{case}.statistics"][-1])
    np.savez_compressed(HERE / "translation.npz", **golden)


if __name__ == "__main__":
    main()
