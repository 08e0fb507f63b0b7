"""Winograd's transforms against correlations written out; the layers built on them are in test_convolution.py."""

import numpy as np
import pytest


@pytest.mark.parametrize("kernel", [3, 4, 5])
def test_transforms_give_a_correlation(kernel):
    from ms_gan.models.cpu.winograd import TILE, transforms

    a, g, b = transforms(kernel)
    random = np.random.default_rng(0)
    pixels, weight = random.standard_normal(len(b)), random.standard_normal(kernel)
    expected = np.correlate(pixels, weight, "valid")
    assert len(expected) == TILE
    np.testing.assert_allclose(a @ ((g @ weight) * (b @ pixels)), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kernel", [3, 4, 5])
def test_rounding_error_is_a_few_millionths(device, kernel):
    """Relative to the outputs' size, over as many channels as the largest recipe has."""
    import mindspore as ms

    from ms_gan.models.cpu.winograd import Winograd

    random = np.random.default_rng(0)
    pixels = random.standard_normal((1, 64, 256))
    weight = random.standard_normal((16, 256, kernel, kernel))
    arrays = [ms.Tensor(array.astype(np.float32)) for array in (pixels, weight)]
    result = Winograd(kernel, 0, 0)(*arrays, 8, 8).asnumpy()
    windows = np.lib.stride_tricks.sliding_window_view(pixels.reshape(8, 8, 256), (kernel, kernel), (0, 1))
    expected = np.einsum("hwiyx,oiyx->hwo", windows, weight).reshape(-1, 16)
    error = np.sqrt(((result - expected) ** 2).mean() / (expected**2).mean())
    assert error < 1e-5
