"""BatchNorm as products against MindSpore's own."""

import numpy as np
import pytest

from tests.models.derivatives import assert_close, gradients

pytestmark = pytest.mark.usefixtures("device")


@pytest.mark.parametrize("few_rows", [True, False], ids=["1d", "2d"])
@pytest.mark.parametrize("training, exact", [(True, False), (True, True), (False, False)])
def test_batch_norm_is_the_framework_s(few_rows, training, exact):
    import mindspore as ms
    from mindspore import nn

    from ms_gan.models.cpu.convolution import ChannelsLast
    from ms_gan.models.cpu.norms import BatchNorm1d, BatchNorm2d

    kinds = (nn.BatchNorm1d, BatchNorm1d) if few_rows else (nn.BatchNorm2d, BatchNorm2d)
    shape = (20, 6) if few_rows else (3, 6, 5, 4)
    native, ours = kinds[0](6, eps=1e-5, momentum=0.9), kinds[1](6, 1e-5, 0.9, exact)
    x = ms.Tensor(np.random.default_rng(0).normal(1, 2, shape).astype(np.float32))
    cells = [native, ours if few_rows else ChannelsLast(ours)]
    for norm, cell in zip((native, ours), cells):
        norm.gamma.set_data(ms.Tensor(np.linspace(0.5, 2, 6, dtype=np.float32)))
        cell.set_train(training)
    results = [(cell(x).asnumpy(), *gradients(cell, x)) for cell in cells]
    assert_close(results[1], results[0])
    for name in ("moving_mean", "moving_variance"):
        np.testing.assert_allclose(getattr(ours, name).asnumpy(), getattr(native, name).asnumpy(), rtol=1e-5)


def test_second_derivatives_of_the_gradient_written_out(mode):
    """Against MindSpore's of the formulas in graph mode; in PyNative mode it loses some of them."""
    import mindspore as ms

    from ms_gan.models.cpu.norms import BatchNorm1d, BatchNorm2d

    def second_derivatives(kind):
        return gradients(kind(6, 1e-5, 0.9).set_train(), x, 2)[:2]  # beta's are zero

    x = ms.Tensor(np.random.default_rng(0).normal(1, 2, (20, 6)).astype(np.float32))
    found = second_derivatives(BatchNorm2d)
    ms.set_context(mode=ms.GRAPH_MODE)
    assert_close(found, second_derivatives(BatchNorm1d))
