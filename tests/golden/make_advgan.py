"""Makes the reference arrays of AdvGAN with PyTorch: python tests/golden/make_advgan.py. Needs the `bench` extra.

The generator's part of a step of the twin in benchmarks/attack_twins.py: attacked pictures, the terms of the loss, and
an excerpt of their gradient for every parameter, under ms_gan's names.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from inputs import BATCH, excerpt, values, weight

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from benchmarks.attack_twins import AdvGenerator, Plain, attack_terms  # noqa: E402

NORMS = {"weight": "gamma", "bias": "beta"}


def named(network, prefix):
    """ms_gan's names of a network's parameters, their values and the shapes in which ms_gan has them: the same."""
    for name, parameter in network.named_parameters():
        owner, _, leaf = name.rpartition(".")
        norm = isinstance(network.get_submodule(owner), torch.nn.InstanceNorm2d)
        # The blocks' cells stand in a row: layers.9.inner.0.weight there and here.
        yield f"{prefix}.{owner}.{NORMS[leaf] if norm else leaf}", parameter


def main():
    generator, classifier = AdvGenerator().double(), Plain().double()
    parameters = [*named(generator, "generator"), *named(classifier, "classifier")]
    for name, parameter in parameters:
        times = 1 if name.startswith("generator") else 3
        parameter.data = torch.from_numpy(times * weight(name, tuple(parameter.shape))).double()
    images = torch.from_numpy(values("advgan images", (BATCH, 1, 28, 28))).double()
    fakes = generator(images)
    terms = attack_terms(classifier, fakes, images)
    own = [(name, parameter) for name, parameter in parameters if name.startswith("generator")]
    slopes = torch.autograd.grad(terms, [parameter for _, parameter in own])
    golden = {"fakes": excerpt(fakes.detach()), "terms": terms.detach()}
    golden |= {name: excerpt(slope) for (name, _), slope in zip(own, slopes)}
    np.savez_compressed(HERE / "advgan.npz", **{key: np.asarray(value, np.float32) for key, value in golden.items()})
    print(terms.item(), sum(parameter.numel() for _, parameter in own))


if __name__ == "__main__":
    main()
