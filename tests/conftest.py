"""What many tests need: MindSpore on the CPU, a tiny run, a trained folder."""

import sys
from pathlib import Path

import pytest

from ms_gan.config.data_section import DataConfig
from ms_gan.config.sections import TrainConfig
from ms_gan.tasks.latent import Config

sys.path.insert(0, str(Path(__file__).parent / "golden"))


@pytest.fixture(scope="session")
def device():
    """MindSpore, started on the CPU in graph mode."""
    from ms_gan.runtime import start

    return start("CPU")


@pytest.fixture(params=["graph", "pynative"])
def mode(request, device):
    """Both modes in turn, by name."""
    import mindspore as ms

    ms.set_context(mode=ms.GRAPH_MODE if request.param == "graph" else ms.PYNATIVE_MODE)
    yield request.param
    ms.set_context(mode=ms.GRAPH_MODE)


@pytest.fixture
def choose_kernels():
    """`layers.convolutions_as_products`; what the runtime chose is chosen again at the end."""
    from ms_gan.models import layers

    chosen = layers._products, layers._reduced
    yield layers.convolutions_as_products
    layers.convolutions_as_products(*chosen)


@pytest.fixture(params=[False, True], ids=["native", "products"])
def kernels(request, device, choose_kernels):
    """Convolutions as MindSpore's own layers and as matrix products, in turn."""
    choose_kernels(request.param)


@pytest.fixture
def own_kernels(choose_kernels):
    """MindSpore's own convolutions, channels first, as ms_gan.runtime.cpu.kernels chooses for a GPU and an Ascend."""
    choose_kernels(False)


def tiny_config(**train):
    """A run of two steps an epoch, on drawn digits, with networks that compile quickly, and nothing measured."""
    config = Config(data=DataConfig(source="synthetic", limit=40), train=TrainConfig(**{"batch_size": 16, **train}))
    config.metrics.every = 0
    config.latent.width = 8
    config.generator.hidden = [12, 16]
    config.discriminator.hidden = [12]
    return config


TINY_FLAGS = [
    "--device", "CPU", "--data.source", "synthetic", "--data.limit", "40", "--batch-size", "16",
    "--latent.width", "8", "--generator.hidden", "[12,16]", "--discriminator.hidden", "[12]", "--metrics.every", "0",
]  # fmt: skip


@pytest.fixture(scope="session")
def trained(device, tmp_path_factory):
    """The folder of a finished tiny run of two epochs."""
    from ms_gan.cli.train import main

    folder = tmp_path_factory.mktemp("runs") / "tiny"
    assert main([*TINY_FLAGS, "--epochs", "2", "--output", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def conditional(device, tmp_path_factory):
    """The folder of a finished tiny run of two epochs that learnt the classes of drawn digits."""
    from ms_gan.cli.train import main

    folder = tmp_path_factory.mktemp("runs") / "conditional"
    assert main([*TINY_FLAGS, "--conditional", "true", "--epochs", "2", "--output", str(folder)]) == 0
    return folder


@pytest.fixture
def random_classifiers(tmp_path, monkeypatch):
    """Classifiers with random weights in place of trained ones, in a cache of their own."""
    import numpy as np

    from ms_gan.metrics.features import trained
    from ms_gan.metrics.features.classifier import Classifier
    from ms_gan.models.initialisers import initialise

    def fit(data, recipe):
        network = Classifier(data.images.shape[1:], len(data.classes))
        initialise(network, "glorot_uniform", np.random.default_rng(0))
        return network.set_train(False)

    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(trained, "fit", fit)
