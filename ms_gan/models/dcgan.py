"""Convolutional networks: Radford et al. 2015 (arXiv:1511.06434), with PyTorch's example's sizes."""

from typing import Tuple

from mindspore import nn

from ms_gan.config.sizes import dcgan_padding, dcgan_sides
from ms_gan.models import roles
from ms_gan.models.blocks import conditional_chain
from ms_gan.models.embeddings import ClassBatchNorm
from ms_gan.models.layers import activation, batch_norm_2d, chain, conv, conv_transpose, dense


class Generator(nn.Cell):
    """Latents to images: 1x1 to 4x4, then doubled by transposed convolutions with BatchNorm and ReLU, Tanh at the end.

    Images of 28 pixels begin with 7x7, others with whatever from 4 to 7 can be doubled to their smaller side.

    Args:
        latent_width: numbers in one latent vector.
        image_shape: (C, H, W): see ms_gan.config.sizes.
        channels: of the last hidden layer; each layer before it has twice as many.
        kernel: side of the kernels of the layers that double, an even number.
        classes: K; with labels every BatchNorm has a scale and a shift for each class; 0: there are none.

    Inputs:
        latents (N, latent_width), float32; with classes labels, int32 (N,), or their weights, float32 (N, K).

    Outputs:
        images (N, C, H, W), float32 in [-1, 1].

    Raises:
        ValueError: a size or a kernel that cannot be.
    """

    def __init__(
        self, latent_width: int, image_shape: Tuple[int, int, int], channels: int, kernel: int = 4, classes: int = 0
    ):
        super().__init__()

        def norm(width: int) -> nn.Cell:
            return ClassBatchNorm(classes, width) if classes else batch_norm_2d(width)

        (sides, stages), pad = dcgan_sides(image_shape), dcgan_padding(kernel)
        width = channels * 2 ** (stages - 1)
        self.start = (width, *sides)
        # A transposed convolution from 1x1 to 4x4 is a matrix product, and runs faster as one.
        self.dense = dense(latent_width, width * sides[0] * sides[1], bias=False)
        layers = [norm(width), nn.ReLU()]
        for _ in range(stages - 1):
            layers += [conv_transpose(width, width // 2, kernel, 2, "pad", pad, bias=False)]
            width //= 2
            layers += [norm(width), nn.ReLU()]
        layers += [conv_transpose(width, image_shape[0], kernel, 2, "pad", pad, bias=False), nn.Tanh()]
        self.conditional = bool(classes)
        self.layers = conditional_chain(layers) if classes else chain(layers)

    def construct(self, latents, labels=None):
        start = self.dense(latents).reshape((latents.shape[0], *self.start))
        return self.layers(start, labels) if self.conditional else self.layers(start)

    def describe(self, graph, latents, labels=None):
        """The same as layers of an ms_gan.export.graph.Graph."""
        start = graph.layer("reshape", graph.cell(self.dense, latents), shape=self.start)
        return graph.cell(self.layers, start, labels) if self.conditional else graph.cell(self.layers, start)


class Discriminator(roles.Discriminator):
    """Images to logits: halved by convolutions down to 4x4, BatchNorm on all but the first, LeakyReLU.

    Images of 28 pixels end with 7x7, others with 4 to 7 too.

    Args:
        image_shape: (C, H, W): see ms_gan.config.sizes.
        channels: of the first layer; each layer after it has twice as many.
        slope: of LeakyReLU below zero.
        kernel: side of the kernels of the layers that halve, an even number.
        batch_norm: False: biases in its place, so that one image's logit does not depend on the others, as penalties
            on the slope want it.
        classes: K, of labels; 0: there are none.
        condition: what it does with labels, projection or auxiliary: see roles.Discriminator.

    Inputs:
        images (N, C, H, W), float32 in [-1, 1]; mask: None; labels: int32 (N,), with classes.

    Outputs:
        logits (N, 1), float32; where it tells classes, those and (N, K).

    Attributes:
        mixes_batch: whether BatchNorm is there: real and generated images must pass apart then.

    Raises:
        ValueError: a size or a kernel that cannot be.
    """

    def __init__(
        self,
        image_shape: Tuple[int, int, int],
        channels: int,
        slope: float,
        kernel: int = 4,
        batch_norm: bool = True,
        classes: int = 0,
        condition: str = "projection",
    ):
        super().__init__()
        self.mixes_batch = batch_norm
        (sides, stages), pad = dcgan_sides(image_shape), dcgan_padding(kernel)
        bias = not batch_norm
        layers = [conv(image_shape[0], channels, kernel, 2, "pad", pad, bias), activation(slope)]
        width = channels
        for _ in range(stages - 1):
            layers += [conv(width, 2 * width, kernel, 2, "pad", pad, bias)]
            width *= 2
            layers += [batch_norm_2d(width)] if batch_norm else []
            layers += [activation(slope)]
        self.layers = chain(layers)
        # A 4x4 kernel on 4x4 is a matrix product too.
        self.dense = dense(width * sides[0] * sides[1], 1, bias)
        self.learn_labels(condition, classes, width, sides[0] * sides[1])

    def construct(self, images, mask=None, labels=None):
        features = self.layers(images).reshape((images.shape[0], -1))
        return self.verdict(self.dense(features), features, labels)
