"""Which features order pictures as people would: python -m benchmarks.feature_study FOLDER [--classes DIR] [--runs RUN]

Half of a folder's pictures is spoilt more and more, by blur, by noise, by fewer different ones, by exchanged quarters;
the Frechet distance to the other half should rise each time. Features: random convolutions; a classifier of four
rotations, learnt from the folder itself (Gidaris et al. 2018, arXiv:1803.07728); with --classes, a folder of such
pictures in a subfolder for each class, a classifier of these. With --runs, of generators of such pictures, their
distances too, of as many samples as there are pictures in a half.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple

import numpy as np

from benchmarks import machine
from benchmarks.table import Table
from ms_gan.config.data_section import DataConfig
from ms_gan.data import ImageData, load
from ms_gan.seeds import Purpose, stream

SHARES = (0.5, 0.1, 0.02)  # of different pictures
DEVIATIONS = (8, 16, 32)  # of noise, of 255
RADII = (0.5, 1.0, 2.0)  # of blur, pixels
BLOCK = 64  # pictures at once
QUARTERS = (0.1, 0.3, 1.0)  # share of the pictures whose quarters are exchanged


class Measured(NamedTuple):
    """Features: what they are called, seconds to make them, and the network, images to (N, width)."""

    name: str
    seconds: float
    network: Callable


def rotated(data: ImageData) -> ImageData:
    """Square pictures in all four rotations, labelled by them."""
    turns = [np.rot90(data.images, turn, (2, 3)) for turn in range(4)]
    labels = np.arange(4).repeat(len(data.images))
    return replace(data, images=np.concatenate(turns), labels=labels, classes=("0", "90", "180", "270"), files=None)


def spoilt(images: np.ndarray) -> Dict[str, List[np.ndarray]]:
    """By kind of damage, pictures (N, C, H, W), uint8, that are worse each time; the first are sound."""
    from PIL import Image, ImageFilter

    random = stream(0, Purpose.FEATURES, 9)

    def blurred(radius: float) -> np.ndarray:
        one = [Image.fromarray(image.transpose(1, 2, 0)).filter(ImageFilter.GaussianBlur(radius)) for image in images]
        return np.stack([np.asarray(picture).transpose(2, 0, 1) for picture in one])

    def noisy(deviation: float) -> np.ndarray:
        return np.clip(images + random.normal(0, deviation, images.shape), 0, 255).round().astype(np.uint8)

    def fewer(share: float) -> np.ndarray:
        return images[np.arange(len(images)) % max(2, round(share * len(images)))]

    def exchanged(share: float) -> np.ndarray:
        made, count = images.copy(), round(share * len(images))
        half = images.shape[2] // 2
        made[:count] = np.roll(images[:count], (half, half), (2, 3))
        return made

    kinds = {"blur": (blurred, RADII), "noise": (noisy, DEVIATIONS), "fewer pictures": (fewer, SHARES),
             "exchanged quarters": (exchanged, QUARTERS)}  # fmt: skip
    return {kind: [images, *map(damage, levels)] for kind, (damage, levels) in kinds.items()}


def learnt(name: str, data: ImageData) -> Measured:
    """A classifier of the data's labels as features."""
    import mindspore as ms

    from ms_gan.metrics.features.classifier import WIDTH
    from ms_gan.metrics.features.extractor import Features
    from ms_gan.metrics.features.fit import RECIPE, fit
    from ms_gan.pictures.pixels import to_float

    started = time.monotonic()
    network = fit(data, RECIPE)

    def compute(images: np.ndarray):
        return tuple(made.asnumpy() for made in network(ms.Tensor(to_float(images))))

    features = Features(name, name, WIDTH, compute, BLOCK)
    return Measured(name, time.monotonic() - started, lambda images: features(images)[0])


def of_random(shape) -> Measured:
    """The random convolutions that a run without labels is measured by."""
    from ms_gan.metrics.features.random_network import random_features

    features = random_features(shape)
    return Measured("random convolutions", 0.0, lambda images: features(images)[0])


def samples_of(run: Path, count: int) -> np.ndarray:
    """Images of a run's generator, seed 0."""
    from ms_gan.generators.sampling import open_generator

    return open_generator(run).samples(0, count)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feature_study", description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--classes")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--runs", nargs="*", type=Path, default=[])
    options = parser.parse_args()
    from ms_gan import runtime
    from ms_gan.metrics.frechet import frechet_distance, moments

    runtime.start("CPU")
    data = load(DataConfig(source="folder", dir=options.folder, image_size=options.size), 0)
    order = stream(0, Purpose.FEATURES, 8).permutation(len(data.images))
    first, second = (data.images[half] for half in np.array_split(order, 2))
    found = [of_random(first.shape[1:]), learnt("rotations", rotated(replace(data, images=first)))]
    if options.classes:
        from ms_gan.data.labels import labelled

        sorted_data = load(DataConfig(source="folder", dir=options.classes, image_size=options.size), 0)
        found.append(learnt("classes", labelled(sorted_data)))
    samples = {run.name: samples_of(run, len(second)) for run in options.runs}
    machine.announce()
    rows = Table(["pictures", *(f"{one.name} ({one.seconds:.0f} s)" for one in found)], 32)
    right = np.zeros(len(found), int)
    of_real = [moments(one.network(first)) for one in found]

    def distances(images: np.ndarray) -> List[float]:
        return [frechet_distance(real, moments(one.network(images))) for real, one in zip(of_real, found)]

    pairs = 0
    for kind, levels in spoilt(second).items():
        before = None
        for level, images in enumerate(levels):
            now = distances(images)
            rows.row(f"{kind} {level}", *(f"{value:.4g}" for value in now))
            if before is not None:
                right += np.array(now) > np.array(before)
                pairs += 1
            before = now
    for name, images in samples.items():
        rows.row(name, *(f"{value:.4g}" for value in distances(images)))
    rows.row(f"in the right order, of {pairs}", *map(str, right))


if __name__ == "__main__":
    main()
