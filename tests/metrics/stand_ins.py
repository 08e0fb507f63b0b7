"""A small world for tests of evaluations: images of three classes, a network that knows them, a generator."""

import numpy as np

from ms_gan.data import ImageData
from ms_gan.generators.card import Card, ImageConfig
from ms_gan.metrics.conditional import Asked
from ms_gan.metrics.features.extractor import Features
from ms_gan.metrics.protocol import describe_generator

CLASSES = ("low", "middle", "high")
SHAPE = (1, 8, 8)


def drawn(count, seed=0):
    """Images (count, 1, 8, 8) of noise, with two bright rows that tell the class; and the classes, in turn."""
    random = np.random.default_rng(seed)
    images = random.integers(0, 128, (count, *SHAPE), np.uint8)
    labels = np.arange(count) % 3
    for row in range(2):
        images[np.arange(count), 0, 3 * labels + row] += 127
    return images, labels


def data(count, seed=0, title="stripes"):
    images, labels = drawn(count, seed)
    return ImageData(images, labels, title, "drawn", CLASSES)


class Network:
    """Features are means of rows and columns, logits the brightness of some rows; notes the blocks' sizes."""

    def __init__(self, shape=SHAPE, classes=CLASSES, name="stripes-1a2b3c4d"):
        self.sizes = []
        accuracy = None if classes is None else 0.99
        self.features = Features(name, "no network", sum(shape[1:]), self._compute, 4096, shape, classes, accuracy)

    def _compute(self, images):
        self.sizes.append(int(images.any(axis=(1, 2, 3)).sum()))  # without the black images that fill up a block
        scaled = images.mean(axis=1, dtype=np.float32) / 64
        rows = scaled.mean(axis=2)
        values = np.concatenate([rows, scaled.mean(axis=1)], axis=1)
        if self.features.classes is None:
            return values, None
        return values, 20 * rows[:, np.linspace(0, rows.shape[1] - 2, len(self.features.classes)).astype(int)]


class Generator:
    """Gives images as a sampler would, in blocks of 16, and as an `Images`; `labels`: of classes asked for, or None."""

    def __init__(self, images, shape=SHAPE, labels=None, classes=CLASSES):
        self.images, self.shape, self.labels, self.classes = images, shape, labels, classes
        self.card = Card(recipe="test", step=30, epoch=2.5, averaged=True, image=ImageConfig(*shape))

    def stream(self, seed, count):
        for start in range(0, count, 16):
            yield start, self.images[start : min(start + 16, count)]

    def asked(self, seed, count):
        return None if self.labels is None else Asked(self.labels[:count], self.classes)

    def described(self):
        return describe_generator(self)

    def parameters(self):
        return []
