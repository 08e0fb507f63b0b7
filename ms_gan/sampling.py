"""Images from a generator: the only place that turns one into pictures."""

from pathlib import Path
from typing import Iterator, List, Tuple

import mindspore as ms
import numpy as np

from ms_gan.card import Card, read_card
from ms_gan.errors import GanError, UsageError
from ms_gan.latents import BLOCK, sample_latents
from ms_gan.models import build_generator
from ms_gan.pixels import to_uint8
from ms_gan.seeds import Purpose, stream
from ms_gan.weights import load_weights, restore

LARGEST_CARD = 100_000  # bytes


class Sampler:
    """A generator in evaluation mode.

    BatchNorm uses its running statistics, and every launch has the same batch size, so that an image depends neither on
    the other images of its batch nor on how many are asked for.

    Args:
        network: a cell that maps latents (N, width) to images (N, C, H, W); the sampler's own.
        card: the generator's card.
    """

    def __init__(self, network: ms.nn.Cell, card: Card):
        self.network = network.set_train(False)
        self.card = card
        self.block = card.batch_size or BLOCK

    @classmethod
    def from_card(cls, card: Card) -> "Sampler":
        """A sampler for the generator that a card describes; its weights are still to be loaded."""
        random = stream(card.seed, Purpose.WEIGHTS)
        return cls(build_generator(card.generator, card.latent.width, card.image.shape, random), card)

    def parameters(self) -> List[ms.Parameter]:
        """The network's parameters, named `generator.*`."""
        return list(self.network.get_parameters())

    def generate(self, latents: np.ndarray) -> np.ndarray:
        """Images of latents: (N, width) float32 -> (N, C, H, W) float32 in [-1, 1].

        Raises:
            GanError: the generator made something that is not a number.
        """
        images = np.empty((len(latents), *self.card.image.shape), np.float32)
        for start in range(0, len(latents), self.block):
            part = latents[start : start + self.block]
            padded = np.zeros((self.block, self.card.latent.width), np.float32)
            padded[: len(part)] = part
            images[start : start + len(part)] = self.network(ms.Tensor(padded)).asnumpy()[: len(part)]
        if not np.isfinite(images).all():
            raise GanError("the generator made images with values that are not numbers: its weights are spoilt")
        return images

    def samples(self, seed: int, count: int) -> np.ndarray:
        """The first `count` samples of a seed, (count, C, H, W), uint8."""
        return to_uint8(self.generate(sample_latents(seed, 0, count, self.card.latent)))

    def stream(self, seed: int, count: int) -> Iterator[Tuple[int, np.ndarray]]:
        """The first `count` samples of a seed in blocks of constant size: (number of the first, (n, C, H, W) uint8)."""
        for start in range(0, count, BLOCK):
            latents = sample_latents(seed, start, min(BLOCK, count - start), self.card.latent)
            yield start, to_uint8(self.generate(latents))


def open_generator(path: Path) -> Sampler:
    """A sampler for what a training or an export left on disk.

    Args:
        path: a run folder, a checkpoint (`generator.ckpt` or one of training) or an exported `.mindir`.

    Raises:
        UsageError: there is nothing of that kind at `path`.
        GanError: a file is damaged, or does not hold the generator that its card describes.
    """
    path = Path(path)
    if path.is_dir():
        if not (path / "generator.ckpt").is_file():
            raise UsageError(f"{path}: holds no generator.ckpt; name a run folder whose training saved at least once")
        path = path / "generator.ckpt"
    if path.suffix == ".mindir":
        return _open_mindir(path)
    values, card = load_weights(path)
    sampler = Sampler.from_card(card)
    # A checkpoint of the training holds two generators; the average is the one to sample from.
    averaged = any(name.startswith("generator_ema.") for name in values)
    source = "generator_ema." if averaged else "generator."
    wanted = [(parameter.name.replace("generator.", source, 1), parameter) for parameter in sampler.parameters()]
    restore(wanted, values, path)
    return sampler


def _open_mindir(path: Path) -> Sampler:
    if not path.is_file():
        raise UsageError(f"{path}: no such file")
    description = path.with_suffix(".json")
    try:
        with open(description, encoding="utf-8") as file:
            card = read_card(file.read(LARGEST_CARD), str(description))
    except FileNotFoundError:
        raise UsageError(
            f"{description}: missing; export.py writes it beside {path.name}, keep them together"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise GanError(f"{description}: cannot be read ({error})") from None
    try:
        network = ms.nn.GraphCell(ms.load(str(path)))
    except (RuntimeError, ValueError, TypeError) as error:
        raise GanError(f"{path}: not a MindIR file, or a truncated one ({str(error).splitlines()[0]})") from None
    return Sampler(network, card)
