"""Makes the reference arrays of class-conditional recipes with PyTorch: python tests/golden/make_conditional.py.

For each recipe, and for labels beside pixels, one training step of the twin in benchmarks/conditional_twins.py, R1 in
it: generated images, losses, and an excerpt of every parameter after both updates, under ms_gan's names.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from inputs import excerpt, labels_of, step_inputs, weight

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from benchmarks.conditional_twins import ConditionalTwin  # noqa: E402
from benchmarks.twins import named  # noqa: E402

CASES = {
    "cgan_mnist": ConditionalTwin("cgan_mnist"),
    "cgan_mnist_concat": ConditionalTwin("cgan_mnist", "concat"),
    "cdcgan_mnist": ConditionalTwin("cdcgan_mnist"),
}


def main():
    torch.set_num_threads(1)
    for case, twin in CASES.items():
        everything = [*named(twin.generator, "generator"), *named(twin.discriminator, "discriminator")]
        with torch.no_grad():
            for name, tensor, to_ours, from_ours in everything:
                if "moving" not in name:
                    tensor.copy_(torch.from_numpy(from_ours(weight(name, tuple(to_ours(tensor).shape))).copy()))
        arrays = step_inputs(twin.shape, twin.latent)[:3]
        labels = [labels_of(name) for name in ("labels", "labels_d", "labels_g")]
        statistics = {name: tensor.clone() for name, tensor, *_ in everything if "moving" in name}
        fakes = twin.generator(torch.from_numpy(arrays[1]), torch.from_numpy(labels[1]).long())
        for name, tensor, *_ in everything:  # that pass moved the statistics
            if name in statistics:
                tensor.copy_(statistics[name])
        loss_d, loss_g = twin.step(*map(torch.from_numpy, arrays), *(torch.from_numpy(one).long() for one in labels))
        golden = {"fakes": excerpt(fakes.detach()), "loss_d": loss_d.detach(), "loss_g": loss_g.detach()}
        golden |= {name: excerpt(to_ours(tensor.detach()).contiguous()) for name, tensor, to_ours, _ in everything}
        np.savez_compressed(HERE / f"{case}.npz", **{key: np.asarray(value) for key, value in golden.items()})
        print(case, float(golden["loss_d"]), float(golden["loss_g"]))


if __name__ == "__main__":
    main()
