"""Makes the reference arrays of the task map with PyTorch: python tests/golden/make_map.py.

One training step of the twin in benchmarks/map_twin.py: losses, and an excerpt of every parameter, running statistic
and spectral vector after both updates, under ms_gan's names.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from inputs import BATCH, excerpt, maps_of, values, weight

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from benchmarks.map_twin import MapTwin  # noqa: E402
from benchmarks.twins import named  # noqa: E402

CLASSES, SHAPE, CHANNELS, HIDDEN, STYLE = 5, (3, 16, 16), 4, 8, 6


def main():
    torch.set_num_threads(1)
    # Adam scales the rounding of a gradient that is nearly zero up to a step of lr; a larger eps does not.
    twin = MapTwin(CLASSES, SHAPE, CHANNELS, HIDDEN, STYLE, (4, 3, 2), eps=1e-4)
    networks = {"generator": twin.generator, "discriminator": twin.discriminator, "encoder": twin.encoder}
    everything = [row for name, network in networks.items() for row in named(network, name)]
    with torch.no_grad():
        for name, tensor, *_ in everything:
            if "moving" not in name:
                tensor.copy_(torch.from_numpy(weight(name, tuple(tensor.shape))))
    maps, images, noise = (
        maps_of(CLASSES, SHAPE[1:]),
        values("images", (BATCH, *SHAPE)),
        values("noise", (BATCH, STYLE)),
    )
    statistics = twin.step(*map(torch.from_numpy, (maps, images, noise)))
    golden = {"statistics": np.array([float(value.detach()) for value in statistics])}
    golden |= {name: excerpt(tensor.detach()) for name, tensor, *_ in everything}
    np.savez_compressed(HERE / "map.npz", **golden)
    print(golden["statistics"])


if __name__ == "__main__":
    main()
