"""What networks are given of a class: one-hot vectors, rows of a table, norms whose scale and shift are such rows.

Labels are int32 (N,), or float32 (N, classes): weights of the classes for each image, for what lies between classes.
"""

import mindspore as ms
import numpy as np
from mindspore import nn, ops

from ms_gan.models.joined import Joined
from ms_gan.models.layers import batch_norm_2d, product, scale_and_shift


class RowsOf(nn.Cell):
    """The rows of a table that labels name, or mixtures of its rows.

    Inputs:
        labels: int32 (N,), 0 to classes - 1, or float32 (N, classes), the weights of a mixture.
        table: (classes, width), float32.

    Outputs:
        (N, width).
    """

    def __init__(self):
        super().__init__()
        self.gather = ops.Gather()

    def construct(self, labels, table):
        if labels.ndim == 2:
            return product(labels, table)
        return self.gather(table, labels, 0)


class Embedding(nn.Cell):
    """A learnt vector for each class. Its weights are zero until `initialise` sets them.

    Args:
        classes, width: of the table.

    Inputs:
        labels: int32 (N,), or weights of the classes, float32 (N, classes).

    Outputs:
        (N, width), float32.
    """

    def __init__(self, classes: int, width: int):
        super().__init__()
        self.weight = ms.Parameter(ms.Tensor(np.zeros((classes, width), np.float32)), name="weight")
        self.rows = RowsOf()

    def construct(self, labels):
        return self.rows(labels, self.weight)


class WithLabels(nn.Cell):
    """Rows with the one-hot vectors of labels behind them: Mirza and Osindero 2014 (arXiv:1411.1784), figure 1.

    Args:
        classes: K.

    Inputs:
        x (N, width), float32; labels: int32 (N,), or weights of the classes, float32 (N, K).

    Outputs:
        (N, width + K), float32.
    """

    def __init__(self, classes: int):
        super().__init__()
        self.one_hot = ms.Tensor(np.eye(classes, dtype=np.float32))
        self.rows = RowsOf()
        self.join = Joined(1)

    def construct(self, x, labels):
        return self.join(x, self.rows(labels, self.one_hot))

    def describe(self, graph, x, labels):
        """The same as layers of an ms_gan.export.graph.Graph."""
        return graph.layer("concat", x, graph.layer("embedding", labels, table=self.one_hot.asnumpy()))


class Projection(Embedding):
    """<v_y, phi>: what a discriminator's logit gains from the class y: Miyato and Koyama 2018 (arXiv:1802.05637),
    equation 3. The vectors v are drawn as a Dense layer's weights by Glorot are, whatever the scheme of the rest.

    Args:
        classes: K.
        width: of the features phi, those of the last hidden layer, summed over pixels.

    Inputs:
        features (N, width), float32; labels: int32 (N,), or weights of the classes, float32 (N, K).

    Outputs:
        (N, 1), float32.
    """

    def construct(self, features, labels):
        products = features * self.rows(labels, self.weight)
        return product(products, ops.ones((products.shape[1], 1), products.dtype))


class ClassBatchNorm(nn.Cell):
    """BatchNorm, then a scale and a shift for each class: De Vries et al. 2017 (arXiv:1707.00683), section 3.

    Statistics are those of all images, whatever their classes. Stands in chains (ms_gan.models.blocks).

    Args:
        classes: how many labels there are.
        channels: C.

    Inputs:
        x (N, C, H, W), float32; labels: int32 (N,), or weights of the classes, float32 (N, classes).

    Outputs:
        the shape of x.

    Attributes:
        gamma, beta: parameters (classes, C), which begin with 1 and 0.
    """

    conditional = True

    def __init__(self, classes: int, channels: int):
        super().__init__()
        self.normalise = batch_norm_2d(channels, affine=False)
        self.scale_and_shift = scale_and_shift()
        self.rows = RowsOf()
        self.gamma = ms.Parameter(ms.Tensor(np.ones((classes, channels), np.float32)), name="gamma")
        self.beta = ms.Parameter(ms.Tensor(np.zeros((classes, channels), np.float32)), name="beta")

    def construct(self, x, labels):
        scale, shift = self.rows(labels, self.gamma), self.rows(labels, self.beta)
        return self.scale_and_shift(self.normalise(x), scale, shift)

    def describe(self, graph, x, labels):
        """The same as layers of an ms_gan.export.graph.Graph."""
        scale, shift = (
            graph.layer(
                "reshape", graph.layer("embedding", labels, table=table.asnumpy()), shape=(table.shape[1], 1, 1)
            )
            for table in (self.gamma, self.beta)
        )
        return graph.layer("add", graph.layer("multiply", graph.cell(self.normalise, x), scale), shift)
