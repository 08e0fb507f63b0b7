"""The table of docs/from_pytorch.md, asked of MindSpore; and its recipe for weights, run as it stands there."""

import math
import re
import shutil
from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn, ops

from ms_gan.config.sections import OptimizerConfig
from ms_gan.generators.sampling import open_generator
from ms_gan.training.optimizers import Adam

PAGE = Path(__file__).parents[1] / "docs" / "from_pytorch.md"
IMAGE = np.zeros((1, 4, 9, 9), np.float32)


@pytest.fixture
def eager(device):
    """No compilation: what is asked here is the same in both modes."""
    ms.set_context(mode=ms.PYNATIVE_MODE)
    yield
    ms.set_context(mode=ms.GRAPH_MODE)


def names(cell):
    return [parameter.name for parameter in cell.get_parameters()]


@pytest.mark.usefixtures("eager")
class TestLayers:
    def test_batch_norm(self):
        norm, batch = nn.BatchNorm1d(1), ms.Tensor([[1.0], [3.0]])
        assert not norm.training and np.allclose(norm(batch), batch, atol=1e-4)
        norm.set_train()
        norm(batch)
        assert norm.moving_mean.asnumpy() == pytest.approx(0.1 * 2)
        assert norm.moving_variance.asnumpy() == pytest.approx(0.9 + 0.1 * 2)
        theirs = {"0.gamma", "0.beta", "0.moving_mean", "0.moving_variance"}
        assert set(names(nn.SequentialCell(nn.BatchNorm2d(1)))) == theirs

    def test_activations(self):
        assert nn.LeakyReLU()(ms.Tensor([-1.0])).asnumpy() == pytest.approx(-0.2)
        assert nn.GELU()(ms.Tensor([1.0])).asnumpy() == pytest.approx(0.841192, abs=1e-5)
        exact = 0.5 * (1 + math.erf(1 / math.sqrt(2)))
        assert nn.GELU(approximate=False)(ms.Tensor([1.0])).asnumpy() == pytest.approx(exact, abs=1e-5)

    def test_the_first_argument_of_dropout_is_what_is_kept(self):
        for layer, kept in ((nn.Dropout(0.4), 0.4), (nn.Dropout(p=0.4), 0.6)):
            share = (layer.set_train()(ops.ones((10_000,), ms.float32)).asnumpy() > 0).mean()
            assert share == pytest.approx(kept, abs=0.03)

    def test_convolutions(self):
        conv, transposed = nn.Conv2d(4, 8, 3), nn.Conv2dTranspose(4, 8, 4, 2)
        assert conv(ms.Tensor(IMAGE)).shape == (1, 8, 9, 9) and names(conv) == ["weight"]
        assert transposed(ms.Tensor(IMAGE)).shape == (1, 8, 18, 18) and names(transposed) == ["weight"]
        assert conv.weight.shape == (8, 4, 3, 3) and transposed.weight.shape == (4, 8, 4, 4)
        assert nn.Conv2dTranspose(4, 8, 4, 2, pad_mode="valid")(ms.Tensor(IMAGE)).shape == (1, 8, 20, 20)
        assert nn.Conv2dTranspose(4, 8, 4, 2, pad_mode="pad", padding=1)(ms.Tensor(IMAGE)).shape == (1, 8, 18, 18)
        for layer in (nn.Conv2d, nn.Conv2dTranspose):
            with pytest.raises(ValueError, match="pad.*must be"):
                layer(4, 8, 4, 2, padding=1)

    def test_initial_weights(self):
        for layer, fan_in in ((nn.Dense(100, 500), 100), (nn.Conv2d(4, 500, 5), 100)):
            values, bound = np.abs(layer.weight.asnumpy()), 1 / math.sqrt(fan_in)
            assert 0.99 * bound < values.max() <= bound and values.mean() == pytest.approx(bound / 2, rel=0.05)
        assert nn.Dense(100, 500).weight.shape == (500, 100)
        assert nn.Embedding(1000, 100).embedding_table.asnumpy().std() == pytest.approx(0.01, rel=0.05)
        assert nn.LayerNorm((2,)).epsilon == 1e-7


