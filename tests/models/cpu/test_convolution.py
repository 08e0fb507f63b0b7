"""Convolutions as matrix products against MindSpore's own layers."""

import numpy as np
import pytest

from tests.models.derivatives import assert_close, gradients

# inputs, outputs, height, width, kernel, stride, pad_mode, padding
CONVOLUTIONS = {
    "halving": (3, 5, 8, 8, 4, 2, "pad", 1),
    "valid, a row left over": (4, 3, 9, 7, 4, 2, "valid", 0),
    "same, odd kernel": (2, 4, 6, 5, 5, 1, "same", 0),
    "same, even kernel pads bottom and right": (2, 3, 6, 6, 4, 1, "same", 0),
    "same, even kernel, halving": (2, 3, 6, 8, 5, 2, "same", 0),
    "towards few channels": (24, 3, 6, 5, 7, 1, "same", 0),
    "towards few channels, even kernel": (16, 2, 6, 6, 4, 1, "same", 0),
    "Winograd, odd kernel": (16, 17, 7, 10, 5, 1, "same", 0),
    "Winograd, valid": (16, 16, 6, 4, 3, 1, "valid", 0),
    "Winograd, even kernel": (16, 18, 5, 5, 4, 1, "same", 0),
    "kernel smaller than stride": (2, 3, 7, 7, 2, 3, "valid", 0),
}
TRANSPOSED = {
    "doubling": (5, 3, 4, 4, 4, 2, "pad", 1),
    "from 1x1": (6, 4, 1, 1, 4, 1, "valid", 0),
    "same": (3, 2, 4, 3, 4, 2, "same", 0),
    "same, odd kernel": (3, 2, 4, 4, 5, 2, "same", 0),
}
CASES = [(kind, name) for kind, cases in (("conv", CONVOLUTIONS), ("transposed", TRANSPOSED)) for name in cases]


@pytest.fixture(params=CASES, ids=lambda case: ": ".join(case))
def pair(request, device):
    """MindSpore's layer and ours with the same weights, both with channels first, and an image for them."""
    import mindspore as ms
    from mindspore import nn

    from ms_gan.models.cpu.convolution import ChannelsLast, Conv2d, ConvTranspose2d

    kind, name = request.param
    inputs, outputs, height, width, *geometry = (CONVOLUTIONS if kind == "conv" else TRANSPOSED)[name]
    native = (nn.Conv2d if kind == "conv" else nn.Conv2dTranspose)(inputs, outputs, *geometry, has_bias=True)
    ours = (Conv2d if kind == "conv" else ConvTranspose2d)(inputs, outputs, *geometry, has_bias=True)
    random = np.random.default_rng(0)
    for mine, theirs in zip(ours.get_parameters(), native.get_parameters()):
        assert (mine.name, mine.shape) == (theirs.name, theirs.shape)
        values = ms.Tensor(random.standard_normal(mine.shape).astype(np.float32))
        mine.set_data(values)
        theirs.set_data(values)
    images = random.standard_normal((2, inputs, height, width)).astype(np.float32)
    return native, ChannelsLast(ours), ms.Tensor(images)


def test_values_and_gradients_are_those_of_the_framework(pair):
    native, ours, images = pair
    assert_close([ours(images).asnumpy()], [native(images).asnumpy()])
    assert_close(gradients(ours, images), gradients(native, images))


def test_second_derivatives(pair):
    native, ours, images = pair
    assert_close(gradients(ours, images, 2), gradients(native, images, 2))


@pytest.mark.parametrize("transposed", [False, True])
def test_exact_convolutions(device, transposed):
    """Those for devices that round what products multiply."""
    import mindspore as ms
    from mindspore import nn

    from ms_gan.models.cpu.convolution import ChannelsLast, Conv2d, ConvTranspose2d

    geometry = (16, 17, 4, 2, "pad", 1) if transposed else (16, 17, 5, 1, "same", 0)
    native = (nn.Conv2dTranspose if transposed else nn.Conv2d)(*geometry, has_bias=True)
    ours = (ConvTranspose2d if transposed else Conv2d)(*geometry, has_bias=True, exact=True)
    for mine, theirs in zip(ours.get_parameters(), native.get_parameters()):
        mine.set_data(theirs.value())
    ours.set_train()
    images = ms.Tensor(np.random.default_rng(0).standard_normal((2, 16, 5, 6)).astype(np.float32))
    assert_close(gradients(ChannelsLast(ours), images), gradients(native, images))
