import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan.training.schedules import SCHEDULES

STEPS = np.float32([0, 50, 100, 125, 150, 200, 300])
FACTORS = {
    ("constant", 0.5, 0.1): [1, 1, 1, 1, 1, 1, 1],
    ("linear", 0.5, 0.1): [1, 1, 1, 0.775, 0.55, 0.1, 0.1],
    ("linear", 0.0, 0.0): [1, 0.75, 0.5, 0.375, 0.25, 0, 0],
    ("cosine", 0.5, 0.1): [1, 1, 1, 0.1 + 0.45 * (1 + 0.5**0.5), 0.55, 0.1, 0.1],
    ("cosine", 0.0, 0.0): [1, 0.5 + 0.5**1.5, 0.5, 0.5 - 0.5 * np.sin(np.pi / 8), 0.5 - 0.5**1.5, 0, 0],
}


class Rate(nn.Cell):
    def __init__(self, name, hold, floor):
        super().__init__()
        self.schedule = SCHEDULES[name]
        self.hold, self.floor = hold, floor

    def construct(self, step):
        return step * 0.0 + self.schedule(step, 200, self.hold, self.floor)


@pytest.fixture(params=[ms.GRAPH_MODE, ms.PYNATIVE_MODE], ids=["graph", "pynative"])
def mode(request, device):
    ms.set_context(mode=request.param)
    yield
    ms.set_context(mode=ms.GRAPH_MODE)


@pytest.mark.parametrize("case", FACTORS, ids=str)
def test_factors(mode, case):
    rate = Rate(*case)
    found = [float(rate(ms.Tensor(step)).asnumpy()) for step in STEPS]
    assert found == pytest.approx(FACTORS[case], abs=1e-6)
