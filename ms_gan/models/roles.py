"""What a training step must know of a network beside what it computes."""

from mindspore import nn


class Discriminator(nn.Cell):
    """Tells real images from others.

    Attributes:
        mixes_batch: whether a layer, such as BatchNorm, mixes the images of a batch: then real and generated images
            take separate passes.
        dropout_features: how many features its dropout acts on; 0: it takes no mask.
    """

    mixes_batch = False
    dropout_features = 0
