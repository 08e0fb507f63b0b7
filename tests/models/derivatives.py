"""What the tests of layers compare: first and second derivatives."""

import numpy as np


def gradients(layer, images, order=1):
    """Output, and gradients for images and parameters, of the sum of cubes; or those of the first ones' squares."""
    import mindspore as ms

    def cubes(x):
        return (layer(x) ** 3).sum()

    def slopes(x):
        return (ms.grad(cubes)(x) ** 2).sum()

    function = ms.grad(cubes if order == 1 else slopes, 0, layer.trainable_params())
    x, parameters = function(images)
    return [x.asnumpy(), *(p.asnumpy() for p in parameters)]


def assert_close(ours, theirs):
    for a, b in zip(ours, theirs):
        np.testing.assert_allclose(a, b, atol=1e-4 * np.abs(b).max(), rtol=1e-4)
