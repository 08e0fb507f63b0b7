"""Earlier generated images, which a discriminator is shown: Shrivastava et al. 2017 (arXiv:1612.07828), section 2.3."""

from typing import Tuple

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.models.layers import clamped


class Pool(nn.Cell):
    """Generated images in, generated images of now and of earlier steps out.

    Image by image, as CycleGAN's code does it: until the pool is full each image is stored and shown; from then on,
    with probability one half, a stored one is shown and the new one takes its place, otherwise the new one is shown and
    not stored. There is no branch in the graph: what `set_data` puts into a Parameter would not reach one.

    Args:
        size: how many images are stored.
        shape: (C, H, W) of an image.
        prefix: first part of the names of its parameters, such as `pool_a.`.

    Inputs:
        images (N, C, H, W), float32, without a gradient; draws (N, 2), float32, uniform in [0, 1): whether a stored
        image is shown, from 0.5 on, and which one.

    Outputs:
        images to show, (N, C, H, W).
    """

    def __init__(self, size: int, shape: Tuple[int, int, int], prefix: str):
        super().__init__(auto_prefix=False)
        self.size = size
        nothing = ms.Tensor(np.zeros((size, *shape), np.float32))
        self.images = ms.Parameter(nothing, name=f"{prefix}images", requires_grad=False)
        self.filled = ms.Parameter(ms.Tensor(0.0, ms.float32), name=f"{prefix}filled", requires_grad=False)
        self.gather, self.store = ops.Gather(), ops.ScatterUpdate()

    def construct(self, images, draws):
        shown = ()
        for i in range(images.shape[0]):
            image = images if images.shape[0] == 1 else images[i : i + 1]
            shown += (self.exchange(image, draws[i, 0], draws[i, 1]),)
        return shown[0] if len(shown) == 1 else ops.concat(shown)

    def exchange(self, image, swap, draw):
        """The image to show, (1, C, H, W), for a new one."""
        full = clamped(self.filled - (self.size - 1.0), 0.0, 1.0)
        drawn = ops.minimum((draw * self.size).astype(ms.int32).astype(ms.float32), self.size - 1.0)
        place = (full * drawn + (1.0 - full) * self.filled).astype(ms.int32).reshape((1,))
        stored = self.gather(self.images, place, 0)
        earlier = full * (2.0 * swap).astype(ms.int32).astype(ms.float32)  # 1: a stored one is shown
        kept = 1.0 - full + earlier
        self.store(self.images, place, kept * image + (1.0 - kept) * stored)
        ops.assign(self.filled, ops.minimum(self.filled + 1.0, float(self.size)))
        return earlier * stored + (1.0 - earlier) * image
