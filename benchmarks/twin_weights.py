"""What goes between ms_gan and PyTorch's twins, which may have a Python without MindSpore.

python -m benchmarks.twin_weights images IMAGES.npy             the training images, for the twin
python -m benchmarks.twin_weights checkpoint WEIGHTS.npz CKPT   the twin's generator, as one of ms_gan's
python -m benchmarks.twin_weights run WEIGHTS.npz RUN COPY      a copy of a run, with the twin's generators
"""

import shutil
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


def write_run(weights: Path, run: Path, copy: Path) -> None:
    """A run that eval.py takes: the config and the cards of a finished one, and the generators of its twin (.npz)."""
    import mindspore as ms

    from ms_gan.generators.weights import read_checkpoint, save_weights

    copy.mkdir(parents=True, exist_ok=True)
    shutil.copy(run / "config.yaml", copy)
    with np.load(weights) as file:
        for path in sorted(run.glob("generator*.ckpt")):
            values, card, _ = read_checkpoint(path)
            if f"{path.stem}.{next(iter(values)).partition('.')[2]}" not in file.files:
                continue  # generator_last.ckpt: the same network
            named = [
                (name, ms.Parameter(ms.Tensor(file[f"{path.stem}.{name.partition('.')[2]}"]), name=name))
                for name in values
            ]
            save_weights(copy / path.name, named, card)


if __name__ == "__main__":
    what, *paths = sys.argv[1:]
    {"images": write_images, "checkpoint": write_checkpoint, "run": write_run}[what](*map(Path, paths))
