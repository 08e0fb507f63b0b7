"""What goes between ms_gan and PyTorch's twin of gan_mnist, which may have a Python without MindSpore.

python -m benchmarks.twin_weights images IMAGES.npy             the training images, for the twin
python -m benchmarks.twin_weights checkpoint WEIGHTS.npz CKPT   the twin's generator, as one of ms_gan's
"""

import sys
from pathlib import Path

import numpy as np

from ms_gan.data import load
from ms_gan.tasks.latent import Config


def write_images(path: Path) -> None:
    """MNIST's training images, uint8 (N, 1, 28, 28)."""
    np.save(path, load(Config().data, 0).images)


def write_checkpoint(weights: Path, path: Path) -> None:
    """A generator's parameters under ms_gan's names (.npz) as a checkpoint with a card."""
    import mindspore as ms

    from ms_gan import runtime
    from ms_gan.generators.card import Card
    from ms_gan.generators.sampling import Sampler
    from ms_gan.generators.weights import restore, save_weights

    runtime.start("CPU")
    with np.load(weights) as file:
        values = {name: ms.Parameter(ms.Tensor(file[name]), name=name) for name in file.files}
    sampler = Sampler.from_card(Card(recipe="gan_mnist"))
    named = [(parameter.name, parameter) for parameter in sampler.parameters()]
    restore(named, values, weights)
    save_weights(path, named, sampler.card)


if __name__ == "__main__":
    what, *paths = sys.argv[1:]
    {"images": write_images, "checkpoint": write_checkpoint}[what](*map(Path, paths))