@pytest.mark.usefixtures("eager")
class TestTensorsAndOptimizers:
    def test_tensors(self):
        values = ms.Tensor([1.0, 2.0, 4.0])
        assert values.size == 3 and float(values.std()) == pytest.approx(np.std([1, 2, 4]))
        assert float(values.std(ddof=1)) == pytest.approx(np.std([1, 2, 4], ddof=1))

    def test_adam_and_its_eps(self):
        """PyTorch's first step at this gradient is 9.09e-4."""
        gradient, config = (ms.Tensor([1e-7]),), OptimizerConfig(lr=1e-3)
        theirs, ours = (ms.Parameter(ms.Tensor([0.0]), name=name) for name in ("theirs", "ours"))
        nn.Adam([theirs], 1e-3, beta1=0.5, beta2=0.999, eps=1e-8)(gradient)
        Adam(config, [ours], "optim.")(gradient)
        assert ours.asnumpy() == pytest.approx(-9.0909e-4, rel=1e-4)
        assert theirs.asnumpy() == pytest.approx(-1e-3 / (1 + 0.1 * math.sqrt(1000)), rel=1e-3)

    def test_rmsprop_starts_at_one_and_has_its_eps_inside_the_root(self):
        parameter = ms.Parameter(ms.Tensor([0.0]), name="p")
        nn.RMSProp([parameter], 1.0, epsilon=1.0)((ms.Tensor([2.0]),))
        assert parameter.asnumpy() == pytest.approx(-2 / math.sqrt(0.9 * 1 + 0.1 * 4 + 1), rel=1e-5)

    def test_names_and_files(self):
        class Both(nn.Cell):
            def __init__(self):
                super().__init__()
                self.generator, self.discriminator = nn.Dense(2, 3), nn.Dense(3, 1)

        assert names(Both())[::2] == ["generator.weight", "discriminator.weight"]
        with pytest.raises(ValueError, match="already exists"):
            nn.Adam([*nn.Dense(2, 3).trainable_params(), *nn.Dense(3, 1).trainable_params()])
        wrong = {"weights": ms.Parameter(ms.Tensor([0.0]), name="weights")}
        assert ms.load_param_into_net(nn.Dense(2, 3), wrong) == (["weight", "bias"], ["weights"])

    def test_loss_on_logits(self):
        loss = ops.binary_cross_entropy_with_logits(ms.Tensor([1.0]), ms.Tensor([1.0]))
        assert float(loss) == pytest.approx(math.log1p(math.exp(-1)))


class NotSelf(nn.Cell):
    def construct(this, x):
        return this.twice(x)

    def twice(this, x):
        return 2 * x


class Constants(nn.Cell):
    """An attribute and a number from numpy, both of the moment of compilation."""

    def __init__(self):
        super().__init__()
        self.scale = 1.0

    def construct(self, x):
        return self.scale * x + ms.Tensor(np.random.rand(1).astype(np.float32))


def test_rules_of_graph_mode(device):
    x = ms.Tensor([1.0])
    with pytest.raises(TypeError, match="parameters number of the function"):
        NotSelf()(x)
    typed = {"nn": nn}
    exec("class Typed(nn.Cell):\n    def construct(self, x):\n        return x\n", typed)
    with pytest.raises(TypeError, match="module name must be a string|argument 1 must be str"):
        typed["Typed"]()(x)
    cell = Constants()
    first = float(cell(x)[0])
    cell.scale = 5.0
    assert float(cell(x)[0]) == first


def block(label):
    """One of the page's pieces of code."""
    return re.search(rf"<!-- {label} -->\n```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL).group(1)


def test_weights_come_out_and_go_in(trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained, "runs/first")
    exec(block("mindspore: out"), {})
    with np.load("weights.npz") as file:
        half = {name: file[name] / 2 for name in file.files}
    np.savez("weights.npz", **half)
    exec(block("mindspore: in"), {})
    changed = {parameter.name: parameter.asnumpy() for parameter in open_generator(Path("generator.ckpt")).parameters()}
    assert changed.keys() == half.keys()
    assert all(np.array_equal(changed[name], half[name]) for name in half)


def test_weights_of_a_twin_come_out_and_go_in(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    from benchmarks.twins import Twin

    monkeypatch.chdir(tmp_path)
    before = Twin("gan_mnist").generator.state_dict()
    torch.save(before, "generator.pt")
    exec(block("torch: out"), {})
    exec(block("torch: in"), {})
    after = torch.load("generator.pt", weights_only=True)
    assert all(torch.equal(after[name], value) for name, value in before.items())
