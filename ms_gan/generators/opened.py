"""A finished generator, opened for use, whatever it takes."""

from typing import List

import mindspore as ms
import numpy as np

from ms_gan.errors import GanError
from ms_gan.generators.card import Card


class Opened:
    """A generator in evaluation mode.

    BatchNorm uses its running statistics, and every launch has the same batch size, so that an image depends neither on
    the other images of its batch nor on how many are asked for.

    Args:
        network: a cell from what the card's ports take, in their order, to images (N, C, H, W); this object's own.
        card: the generator's card.
    """

    def __init__(self, network: ms.nn.Cell, card: Card):
        self.network = network.set_train(False)
        self.card = card
        self.block = card.block

    def parameters(self) -> List[ms.Parameter]:
        """The network's parameters, named `generator.*`."""
        return list(self.network.get_parameters())

    def load(self, network: ms.nn.Cell) -> None:
        """Take over the present weights of a network of the same kind."""
        # By way of numpy: what Parameter.value() returns takes 600 bytes that MindSpore never gives back.
        for target, parameter in zip(self.parameters(), network.get_parameters()):
            target.set_data(ms.Tensor(parameter.asnumpy()))

    def run(self, *given: np.ndarray) -> np.ndarray:
        """Images (N, C, H, W), float32 in [-1, 1], of what the ports take, (N, ...) each, in their order.

        Raises:
            GanError: the generator produced NaN or infinite pixels.
        """
        images = np.empty((len(given[0]), *self.card.image.shape), np.float32)
        for start in range(0, len(images), self.block):
            parts = [array[start : start + self.block] for array in given]
            made = self.network(*(ms.Tensor(_padded(part, self.block)) for part in parts))
            images[start : start + len(parts[0])] = made.asnumpy()[: len(parts[0])]
        if not np.isfinite(images).all():
            raise GanError("the generator produced NaN or infinite pixels; its weights are corrupted", code="diverged")
        return images


def _padded(part: np.ndarray, count: int) -> np.ndarray:
    """With zeros behind it, so that it has `count` rows."""
    padded = np.zeros((count, *part.shape[1:]), part.dtype)
    padded[: len(part)] = part
    return padded
