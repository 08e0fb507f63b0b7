"""Batches of maps and their pictures as a function of (seed, step, worker)."""

from typing import Optional, Tuple

import numpy as np
from PIL import Image

from ms_gan.config.map_sections import MapsConfig
from ms_gan.data.batches import Order
from ms_gan.data.map_data import MapData
from ms_gan.pictures.pixels import to_float
from ms_gan.seeds import Purpose, stream


class MapBatches:
    """Maps and pictures in the order of all batches, a map mirrored and cropped exactly as its picture.

    Args:
        data: the pairs to learn from.
        config: the run's data options: mirror, jitter.
        batch_size: pairs in one step, over all workers.
        seed: fixes order, mirroring and crops.
        rank: which worker this is, and `workers`: how many there are.

    Raises:
        UsageError: fewer pairs than one batch, or a batch that the workers cannot share evenly.
    """

    def __init__(self, data: MapData, config: MapsConfig, batch_size: int, seed: int, rank: int = 0, workers: int = 1):
        self._order = Order(len(data.images), batch_size, seed, rank, workers)
        self._images, self._maps = data.images, data.maps
        self._seed, self._batch_size = seed, batch_size
        self._mirror, self._jitter = config.mirror, config.jitter
        self.steps_per_epoch = self._order.steps_per_epoch

    def batch(self, step: int) -> Tuple[np.ndarray, np.ndarray]:
        """This worker's pairs of a step, which counts from the start of training.

        Returns:
            maps, int32 (n, H, W), and pictures, float32 (n, C, H, W) in [-1, 1].
        """
        places = self._order.chosen(step)
        maps, images = self._maps[places], self._images[places]
        # One stream for all numbers of a step: whether it is mirrored, how much it is cropped, and where.
        drawn = stream(self._seed, Purpose.MIRROR, step).random((4, self._batch_size))[:, self._order.part]
        if self._jitter:
            for i, (grown, top, left) in enumerate(drawn[1:].T):
                maps[i], images[i] = cropped(maps[i], images[i], 1 + self._jitter * grown, top, left)
        if self._mirror:
            flipped = drawn[0] < 0.5
            maps[flipped], images[flipped] = maps[flipped, :, ::-1], images[flipped, ..., ::-1]
        return maps.astype(np.int32), to_float(images)


def cropped(
    numbers: np.ndarray, image: np.ndarray, factor: float, top: float, left: float
) -> Tuple[np.ndarray, np.ndarray]:
    """A part of a map (H, W) and the same part of its picture (C, H, W), both enlarged to their size before.

    Args:
        numbers, image: uint8. The map is scaled by nearest neighbour, the picture smoothly.
        factor: by which the part is enlarged, 1 or more.
        top, left: where it lies, 0 to 1.
    """
    height, width = numbers.shape
    rows, columns = height / factor, width / factor
    y, x = top * (height - rows), left * (width - columns)
    box: Optional[Tuple[float, ...]] = (x, y, x + columns, y + rows)
    part = Image.fromarray(numbers).resize((width, height), Image.Resampling.NEAREST, box)
    colours = [
        np.asarray(Image.fromarray(channel).resize((width, height), Image.Resampling.BILINEAR, box))
        for channel in image
    ]
    return np.asarray(part), np.stack(colours)
